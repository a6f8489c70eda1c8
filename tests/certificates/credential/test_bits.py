"""One bit for each credential, in a list that everybody reads."""

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.credential import bits

places = st.integers(0, bits.LENGTH - 1)


@given(st.sets(places, max_size=20), places)
def test_a_bit_changes_alone(chosen: set[int], other: int) -> None:
    content = bits.empty()
    for place in chosen:
        content = bits.changed(content, place, True)

    assert bits.changed(bits.changed(content, other, True), other, other in chosen) == content
    assert bits.is_set(content, other) == (other in chosen)
    assert sum(byte.bit_count() for byte in content) == len(chosen)
    assert bits.decoded(bits.encoded(content)) == content


def test_the_published_form_is_that_of_the_recommendation() -> None:
    content = bits.changed(bits.empty(), 0, True)
    published = bits.encoded(content)

    assert published.startswith("u")
    assert "=" not in published
    unpacked = gzip.decompress(base64.urlsafe_b64decode(published[1:] + "=="))
    assert unpacked[0] == 0x80, "the first place is the leftmost bit"
    assert len(unpacked) * 8 == 131_072
    assert len(bits.encoded(bits.empty())) < 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zabc",
        "uAAAA",
        "u!!!",
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits.BYTES - 1))).decode(),
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(50_000_000))).decode(),
    ],
    ids=["empty", "other base", "not packed", "not base 64", "short", "bomb"],
)
def test_what_is_no_list_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        bits.decoded(text)
