"""Settings of retention, and whether they are long enough for what rests on what is kept."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from comity.node.span import Span
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Duration


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the node keeps its own records."""

    sightings: Span = "30 d"
    """Sightings older than this are erased, and sooner where their feed's `keep` says so."""
    archive: Span = "90 d"
    """How long the archive (docs/formats/archive.md) keeps movements, where their feed does not say otherwise."""
    entries: Span = "1095 d"
    """How long an entry of the log can be opened, and then while what it tells of is held, or was until less than so
    long ago (docs/decisions/0225); a year at least. Its leaf stays."""
    alerts: Span = "365 d"
    """How long an alert is kept that nobody has judged, or that was rejected, from when it was raised or judged last;
    then it is erased with every decision on it. Longer while something needs it (docs/decisions/0245)."""
    decisions: Span = "1095 d"
    """How long an alert is kept that an officer has confirmed or is unsure of, with every decision on it, from the last
    of them on; longer like alerts."""
    reports: Span = "1095 d"
    """How long a report is kept, in all its versions, once it has expired or was cancelled; longer like alerts."""
    notices: Span = "365 d"
    """How long a notice is kept, in all its versions, once it has expired or was cancelled; longer like alerts."""
    checkpoints: Span = "7 d"
    """How long every checkpoint of the log is kept; of older ones a few an hour are (docs/decisions/0244). A day at
    least."""


_NEXT_WATCH = "is less than a day|Write it like 365 d: who comes on duty next must find it."
_LEAST: Mapping[str, tuple[Duration, str]] = {
    "entries": (365 * DAY, "is less than a year|Write it like 1095 d: what law asks of logs."),
    **dict.fromkeys(("alerts", "decisions", "reports", "notices"), (DAY, _NEXT_WATCH)),
    "checkpoints": (DAY, "is less than a day|Write it like 7 d: whoever follows the log may be a day behind."),
}


def expect_lasting(terms: Mapping[str, Duration]) -> None:
    """Do nothing if everything is kept for as long as it must be; `terms` are milliseconds by the setting's name.

    Raises:
        Fault: something would be erased too soon.
    """
    for name, (least, words) in _LEAST.items():
        if terms[name] < least:
            what, remedy = words.split("|")
            raise Fault(f"retention.{name} {what}", remedy=remedy)
