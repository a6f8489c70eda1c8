"""The words of the screens: French in the code, English in `locale/en`, and both compiled for Django.

    python -m config.messages compile   writes the .mo files (not kept in git)
    python -m config.messages update    brings the English catalogue up to the code
    python -m config.messages check     fails when a sentence of the code has no English

The French catalogue is made, not written: the sentence of the code with its no-break spaces.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from letters.typography import no_break

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "locale/en/LC_MESSAGES/django.po"
FRENCH = ROOT / "locale/fr/LC_MESSAGES/django.mo"
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "MIME-Version": "1.0",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
FRENCH_HEADER = {**HEADER, "Language": "fr", "Plural-Forms": "nplurals=2; plural=(n > 1);"}
SOURCES = (".py", ".html", ".txt")
NOT_SPOKEN = ("tests/", "docs/", "requirements/", "locale/", "static/")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")

Key = tuple[str | None, str]


def key(entry: polib.POEntry) -> Key:
    """What Django looks a sentence up by: its context and its French words."""
    return entry.msgctxt, entry.msgid


def spoken_files() -> list[str]:
    """The files of the project that may hold sentences: known to git, or new and not ignored."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [
        name
        for name in names
        if name.endswith(SOURCES)
        and not name.startswith(NOT_SPOKEN)
        and "/migrations/" not in name
        and (ROOT / name).is_file()
    ]


def in_code() -> polib.POFile:
    """Every sentence of the code, read by Django's own `makemessages` in a copy; needs gettext."""
    if not shutil.which("xgettext") or not shutil.which("msguniq"):
        raise SystemExit(
            "gettext is missing: apt-get install gettext (or python -m tests.system translations)"
        )
    with tempfile.TemporaryDirectory(prefix="messages-") as folder:
        copy = Path(folder)
        for name in spoken_files():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
        (copy / "locale").mkdir(exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "-l",
            "en",
            "--add-location",
            "file",
            "-v",
            "0",
        ]
        bare = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        subprocess.run(command, cwd=copy, check=True, env=bare, stdout=subprocess.DEVNULL)
        made = copy / "locale/en/LC_MESSAGES/django.po"
        return polib.pofile(str(made)) if made.exists() else polib.POFile()


def translated() -> polib.POFile:
    """The English catalogue as it is kept; empty when there is none yet."""
    return polib.pofile(str(ENGLISH)) if ENGLISH.exists() else polib.POFile()


def update() -> int:
    """Writes the English catalogue: what the code says, in a stable order, keeping the translations made."""
    kept = {key(entry): entry for entry in translated() if not entry.obsolete}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = HEADER
    for entry in sorted(in_code(), key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        if old := kept.get(key(entry)):
            entry.msgstr = old.msgstr
            if entry.msgid_plural and old.msgid_plural == entry.msgid_plural:
                entry.msgstr_plural = old.msgstr_plural
        fresh.append(entry)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(ENGLISH))
    waiting = [entry for entry in fresh if not entry.translated()]
    print(f"{len(fresh)} sentences, {len(waiting)} without English.")
    return 0


def faults(entry: polib.POEntry) -> list[str]:
    """What is wrong with one English translation, in words."""
    said = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
    if entry.fuzzy or not said or not all(said):
        return ["no English"]
    names = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    return [
        f"other placeholders than in French: {text}"
        for text in said
        if not set(PLACEHOLDER.findall(text)) <= names
        or (not entry.msgid_plural and set(PLACEHOLDER.findall(text)) != names)
    ]


def check() -> int:
    """Fails when the catalogue and the code differ, or when a translation is missing or wrong."""
    code, kept = in_code(), translated()
    known = {key(entry) for entry in kept if not entry.obsolete}
    spoken = {key(entry) for entry in code}
    wrong = [f"not in the catalogue: {words}" for _, words in sorted(spoken - known, key=str)]
    wrong += [f"no longer in the code: {words}" for _, words in sorted(known - spoken, key=str)]
    wrong += [f"{fault}: {entry.msgid}" for entry in kept if not entry.obsolete for fault in faults(entry)]
    for line in wrong:
        print(line)
    print(
        f"{len(spoken)} sentences, {len(wrong)} to mend (python -m config.messages update, then translate)."
    )
    return 1 if wrong else 0


def in_french(entry: polib.POEntry) -> polib.POEntry:
    """The French entry of a sentence: its own words, with the spaces that do not break."""
    if not entry.msgid_plural:
        return polib.POEntry(msgctxt=entry.msgctxt, msgid=entry.msgid, msgstr=no_break(entry.msgid))
    plural = {0: no_break(entry.msgid), 1: no_break(entry.msgid_plural)}
    return polib.POEntry(
        msgctxt=entry.msgctxt, msgid=entry.msgid, msgid_plural=entry.msgid_plural, msgstr_plural=plural
    )


def compile_all() -> int:
    """Writes the two .mo files that Django reads, from the English catalogue alone."""
    english = translated()
    english.metadata = english.metadata or HEADER
    french = polib.POFile()
    french.metadata = FRENCH_HEADER
    for entry in english:
        if not entry.obsolete:
            french.append(in_french(entry))
    for catalogue, path in ((english, ENGLISH.with_suffix(".mo")), (french, FRENCH)):
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save_as_mofile(str(path))
    return 0


COMMANDS = {"compile": compile_all, "update": update, "check": check}


def main(arguments: list[str]) -> int:
    """Runs one command; an unknown one is an error that names the known ones."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__)
        return 2
    return COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
