"""Settings of the door for TAK clients, and whether they may stand."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

import msgspec

from comity.node.setting import ADDRESS
from comity.node.span import Span
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import NAME_PATTERN

CLIENT_PATTERN = re.compile(NAME_PATTERN, re.ASCII)
"""How clients are called: as nodes and feeds are."""


class TakSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where TAK clients (ATAK, WinTAK) connect: docs/formats/tak-out.md."""

    listen: Annotated[str, msgspec.Meta(pattern=r"^([^\s:]+:\d{1,5})?$", description=ADDRESS)] = ""
    """Address and port; empty: nowhere. Outside of loopback, certificate and key are needed."""
    certificate: str = ""
    """The chain that shows clients who the node is, in PEM, relative to the node's folder."""
    key: str = ""
    """Its private key, in PEM without a password, relative to the node's folder."""
    refresh: Span = "5 s"
    """How often a client is sent what has moved; a partner's at most every `exchange.refresh`."""
    clients: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 32
    """Clients at once."""


def expect_safe(settings: TakSettings) -> None:
    """Do nothing if the door may stand as it is set.

    Raises:
        Fault: tokens and positions would cross a network unsealed, or half of an identity is missing.
    """
    if bool(settings.certificate) != bool(settings.key):
        raise Fault("tak.certificate and tak.key belong together", remedy="Set both, or neither.")
    host = settings.listen.rpartition(":")[0].strip("[]")
    if settings.listen and not settings.certificate and not _is_loopback(host):
        raise Fault(
            f"TAK clients at {host} would send their tokens and get positions unsealed",
            remedy="Set tak.certificate and tak.key, or listen on 127.0.0.1.",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
