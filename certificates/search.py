"""The words under which the register finds and sorts a label: plain letters, the same on every database."""

import re
import unicodedata

MAXIMUM_BYTES = 2000  # what an index entry of PostgreSQL can hold, with room

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_NOT_WORDS = re.compile(r"[\W_]+")


def plain_words(text: str) -> str:
    """The text in lower case without accents nor signs: `L'Œil d'Été` gives `l oeil d ete`."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return _NOT_WORDS.sub(" ", letters).strip()


def search_text(*parts: str) -> str:
    """What `Label.search_text` holds: the name of the structure first, because the register is sorted by it."""
    joined = " ".join(filter(None, map(plain_words, parts)))
    return joined.encode()[:MAXIMUM_BYTES].decode(errors="ignore").replace("\x00", "")
