"""Judging: bundles that two nodes made, or would have made, and what browser and command say of them."""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from comity.agreements import signing
from comity.agreements.terms import Terms
from comity.exchange import bundle, inbox, receipts
from comity.exchange.evidence import Bundle
from comity.exchange.inbox import Accepted
from comity.foundation import canonical
from comity.foundation.ledger.tree import flat_inclusion, leaf_hash
from comity.foundation.store import ledger
from comity.foundation.store import outbox as kept_outbox
from comity.vocabulary.entry import Entry
from comity.vocabulary.message import Given
from console.bench import Bench, Verdict
from exchange import test_bundle as bundles

DERAILED = "cannot be read ("
"""What the browser says where its own code failed."""
CARDLESS = "the cards are not exactly those of the parties and the witnesses"
BATCH = 400
LABEL = b"comity/terms/v1\x00"
SECRET = b"\x00" * 16


def agreed(verifier: Bench, datas: list[bytes], trusted: tuple[str, ...] = ()) -> list[Verdict]:
    """Return the browser's verdicts, each of which must be what the command says, check by check."""
    found = verifier.verdicts(datas, trusted)
    for place, (data, theirs) in enumerate(zip(datas, found, strict=True)):
        ours = bundle.verify(data, trusted)
        told = [(check.words, "holds" if check.holds else "fails") for check in ours.checks]
        said = [(check["words"], check["state"]) for check in theirs["checks"]]
        assert theirs["told"] == theirs["checks"]
        assert DERAILED not in said[-1][0], f"bundle {place}: {said[-1]}"
        assert (len(said), said[-1][1], said[:-1]) == (len(told), told[-1][1], told[:-1]), f"bundle {place}: {told[-1]}"
        assert theirs["state"] == ("fails" if not ours.ok else "partly" if theirs["unchecked"] else "holds")
        assert theirs["facts"] == (None if ours.facts is None else msgspec.to_builtins(ours.facts))
        assert theirs["fingerprints"] == ours.fingerprints
    return found


def sound(verifier: Bench, parts: Bundle, agreements: list[bytes]) -> list[bool]:
    """Return of each agreement whether it has no flaw, of which browser and command must say the same.

    A bundle without cards fails for want of them once its agreement is sound, before any signature is checked.
    """
    judged: list[bool] = []
    for first in range(0, len(agreements), BATCH):
        some = agreements[first : first + BATCH]
        datas = [canonical.written(replace(parts, agreement=each, cards=(), signatures={})) for each in some]
        theirs = [each["checks"][-1]["words"] for each in verifier.verdicts(datas)]
        ours = [bundle.verify(each).checks[-1].words for each in datas]
        assert not [each for each in theirs if DERAILED in each]
        odd = [pair for pair in zip(ours, theirs, strict=True) if (CARDLESS in pair[0]) != (CARDLESS in pair[1])]
        assert not odd, odd[:3]
        judged += [CARDLESS in each for each in ours]
    return judged


def proven(north: Party, south: Party, message: bytes, place: int = 0) -> bytes:
    """Return the bundle of one record of a release that went from north to south."""
    with north.store.reading() as t:
        kept = kept_outbox.get(t, message)
        assert kept is not None
        items = kept_outbox.items(t, message)
        entry = ledger.entry(t, items[place].entry)
    assert entry is not None
    answer = inbox.accept(south.reception(), kept.envelope)
    assert isinstance(answer, Accepted)
    leaves = [leaf_hash(item.item or b"") for item in items]
    index = receipts.read(answer.receipt, south.own.card.identity).index
    made = Bundle(
        cards=tuple(own.signed for own in bundles.EVERYONE),
        agreement=canonical.written(pair.TERMS),
        signatures=signed(pair.in_force().digest),
        cover=kept.cover,
        place=place,
        count=len(items),
        path=tuple(flat_inclusion(leaves, place)),
        item=items[place].item or b"",
        entry=entry.entry or b"",
        salt=entry.salt or b"",
        disclosed=bundles.proof(north, items[place].entry, (bundles.OVERSIGHT, bundles.SWEDEN, bundles.GERMANY)),
        receipt=answer.receipt,
        received=bundles.proof(south, index, (bundles.OVERSIGHT, bundles.DENMARK)),
    )
    return bundle.make(made)


def signed(digest: bytes) -> dict[str, bytes]:
    """Return the signatures of all parties under the agreement of this digest."""
    return {own.card.name: signing.sign(own.keys.identity, digest) for own in bundles.PARTIES}


def remade(
    parts: Bundle, agreement: Terms | bytes = pair.TERMS, entry: dict[str, Any] | None = None, **given: object
) -> bytes:
    """Return the bundle as the two would have made it by this agreement and with this record, but for the logs."""
    named = pair.TERMS if isinstance(agreement, bytes) else agreement
    written = agreement if isinstance(agreement, bytes) else canonical.written(agreement)
    digest = canonical.digest(LABEL, written)
    record = replace(canonical.read(parts.item, Given), **{"agreement": digest, **given})
    item = canonical.written(record)
    header = replace(bundles.header_of(parts), agreement=digest, purpose=record.purpose)
    said = {
        "digest": canonical.digest(item),
        "clause": record.clause,
        "purpose": record.purpose,
        "subject": record.id,
        "basis": f"{named.agreement} {named.version}",
        **(entry or {}),
    }
    changed = replace(
        parts,
        agreement=written,
        signatures=signed(digest),
        cover=bundles.sealed(header, item),
        item=item,
        entry=canonical.written(replace(canonical.read(parts.entry, Entry), **said)),
    )
    return canonical.written(changed)


def disclosing(*disclosures: bytes) -> dict[str, Any]:
    """Return what a record says that discloses exactly this."""
    digests = {canonical.digest(each) for each in disclosures}
    decoys = (canonical.digest(bytes([number])) for number in range(256))
    size = max(-(-len(digests) // 16), 1) * 16
    return {"disclosures": disclosures, "digests": b"".join(sorted([*digests, *islice(decoys, size - len(digests))]))}


def telling(**fields: object) -> dict[str, Any]:
    """Return what a record says that gives these fields."""
    return disclosing(*(canonical.written([SECRET, name, value]) for name, value in fields.items()))
