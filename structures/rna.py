"""The open files of the register of associations (RNA): reading them, and writing them to the local table.

Columns are read by the names of the header (domain 4.6). Columns about people (officers, management address, phone,
e-mail) are never read.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from structures.models import ImportRun, RegisterEntry

SEPARATOR = ";"
NO_DATE = "0001-01-01"
CHUNK = 1024 * 1024
BATCH = 5_000
UNDEFINED_IN_CP1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
NEW_NUMBER = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
POSITIONS = frozenset("ADSR")
LONGEST_PURPOSE = 5_000

# The three sets of columns seen so far: 39, the same with telephone and email (41), and RNA_import (26).
SHARED = (
    "id",
    "id_ex",
    "siret",
    "date_creat",
    "nature",
    "groupement",
    "titre",
    "objet",
    "position",
    "maj_time",
)
WALDEC = (
    *SHARED,
    "date_decla",
    "date_disso",
    "titre_court",
    "adrs_complement",
    "adrs_numvoie",
    "adrs_repetition",
    "adrs_typevoie",
    "adrs_libvoie",
    "adrs_distrib",
    "adrs_codeinsee",
    "adrs_codepostal",
    "adrs_libcommune",
    "siteweb",
    "publiweb",
)
IMPORT = (*SHARED, "adr1", "adr2", "adr3", "adrs_codeinsee", "adrs_codepostal", "libcom", "observation")
WALDEC_ADDRESS = (
    "adrs_complement",
    "adrs_numvoie",
    "adrs_repetition",
    "adrs_typevoie",
    "adrs_libvoie",
    "adrs_distrib",
)

TARGETS = (
    "number",
    "old_number",
    "siret",
    "title",
    "short_title",
    "purpose",
    "nature",
    "grouping",
    "address",
    "postal_code",
    "city_code",
    "city",
    "website",
    "created_on",
    "declared_on",
    "dissolved_on",
    "position",
    "replaced_by",
    "updated_on",
)
DAYS = frozenset({"created_on", "declared_on", "dissolved_on", "updated_on"})
Row = Sequence[str]
Values = tuple[str | None, ...]


class WrongFile(Exception):
    """The file is not one of the register's, or cannot be read as such; the message says why."""


@dataclass(frozen=True)
class Fingerprint:
    """What the first reading of a file tells: its digest and its encoding."""

    sha256: str
    encoding: str


