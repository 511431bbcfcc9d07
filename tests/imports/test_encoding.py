"""Lines beyond ASCII are found without cutting the others."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from imports.readers.encoding import FEW, _beyond_ascii

SIGNS = st.sampled_from([b"a", b"b,", b"\n", b"\r", b"\r\n", b"\xe9", "é".encode(), b"\xff"])


@given(st.lists(SIGNS, max_size=200).map(b"".join))
@example(b"a\n\xe9\r" * (FEW + 2))
@example(b"\xe9")
def test_the_same_lines_as_if_all_were_cut(piece: bytes) -> None:
    assert list(_beyond_ascii(piece)) == [one for one in piece.splitlines() if not one.isascii()]
