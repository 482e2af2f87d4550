"""A setting: how one is written, and in what words one is told that is not right."""

from __future__ import annotations

import tomllib
from typing import Annotated, TypeVar

import msgspec

from comity.foundation import misfit
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import NAME_LIKE, NAME_PATTERN

_PAGE = "See docs/reference/settings.md."
ADDRESS = "an address and a port, like 127.0.0.1:8440"
_Kind = TypeVar("_Kind", bound=msgspec.Struct)

Name = Annotated[str, msgspec.Meta(pattern=NAME_PATTERN, description=NAME_LIKE)]
Address = Annotated[str, msgspec.Meta(pattern=r"^[^\s:]+:\d{1,5}$", description=ADDRESS)]
Endpoint = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https?://[^\s/?#@]{1,200}(/[^\s?#@]{0,200}[^\s/?#@])?$",
        description="an address without a slash at its end, like https://node.example.org:8450",
    ),
]


def converted(text: str, kind: type[_Kind], where: str) -> _Kind:
    """Return what a text of TOML holds, or tell in words what in it is not right.

    Raises:
        Fault: a setting is unknown, missing or malformed.
    """
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"the settings are not right: {error}", where=where, remedy=_PAGE) from error
    except msgspec.ValidationError as error:
        found = misfit.read(error, kind)
        remedy = f"{found.remedy} {_PAGE}".lstrip()
        raise Fault(f"the settings are not right: {found}", where=where, remedy=remedy) from error
