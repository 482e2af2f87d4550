"""A detour: what law, relations or a mask keep from a partner does not go there through another's hands either.

Whoever passes a record on asks its own agreements, law and relations, and knows nothing of the originator's. So the
originator asks them before it gives leave (docs/formats/onward.md).
"""

from __future__ import annotations

from collections.abc import Collection

from comity.agreements import dispute, index, narrowing
from comity.agreements.permit import Denial, permit
from comity.agreements.request import Request
from comity.agreements.standing import between, unproven
from comity.vocabulary.posture import Posture


def kept_back(request: Request, fields: Collection[str]) -> str | None:
    """Return why these fields of the record do not go to the partner by whatever way, None if they may.

    No agreement with the partner is needed: the holder's gives. In a narrower posture than open, one must give it.
    """
    forbidden = narrowing.forbidden(request)
    if forbidden is not None:
        return forbidden
    unlawful = narrowing.unlawful(request)
    for name in sorted(unlawful.keys() & set(fields)):
        return f"{name}: {unlawful[name]}"
    if request.posture is not Posture.OPEN and isinstance(permit(request), Denial):
        return f"relations are {request.posture.value}, and no agreement with {request.partner} gives it then"
    return _masked(request, fields)


def _masked(request: Request, fields: Collection[str]) -> str | None:
    for standing in between(request.standings, request.own, request.partner, request.now):
        if unproven(standing) is not None:
            continue
        area = narrowing.masked(request, index.index(standing))
        if area is not None and set(fields) - dispute.PLAIN:
            return f"it lies in {area}, which is masked for {request.partner}"
    return None
