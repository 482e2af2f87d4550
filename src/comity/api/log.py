"""The log for anyone to read: checkpoint and tiles, as C2SP tlog-tiles says (docs/formats/log.md)."""

from __future__ import annotations

from litestar import Response, Router, get
from litestar.params import FromPath

from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.witness import TEXT_TYPE
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault, Missing

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def log_router(store: Store, *, path: str = "/log", cosigned: int = 0) -> Router:
    """Return the routes of the log.

    The checkpoint served is the newest that at least `cosigned` witnesses have cosigned, or else the newest of all.
    """

    @get("/checkpoint", sync_to_thread=True)
    def checkpoint() -> Response[bytes]:
        """Return the newest checkpoint."""
        with store.reading() as transaction:
            kept = checkpoints.newest(transaction, cosigned) or checkpoints.newest(transaction)
        return _text(404, "the log has no checkpoint yet\n") if kept is None else _text(200, kept.note.decode())

    @get("/tile/{rest:path}", sync_to_thread=True)
    def tile(rest: FromPath[str]) -> Response[bytes]:
        """Return a tile or an entry bundle."""
        try:
            wanted = tiles.read(f"tile/{rest.removeprefix('/')}")
            with store.reading() as transaction:
                data = ledger.stored_tile(transaction, wanted)
        except Missing as fault:
            return _text(404, f"{fault.what}\n")
        except Fault as fault:
            return _text(400, f"{fault.what}\n")
        return Response(data, media_type="application/octet-stream", headers=_FOREVER)

    return Router(path=path, route_handlers=[checkpoint, tile])


def _text(status: int, words: str) -> Response[bytes]:
    headers = {"Content-Type": TEXT_TYPE, "Cache-Control": "no-cache"}
    return Response(words.encode(), status_code=status, headers=headers, media_type=TEXT_TYPE)
