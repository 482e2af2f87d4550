"""The journal: what a running process says of its work, one JSON object a line, on standard error."""

from __future__ import annotations

import sys

import structlog


def to_stderr() -> None:
    """Write the journal to standard error from now on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
