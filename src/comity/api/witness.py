"""The witness: cosign a checkpoint, and show what was cosigned (C2SP tlog-witness, docs/formats/log.md)."""

from __future__ import annotations

import re
from collections.abc import Callable

from litestar import Response, Router, get, post
from litestar.params import FromPath, RawBody

from comity.foundation.clock import wall
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import witness
from comity.foundation.ledger.cosignature import LatticeSigner, cosign, cosign_lattice
from comity.foundation.ledger.note import Ed25519Key, Signature
from comity.foundation.ledger.witness import LARGEST, TEXT_TYPE
from comity.foundation.store import witnessed
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault

_HASH = re.compile(r"[0-9a-f]{64}")


def witness_router(
    store: Store,
    name: str,
    key: SigningKey,
    log_key: Callable[[str], bytes | None],
    *,
    lattice: LatticeSigner | None = None,
    path: str = "/witness",
    now: Callable[[], int] = lambda: wall() // 1000,
) -> Router:
    """Return the routes of a witness that cosigns with `key` under the key name `name`.

    `log_key` returns the public key of the log with an origin, or None for a log that is not witnessed here. With
    `lattice`, an ML-DSA-44 key, it cosigns with that as well, under the same name. `now` is the time in seconds that
    cosignatures carry.
    """

    def cosigned(text: str) -> list[Signature]:
        moment = now()
        more = [] if lattice is None else [cosign_lattice(text, name, lattice, moment)]
        return [cosign(text, name, key, moment), *more]

    @post("/add-checkpoint", sync_to_thread=True, status_code=200, request_max_body_size=LARGEST)
    def add_checkpoint(body: RawBody) -> Response[bytes]:
        """Cosign a checkpoint that continues the one cosigned last; what is cosigned is durable before the answer."""
        try:
            request = witness.read(body)
        except Fault as fault:
            return _answer(400, f"{fault.what}\n")
        public = log_key(request.checkpoint.origin)
        known = Ed25519Key(request.checkpoint.origin, public) if public else None
        with store.upkeep() as transaction:
            decision, cosignatures = witnessed.consider(transaction, request, known, cosigned)
        if not cosignatures:
            return _answer(decision.status, decision.words, decision.content_type)
        return _answer(200, "".join(map(notes.line, cosignatures)))

    @get("/{digest:str}/checkpoint", sync_to_thread=True)
    def checkpoint(digest: FromPath[str]) -> Response[bytes]:
        """Return the newest checkpoint cosigned of the log whose origin has this SHA-256, in lowercase hexadecimal."""
        if not _HASH.fullmatch(digest):
            return _answer(404, "no such log\n")
        with store.reading() as transaction:
            kept = witnessed.by_hash(transaction, bytes.fromhex(digest))
        return _answer(404, "nothing was cosigned of this log\n") if kept is None else _answer(200, kept.note.decode())

    return Router(path=path, route_handlers=[add_checkpoint, checkpoint])


def _answer(status: int, words: str, content_type: str = TEXT_TYPE) -> Response[bytes]:
    headers = {"Content-Type": content_type, "Cache-Control": "no-cache"}
    return Response(words.encode(), status_code=status, headers=headers, media_type=content_type)
