"""The words of every state, for the staff and for the reader outside."""

from typing import Final

from config.look.state_words.applications import APPLICATION, EDITION, STRUCTURE
from config.look.state_words.committee import AGENDA_ITEM, ASSIGNMENT, MANDATE, SESSION
from config.look.state_words.decisions import APPEAL, DECISION
from config.look.state_words.labels import FOLLOW_UP, LABEL, REPORT, WITHDRAWAL
from config.look.state_words.word import Audience, StateWord, Tone, Words

__all__ = ["STATE_WORDS", "Audience", "StateWord", "Tone", "Words", "state_word"]

STATE_WORDS: Final[dict[str, dict[str, StateWord]]] = {
    "edition": EDITION,
    "charter": EDITION,
    "structure": STRUCTURE,
    "application": APPLICATION,
    "mandate": MANDATE,
    "assignment": ASSIGNMENT,
    "session": SESSION,
    "agenda_item": AGENDA_ITEM,
    "decision": DECISION,
    "appeal": APPEAL,
    "label": LABEL,
    "follow_up": FOLLOW_UP,
    "withdrawal": WITHDRAWAL,
    "report": REPORT,
}


def state_word(kind: str, code: str) -> StateWord:
    """The words of that state.

    `kind` is a key of STATE_WORDS. A label in force with conditions or extended has the codes
    `in_force_with_conditions` and `in_force_extended`. Raises LookupError for an unknown state.
    """
    try:
        return STATE_WORDS[kind][code]
    except KeyError:
        raise LookupError(f"no words for the state {code} of {kind}") from None
