"""Serving: the node's two listeners, one for its own people and one for partners, in one process."""

from __future__ import annotations

import sys
from pathlib import Path

import structlog

from comity.api.application import console_application, exchange_application
from comity.api.connections import Limits
from comity.api.listener import listen
from comity.foundation import canonical
from comity.foundation.store.store import Unavailable
from comity.node.assemble import opened
from comity.node.run import running

_log = structlog.get_logger()
_TURN = 0.0005
"""Seconds after which a thread that computes lets another have its turn. By default it is ten times as long, and an
alert, which waits for the database some forty times on its way, would wait as often for whoever takes in a batch."""


def serve(folder: Path) -> None:
    """Run the node in the folder until SIGTERM or SIGINT.

    Raises:
        Fault: there is no node, a setting is not right, an address is taken, or another process runs this node.
        Unavailable: its database has ended: start the node again.
    """
    sys.setswitchinterval(_TURN)
    with opened(folder) as node, node.store.alone() as alone:
        console, exchange = node.settings.console.listen, node.settings.exchange.listen
        applications = {console: console_application(node), exchange: exchange_application(node)}
        canonical.prepare()
        with running(node, alone):
            listen(
                applications,
                lambda: _log.info("node running", node=node.own.card.name, console=console, exchange=exchange),
                {exchange: Limits(most=node.settings.exchange.connections)},
            )
        if not alone():
            raise Unavailable("the database has ended", remedy="Start the node again; nothing is lost.")
    _log.info("node stopped", node=node.own.card.name)
