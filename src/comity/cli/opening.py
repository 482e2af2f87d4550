"""Opening a node for one command: its database is reached if the node runs, and started for the while if not."""

from __future__ import annotations

from comity.node.assemble import opened

__all__ = ["opened"]
