"""The log for anyone to read: checkpoint and tiles, as C2SP tlog-tiles says (docs/formats/log.md)."""

from __future__ import annotations

from litestar import Response, Router, get

from comity.foundation.ledger import tile as tiles
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault, Missing

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_BRIEFLY = {"Cache-Control": "no-cache"}
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"


def log_router(store: Store, *, path: str = "/log", cosigned: int = 0) -> Router:
    """Return the routes of the log.

    The checkpoint served is the newest that at least `cosigned` witnesses have cosigned, or else the newest of all.
    """

    @get("/checkpoint", sync_to_thread=True)
    def checkpoint() -> Response[bytes]:
        """Return the newest checkpoint."""
        with store.reading() as transaction:
            kept = checkpoints.newest(transaction, cosigned) or checkpoints.newest(transaction)
        if kept is None:
            return _none("the log has no checkpoint yet")
        return Response(kept.note, media_type=_TEXT, headers=_BRIEFLY)

    @get("/tile/{rest:path}", sync_to_thread=True)
    def tile(rest: str) -> Response[bytes]:
        """Return a tile or an entry bundle."""
        try:
            wanted = tiles.read(f"tile/{rest.removeprefix('/')}")
            with store.reading() as transaction:
                data = ledger.stored_tile(transaction, wanted)
        except Missing as fault:
            return _none(fault.what)
        except Fault as fault:
            return Response(f"{fault}\n".encode(), media_type=_TEXT, status_code=400, headers=_BRIEFLY)
        return Response(data, media_type=_BYTES, headers=_FOREVER)

    return Router(path=path, route_handlers=[checkpoint, tile])


def _none(words: str) -> Response[bytes]:
    return Response(f"{words}\n".encode(), media_type=_TEXT, status_code=404, headers=_BRIEFLY)
