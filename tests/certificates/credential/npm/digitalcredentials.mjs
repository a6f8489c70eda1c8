// Verifies the credential of a folder with verifier-core of the Digital Credentials Consortium, which looks for the
// documents itself: node digitalcredentials.mjs FOLDER. Only FOLDER/addresses.json answers, never the network.
import fs from 'node:fs';
import path from 'node:path';
import {verifyCredential} from '@digitalcredentials/verifier-core';

const folder = process.argv[2];
const read = name => fs.readFileSync(path.join(folder, name), 'utf8');
const addresses = JSON.parse(read('addresses.json'));

globalThis.fetch = async request => {
  const address = String(request?.url ?? request);
  const name = addresses[address];
  return new Response(name ? read(name) : '{}', {
    status: name ? 200 : 404,
    headers: {'content-type': 'application/json'},
  });
};

const result = await verifyCredential({credential: JSON.parse(read('credential.json')), knownDIDRegistries: []});
console.log(JSON.stringify({
  log: Object.fromEntries((result.log ?? []).map(step => [step.id, step.valid ?? step.error?.name])),
  errors: (result.errors ?? []).map(error => error.name),
}));
