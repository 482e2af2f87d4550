"""A finding: what a node has seen of a partner, or of its log, for which a person must answer."""

from __future__ import annotations

from enum import Enum

import msgspec


class FindingKind(Enum):
    """What was found."""

    SPLIT_VIEW = "split-view"
    """Two notes of one log that cannot be of one tree: it shows different trees to different readers."""
    ROLLBACK = "rollback"
    """A log that had grown states or holds a smaller tree now."""
    UNCOSIGNED = "uncosigned"
    """A witness that an agreement requires has not cosigned for too long."""
    WITHHELD = "withheld"
    """A log that signs a tree does not serve the tiles of it, so that nobody can see whether it holds."""
    OVERDUE = "overdue"
    """A partner has not proven in time that it erased what was recalled."""
    REVIEW = "review"
    """The date is past on which a posture towards a partner was to be looked at again."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, with both notes: each is signed with the log's own key, so that anyone can judge it.

    Of what is overdue, and of a review, there are no notes: `before` says in words what was asked, `now` what came.
    """

    kind: FindingKind
    partner: str
    """Whose log it is; the node's own name for its own."""
    origin: str
    shown_by: str
    """Who showed what contradicts; of a missing cosignature, whose it is; of what is overdue, the recall's id;
    of a review, the number of the posture."""
    words: str
    before: bytes
    """The note known before; of a missing cosignature, the first that lacks it; of tiles, the first without them."""
    now: bytes
    """The note that contradicts it; of a missing cosignature or of tiles, the newest without them."""
