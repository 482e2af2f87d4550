"""What was sent: under one message id several envelopes may have gone, and a receipt answers one of them."""

from __future__ import annotations

from collections.abc import Sequence

from comity.exchange import wire
from comity.foundation.ledger.tree import flat_inclusion, flat_root, leaf_hash
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.vocabulary.fault import Missing
from comity.vocabulary.message import Digest

_NOTHING = leaf_hash(b"")


def agreement(message: KeptMessage) -> Digest:
    """Return the digest of the agreement under which the message went."""
    return wire.head(wire.cover(message.cover).header).agreement


def answered(covers: Sequence[bytes], envelope: Digest) -> bytes | None:
    """Return the cover of the envelope that a receipt names, None if no such envelope went."""
    return next((each for each in covers if wire.cover(each).digest == envelope), None)


def path(cover: bytes, items: Sequence[KeptItem], place: int) -> tuple[bytes, ...]:
    """Return the proof that the item at this place was in the envelope with this cover.

    Each renewal of the envelope left out some more items: the one is looked for that makes up what the cover binds.

    Raises:
        Missing: it is none of the renewals, or it left the item out.
    """
    bound = wire.head(wire.cover(cover).header).payload
    for renewal in range(1 + max((one.withdrawn or 0 for one in items), default=0)):
        leaves = [_NOTHING if one.withdrawn and one.withdrawn <= renewal else one.leaf for one in items]
        if wire.rooted(len(leaves), flat_root(leaves)) == bound and leaves[place] == items[place].leaf:
            return tuple(flat_inclusion(leaves, place))
    raise Missing("the record was withdrawn before it arrived", remedy="The log shows the withdrawal instead.")
