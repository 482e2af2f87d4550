"""Lines: cut the same whatever the pieces in which the bytes come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comity.sources.line import Lines


def cut(pieces: list[bytes], longest: int = 50) -> tuple[list[bytes], int]:
    lines = Lines(longest)
    found = [line for piece in pieces for line in lines.feed(piece)]
    found += lines.end()
    return found, lines.too_long


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_pieces_do_not_matter(pieces: list[bytes]) -> None:
    """The same bytes in one piece, or byte by byte, give the same lines and the same count."""
    whole = b"".join(pieces)
    assert cut(pieces) == cut([whole]) == cut([whole[place : place + 1] for place in range(len(whole))])


@given(st.lists(st.binary(max_size=45).filter(lambda line: b"\n" not in line and b"\r" not in line), min_size=1))
def test_lines_come_back(lines: list[bytes]) -> None:
    """Lines written with either line end come out as they were."""
    assert cut([b"\r\n".join(lines) + b"\n"])[0] == lines


def test_a_huge_line_is_passed_over_and_counted() -> None:
    """What is longer than the limit is never held, and the next line is whole again."""
    lines = Lines(50)
    for _ in range(1_000):
        assert list(lines.feed(b"x" * 40)) == []
        assert len(lines._rest) <= 50
    assert list(lines.feed(b"\nnext\n")) == [b"next"]
    assert lines.too_long == 1


def test_what_is_dropped_is_told() -> None:
    """After a broken connection the unfinished line is forgotten, and it is known whether there was one."""
    lines = Lines()
    assert list(lines.feed(b"whole\nhal")) == [b"whole"]
    assert lines.drop()
    assert not lines.drop()
    assert list(lines.feed(b"new\n")) == [b"new"]
