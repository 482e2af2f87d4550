"""Static: the console's own files, as the build left them, and what is served while there are none."""

from __future__ import annotations

import gzip
import mimetypes
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.concurrency import sync_to_thread
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from comity.foundation.canonical import digest

FOLDER = Path(__file__).parent / "static"
PAGE = "index.html"
NOT_BUILT = (
    "This node's console is not built. Run `make setup` where the node was installed from, and load this again.\n"
)

_FOREVER = "public, max-age=31536000, immutable"
_PACKED = ("text/", "application/javascript", "application/json", "application/geo+json", "image/svg+xml")
_WORTH_PACKING = 1_024
"""Bytes."""
_RESERVED = ("api", "healthz", "metrics")
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".geojson": "application/geo+json",
    ".woff2": "font/woff2",
}


class File(msgspec.Struct, frozen=True):
    """One file, ready to be sent."""

    content: bytes
    packed: bytes
    """By gzip; empty if that is not worth it."""
    media_type: str
    tag: str
    lasting: bool
    """Its name holds its hash: it never changes."""


class Files:
    """The built console, held in memory: nothing else can be asked for, whatever the path says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, File] = {}
        self._built = 0
        self._turn = Lock()

    def find(self, path: str) -> File | None:
        """Return the file at the path, the page for what is a view of the console, or None."""
        files = self._current()
        name = path.strip("/") or PAGE
        return files.get(name) or (None if "." in name.rpartition("/")[2] else files.get(PAGE))

    def _current(self) -> dict[str, File]:
        """Return the files, read anew if the console was built anew."""
        page = self._folder / PAGE
        built = page.stat().st_mtime_ns if page.is_file() else 0
        with self._turn:
            if built != self._built:
                self._read = _read(self._folder) if built else {}
                self._built = built
            return self._read


def _read(folder: Path) -> dict[str, File]:
    return {
        file.relative_to(folder).as_posix(): _file(file, lasting=file.parent.name == "assets")
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink()
    }


def _file(file: Path, *, lasting: bool) -> File:
    content = file.read_bytes()
    media_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    worth = len(content) >= _WORTH_PACKING and media_type.startswith(_PACKED)
    packed = gzip.compress(content, 6, mtime=0) if worth else b""
    return File(content, packed, media_type, f'"{digest(content).hex()[:32]}"', lasting)


def console_files(folder: Path = FOLDER) -> HTTPRouteHandler:
    """Return the route of everything that is not the API, health or metrics."""
    files = Files(folder)

    @route(
        ["/", "/{path:path}"],
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        include_in_schema=False,
    )
    async def console(request: Request[Any, Any, Any], path: FromPath[str] = "") -> Response[bytes]:
        """Return a file of the console."""
        if path.strip("/").partition("/")[0] in _RESERVED:
            raise NotFoundException("there is nothing here")
        file = await sync_to_thread(files.find, path)
        if file is None and not path.strip("/"):
            return Response(NOT_BUILT.encode(), media_type="text/plain", status_code=503)
        if file is None:
            raise NotFoundException("the console has no such file")
        return _sent(file, request)

    return console


def _sent(file: File, request: Request[Any, Any, Any]) -> Response[bytes]:
    headers = {"etag": file.tag, "cache-control": _FOREVER if file.lasting else "no-cache", "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(b"", status_code=304, headers=headers, media_type=file.media_type)
    packed = bool(file.packed) and "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(file.packed if packed else file.content, headers=headers, media_type=file.media_type)
