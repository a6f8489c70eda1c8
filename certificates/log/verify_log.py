#!/usr/bin/env python3
"""Checks an export of the public log, trusting nobody: only Python is needed, nothing of the label engine.

    python3 verify_log.py EXPORT --key KEY [--from CHECKPOINT]... [--leaf LEAVES.json] [--pdf CERTIFICATE.pdf]

EXPORT      the folder written by `manage.py export_log`, or the address of the log (https://.../transparence), which
            is then read as everybody reads it: nobody has to be asked for an export
--key       the public key of the log, or a file of keys, taken from where you trust it; without it, the keys of the
            export are used, which shows only that the export agrees with itself
--from      a checkpoint that you kept: every leaf that it covers must still be there, unchanged
--leaf      what the proof page of a label gives: these leaves must be in the log, and say that
--pdf       a certificate: one of these leaves must name it

RFC 6962 (tree), C2SP signed-note and tlog-checkpoint (signatures), RFC 8032 (Ed25519), RFC 8785 (canonical JSON).
Ends with 0 when everything holds, 1 when something does not, 2 when it was asked wrongly.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

# --- Ed25519, as in RFC 8032 section 6 ---
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(factor: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _add(found, point)
        point, factor = _add(point, point), factor >> 1
    return found


def _point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether that Ed25519 key made that signature of that message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= ORDER:
        return False
    told = hashlib.sha512(signature[:32] + public + message).digest()
    left = _times(scalar, BASE)
    right = _add(nonce, _times(int.from_bytes(told, "little") % ORDER, key))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P
    )


# --- the tree, as in RFC 6962 section 2.1 ---
class Tree:
    """The complete subtrees on its edge, each (leaves, hash): enough to append and to tell the root."""

    def __init__(self) -> None:
        """Begin with an empty tree."""
        self.size = 0
        self.edge: list[tuple[int, bytes]] = []

    def add(self, commitment: bytes) -> None:
        """Append one leaf."""
        self.edge.append((1, hashlib.sha256(b"\x00" + commitment).digest()))
        self.size += 1
        while len(self.edge) > 1 and self.edge[-1][0] == self.edge[-2][0]:
            (count, right), (_same, left) = self.edge.pop(), self.edge.pop()
            self.edge.append((2 * count, hashlib.sha256(b"\x01" + left + right).digest()))

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self.edge:
            return hashlib.sha256().digest()
        found = self.edge[-1][1]
        for _count, left in reversed(self.edge[:-1]):
            found = hashlib.sha256(b"\x01" + left + found).digest()
        return found


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def inclusion_holds(commitment: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether a proof of inclusion leads from the leaf to the root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, hashlib.sha256(b"\x00" + commitment).digest()
    for one in path:
        if not last:
            return False
        if place & 1 or place == last:
            found = _pair(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _pair(found, one)
        place, last = place >> 1, last >> 1
    return not last and found == root


def consistency_holds(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> bool:
    """Whether a proof shows that the tree of size `new` continues that of size `old` (RFC 9162 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new:
        return False
    path = [old_root, *path] if not old & (old - 1) else list(path)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for one in path[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = _pair(one, before), _pair(one, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = _pair(after, one)
        place, last = place >> 1, last >> 1
    return not last and before == old_root and after == new_root


# --- checkpoints: signed notes ---
Keys = list[tuple[str, bytes]]


def read_keys(text: str) -> Keys:
    """The keys of a text, one a line: name+id+key."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, told, key = line.split("+", 2)
        data = base64.b64decode(key, validate=True)
        if data[:1] != b"\x01" or told != hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8]:
            raise ValueError(f"this is no key of a log: {line}")
        found.append((name, data[1:]))
    return found


def read_checkpoint(text: str, keys: Keys) -> tuple[int, bytes]:
    """(size, root) of a checkpoint signed by one of these keys; ValueError otherwise."""
    signed, gap, signatures = text.rpartition("\n\n")
    lines = signed.split("\n")
    if not gap or len(lines) < 3:
        raise ValueError("it is no checkpoint")
    size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
    for line in signatures.splitlines():
        name, _space, told = line.removeprefix("\u2014 ").rpartition(" ")
        data = base64.b64decode(told, validate=True)
        for known, public in keys:
            named = hashlib.sha256(known.encode() + b"\n\x01" + public).digest()[:4]
            if (known, named) == (name, data[:4]) and known == lines[0]:
                if signed_by(public, (signed + "\n").encode(), data[4:]):
                    return size, root
                raise ValueError("its signature is false")
    raise ValueError("none of the keys signed it")


# --- the log as it is published ---
def fetch(address: str, export: Path) -> None:
    """Write in an empty folder what the log publishes at its address, as an export holds it."""
    (export / "checkpoints").mkdir()
    for name, page in (("checkpoints/last.txt", "point-de-controle"), ("keys.txt", "cle")):
        (export / name).write_bytes(_got(f"{address}/{page}"))
    known, size = 0, 1
    with (export / "leaves.ndjson").open("w", encoding="utf-8") as file:
        while known < size:
            told = json.loads(_got(f"{address}/entrees?debut={known}"))
            file.writelines(json.dumps(row) + "\n" for row in told["entries"])
            if not told["entries"]:
                return  # the leaves that are missing are told by the checkpoint
            known, size = known + len(told["entries"]), told["size"]


def _got(address: str) -> bytes:
    with urlopen(address, timeout=60) as answer:  # noqa: S310 - `main` gives addresses of the web only
        content: bytes = answer.read()
    return content


# --- what is asked ---
Wanted = dict[int, list[tuple[str, bytes]]]


def check(
    export: Path, keys: Keys, kept: list[Path], leaves: list[dict[str, Any]], pdf: bytes | None
) -> tuple[list[str], int, int]:
    """One sentence per thing that does not hold; how many leaves there are, how many under a checkpoint."""
    faults: list[str] = []
    wanted = _vouched([*sorted((export / "checkpoints").glob("*.txt")), *kept], keys, faults)
    signed = max(wanted, default=0)
    tree, own = Tree(), dict[int, str]()
    asked = {leaf["index"] for leaf in leaves}
    _compare(tree, wanted, faults)
    with (export / "leaves.ndjson").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["index"] != tree.size:
                faults.append(f"leaf {tree.size} is missing")
                break
            if row["index"] in asked:
                own[row["index"]] = row["commitment"]
            tree.add(bytes.fromhex(row["commitment"]))
            _compare(tree, wanted, faults)
    for size in sorted(wanted):
        faults += [f"{name}: it had {size} leaves, {tree.size} are left" for name, _root in wanted[size]]
    faults += _leaf_faults(leaves, own, signed)
    if pdf is not None:
        told = {leaf["facts"].get("pdf_sha256") for leaf in leaves}
        if hashlib.sha256(pdf).hexdigest() not in told:
            faults.append("no leaf given names this certificate")
    return faults, tree.size, signed


def _vouched(checkpoints: list[Path], keys: Keys, faults: list[str]) -> Wanted:
    """What these keys signed, by size; whoever shows nothing signed shows nothing."""
    wanted: Wanted = {}
    for path in checkpoints:
        try:
            size, root = read_checkpoint(path.read_text(encoding="utf-8"), keys)
        except ValueError as error:
            faults.append(f"{path.name}: {error}")
        else:
            wanted.setdefault(size, []).append((path.name, root))
    if not wanted:
        faults.append("no checkpoint that these keys signed: nothing vouches for the leaves")
    return wanted


def _compare(tree: Tree, wanted: Wanted, faults: list[str]) -> None:
    for name, root in wanted.pop(tree.size, []):
        if root != tree.root():
            faults.append(f"{name}: its root is not that of the {tree.size} leaves")


def _leaf_faults(leaves: list[dict[str, Any]], own: dict[int, str], signed: int) -> Iterator[str]:
    for leaf in leaves:
        index = leaf["index"]
        # Canonical JSON (RFC 8785) of facts that hold only texts.
        facts = json.dumps(leaf["facts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        if hashlib.sha256(bytes.fromhex(leaf["salt"]) + facts).hexdigest() != own.get(index):
            yield f"leaf {index} of the log does not say that"
        if index >= signed:
            yield f"leaf {index} is not under a signed checkpoint yet"


def main() -> int:
    """Read what is asked, check, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("export")
    parser.add_argument("--key")
    parser.add_argument("--from", dest="kept", type=Path, action="append", default=[])
    parser.add_argument("--leaf", type=Path)
    parser.add_argument("--pdf", type=Path)
    asked = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            export = Path(asked.export)
            if asked.export.startswith(("https://", "http://")):
                export = Path(folder)
                fetch(asked.export.rstrip("/"), export)
            told = asked.key or str(export / "keys.txt")
            keys = read_keys(Path(told).read_text(encoding="utf-8") if Path(told).is_file() else told)
            leaves = json.loads(asked.leaf.read_text(encoding="utf-8"))["leaves"] if asked.leaf else []
            pdf = asked.pdf.read_bytes() if asked.pdf else None
            faults, size, signed = check(export, keys, asked.kept, leaves, pdf)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"cannot check: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"FALSE: {fault}")
    if faults:
        return 1
    print(f"HOLDS: {size} leaves, {signed} of them under a signed checkpoint")
    if not asked.key:
        print("The key came with the log: compare it with the one published elsewhere (keys.txt).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
