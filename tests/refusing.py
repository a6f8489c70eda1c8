"""How a test says that an action is refused: for one reason, read in its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from journal.refusals import Blocked


def refused(action: Callable[..., Any], words: str, **given: Any) -> None:
    """That action is blocked for the reason that has those words, and for no other."""
    with pytest.raises(Blocked) as error:
        action(**given)
    [reason] = error.value.reasons
    assert words in str(reason.text)
