"""Prepare: compile what the picture needs of machine code, so that the first plots of a radar do not wait for it.

Run once after installing (`python -m comity.picture.prepare`); what is compiled is kept on disk.
"""

from __future__ import annotations

from comity.picture.tracks import Picture
from comity.vocabulary.instant import SECOND
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind


def prepare() -> int:
    """Take a few plots into a picture of their own; return how many tracks they made."""
    picture, somebody = Picture(), Identity(kind=SubjectKind.VESSEL)
    for scan in range(4):
        place = Position(56.0 + scan * 1e-4, 11.0)
        plot = Sighting(id=f"plot-{scan}", source="radar", time=scan * 5 * SECOND, identity=somebody, position=place)
        picture.take([plot])
    return len(picture.live())


if __name__ == "__main__":
    prepare()