def fingerprint(path: Path) -> Fingerprint:
    """Read the file once: SHA-256, and UTF-8 when every byte fits, else cp1252, else Latin-1."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, fits_cp1252 = True, True
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            fits_cp1252 = fits_cp1252 and len(chunk.translate(None, UNDEFINED_IN_CP1252)) == len(chunk)
            if is_utf8:
                is_utf8 = _decodes(decoder, chunk)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    other = "cp1252" if fits_cp1252 else "latin-1"
    return Fingerprint(digest.hexdigest(), "utf-8-sig" if is_utf8 else other)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def reader_of(header: Row) -> Callable[[Row], Values | None]:
    """The function that turns a line of this file into the values of `TARGETS`; None for a line to leave out.

    Raises `WrongFile` when columns that we need are missing.
    """
    names = [name.strip().strip("\ufeff\"'").lower() for name in header]
    if len(names) < 2:
        raise WrongFile(
            "the first line has one column: the columns of this register are separated by semicolons"
        )
    wanted = IMPORT if "libcom" in names else WALDEC
    missing = [name for name in wanted if name not in names]
    if missing:
        raise WrongFile(f"not a file of the register of associations: columns missing: {', '.join(missing)}")
    at = {name: names.index(name) for name in wanted}
    return _import_reader(at, len(names)) if wanted is IMPORT else _waldec_reader(at, len(names))


def _waldec_reader(at: dict[str, int], width: int) -> Callable[[Row], Values | None]:
    street = [at[name] for name in WALDEC_ADDRESS]

    def read(row: Row) -> Values | None:
        number = row[at["id"]].strip().upper() if len(row) == width else ""
        if not number or len(number) > 20:
            return None
        return (
            number,
            row[at["id_ex"]].strip()[:40],
            _siret(row[at["siret"]]),
            row[at["titre"]].strip()[:500],
            row[at["titre_court"]].strip()[:200],
            row[at["objet"]].strip()[:LONGEST_PURPOSE],
            row[at["nature"]].strip()[:1],
            row[at["groupement"]].strip()[:1],
            _address(row, street),
            row[at["adrs_codepostal"]].strip()[:12],
            row[at["adrs_codeinsee"]].strip()[:5],
            row[at["adrs_libcommune"]].strip()[:120],
            row[at["siteweb"]].strip()[:300] if row[at["publiweb"]].strip() == "1" else "",
            _day(row[at["date_creat"]]),
            _day(row[at["date_decla"]]),
            _day(row[at["date_disso"]]),
            _position(row[at["position"]]),
            "",
            _day(row[at["maj_time"]]),
        )

    return read


def _import_reader(at: dict[str, int], width: int) -> Callable[[Row], Values | None]:
    street = [at[name] for name in ("adr1", "adr2", "adr3")]

    def read(row: Row) -> Values | None:
        number = row[at["id"]].strip().upper() if len(row) == width else ""
        if not number or len(number) > 20:
            return None
        position = _position(row[at["position"]])
        follower = NEW_NUMBER.search(row[at["observation"]].upper()) if position == "R" else None
        return (
            number,
            (row[at["id_ex"]].strip() or number)[:40],
            _siret(row[at["siret"]]),
            row[at["titre"]].strip()[:500],
            "",
            row[at["objet"]].strip()[:LONGEST_PURPOSE],
            row[at["nature"]].strip()[:1],
            row[at["groupement"]].strip()[:1],
            _address(row, street),
            row[at["adrs_codepostal"]].strip()[:12],
            row[at["adrs_codeinsee"]].strip()[:5],
            row[at["libcom"]].strip()[:120],
            "",
            _day(row[at["date_creat"]]),
            None,
            None,
            position,
            follower[0] if follower else "",
            _day(row[at["maj_time"]]),
        )

    return read


def _siret(text: str) -> str:
    number = text.strip()
    return (
        number
        if len(number) == 14 and number.isdigit() and number.isascii() and number[:9] != "0" * 9
        else ""
    )


def _position(text: str) -> str:
    """A letter of the register; nothing written is active, any other letter is UNKNOWN and never active."""
    letter = text.strip().upper()
    return letter if letter in POSITIONS else RegisterEntry.UNKNOWN if letter else "A"


def _day(text: str) -> str | None:
    day = text.strip()[:10]
    if not day or day == NO_DATE:
        return None
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return None


def _address(row: Row, places: Sequence[int]) -> str:
    """The parts that are there; `_` holds the place of nothing in these files."""
    parts = [part for place in places if (part := row[place].strip()) and part != "_"]
    return " ".join(parts)[:300]


def import_file(
    path: Path, *, run: ImportRun, encoding: str, told: Callable[[int, int], None]
) -> tuple[int, int]:
    """Write the lines not yet done of a file, batch by batch, and return how many were read and left out.

    Each batch and the place it reaches are one transaction, so that a killed import goes on where it stopped.
    `told` is called after each batch with the lines read and left out so far. Raises `WrongFile`, also when
    another import of the same file runs at the same time.
    """
    done, left_out = run.rows_done, 0
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        lines = csv.reader((line.replace("\x00", "") for line in stream), delimiter=SEPARATOR)
        header = next(lines, None)
        if header is None:
            raise WrongFile("the file is empty")
        read = reader_of(header)
        for _line in islice(_readable(lines), done):
            pass
        for batch in _batches(_readable(lines)):
            values = [found for row in batch if (found := read(row)) is not None]
            left_out += len(batch) - len(values)
            with transaction.atomic():
                _write(values)
                reached = ImportRun.objects.filter(pk=run.pk, rows_done=done)
                if not reached.update(rows_done=done + len(batch)):
                    raise WrongFile("another import of the same file is running")
            done += len(batch)
            told(done, left_out)
    return done, left_out


def _readable(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise WrongFile(f"the file cannot be read as CSV: {error}") from None


def _batches(lines: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    source = iter(lines)
    while batch := list(islice(source, BATCH)):
        yield batch


def _write(values: list[Values]) -> None:
    """Insert or renew entries; an older line never replaces a newer one.

    Written in SQL because model instances made it several times slower than the design allows: on PostgreSQL one
    statement with one array per column, elsewhere one statement run for each line.
    """
    rows = _newest(values)
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_upsert(_from_arrays()), [list(column) for column in zip(*rows, strict=True)])
        else:
            cursor.executemany(_upsert(f"VALUES ({', '.join(['%s'] * len(TARGETS))})"), rows)


def _from_arrays() -> str:
    kinds = ["date" if name in DAYS else "text" for name in TARGETS]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    return f"SELECT * FROM unnest({arrays})"  # noqa: S608


def _newest(values: list[Values]) -> list[Values]:
    """One line per number, the newest: a statement may not renew the same entry twice."""
    kept: dict[str | None, Values] = {}
    for row in values:
        known = kept.get(row[0])
        if known is None or not known[-1] or not row[-1] or row[-1] >= known[-1]:
            kept[row[0]] = row
    return list(kept.values())


def _upsert(source: str) -> str:
    quote = connection.ops.quote_name
    table = quote(RegisterEntry._meta.db_table)
    columns = [quote(name) for name in TARGETS]
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    day = quote("updated_on")
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) {source} "
        f"ON CONFLICT ({columns[0]}) DO UPDATE SET {updates} "
        f"WHERE {table}.{day} IS NULL OR excluded.{day} IS NULL OR excluded.{day} >= {table}.{day}"
    )
