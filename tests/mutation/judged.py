"""Judged: mutants that no test can kill, since nothing that can be observed is different; and why."""

from __future__ import annotations

from typing import Final

_FASTER = "the short way is not taken, and the law says the same, later"
_REMEMBERED = "what is remembered is found out anew, the same"

EQUIVALENT: Final = {
    ("distress", "rest", "position is None", ""): "what can be without a position is no call in distress",
    ("permit", "_at_once", "way is None", ""): "then nothing is known about the subjects either",
    ("permit", "_at_once", "ground is not None and (not ground.masking)", "not ground.masking"): _FASTER,
    (
        "permit",
        "_at_once",
        "way.abouts.get(record.subjects) or way.about(record.subjects)",
        "way.about(record.subjects)",
    ): _REMEMBERED,
    (
        "permit",
        "_at_once",
        "way.written and veto.by_word(record) is not None",
        "veto.by_word(record) is not None",
    ): "of what is not written the veto says nothing",
    ("permit", "_usual", "request.leave is None", ""): (
        "a leave beside one's own record shortens how long it is kept, which both ways ask alike"
    ),
    ("permit", "_by_way", "return answer", "return None"): "the law is asked twice, and says the same",
    (
        "permit",
        "_decided",
        "isinstance(ordinary, Permit) or not record.distress",
        "isinstance(ordinary, Permit)",
    ): "what is in no distress is no call, which `distress.rest` asks too",
    (
        "permit",
        "_nothing_in_force",
        "obstacle(standing, request.now) or ''",
        "obstacle(standing, request.now)",
    ): "none of them is in force, so that each has an obstacle; the rest is for the types",
}
"""By file, function, what stands there and what is put for it: nothing for a part that is left out."""
