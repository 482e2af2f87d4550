"""Serving: the node's two listeners, one for its own people and one for partners, in one process."""

from __future__ import annotations

from pathlib import Path

import structlog

from comity.api.application import console_application, exchange_application
from comity.api.listener import listen
from comity.node.assemble import opened
from comity.node.run import running

_log = structlog.get_logger()


def serve(folder: Path) -> None:
    """Run the node in the folder until SIGTERM or SIGINT.

    Raises:
        Fault: there is no node, a setting is not right, or an address is taken.
    """
    with opened(folder) as node, running(node):
        console, exchange = node.settings.console.listen, node.settings.exchange.listen
        listen(
            {console: console_application(node), exchange: exchange_application(node)},
            lambda: _log.info("node running", node=node.own.card.name, console=console, exchange=exchange),
        )
    _log.info("node stopped", node=node.own.card.name)
