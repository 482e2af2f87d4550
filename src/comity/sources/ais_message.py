"""An AIS message: what it says, and what each type of it is called (ITU-R M.1371-5, annex 8)."""

from __future__ import annotations

import msgspec

from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

NAMES = {
    1: "position report, scheduled",
    2: "position report, assigned",
    3: "position report, on interrogation",
    4: "base station report",
    5: "static and voyage data",
    6: "addressed binary message",
    7: "acknowledgement of binary messages",
    8: "binary broadcast",
    9: "position of a rescue aircraft",
    10: "enquiry of time",
    11: "answer with time",
    12: "addressed safety text",
    13: "acknowledgement of safety texts",
    14: "safety text broadcast",
    15: "interrogation",
    16: "assignment of mode",
    17: "differential corrections",
    18: "class B position report",
    19: "class B extended report",
    20: "reservation of slots",
    21: "aid to navigation",
    22: "channel management",
    23: "assignment of a group",
    24: "class B static data",
    25: "short binary message",
    26: "binary message in several slots",
    27: "long-range position report",
}
"""What messages of each type are counted as (table 43)."""


class NotDecoded(Fault):
    """A payload that is no message of the specification. `what` is the name of the fault."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What one message says, in the specification's units; None is "not available", or not of this type."""

    type: int
    mmsi: int
    repeat: int = 0
    status: int | None = None
    """Navigational status, table 45."""
    turn: int | None = None
    """Rate of turn as it is sent: with its sign, 4.733 times the root of degrees a minute; 127 is beyond 708."""
    speed: float | None = None
    """Knots; 102.2 (type 27: 62; type 9: 1022) and more cannot be told apart."""
    accurate: bool | None = None
    """The sender states 10 m or better."""
    longitude: float | None = None
    latitude: float | None = None
    altitude: int | None = None
    """Of a rescue aircraft, metres; 4094 and more cannot be told apart."""
    barometric: bool | None = None
    """Its altitude is a barometer's, not a satellite receiver's."""
    course: float | None = None
    heading: int | None = None
    second: int | None = None
    manoeuvre: int | None = None
    """1 not engaged in a special manoeuvre, 2 engaged."""
    raim: bool | None = None
    """The sender's receiver checks its own integrity."""
    utc: Instant | None = None
    """The time of the sender's clock (types 4 and 11)."""
    imo: int | None = None
    call_sign: str | None = None
    name: str | None = None
    ship_type: int | None = None
    bow: int | None = None
    """Metres from the position reference to bow, stern, port and starboard side."""
    stern: int | None = None
    port: int | None = None
    starboard: int | None = None
    fix: int | None = None
    """What fixes the position: 1 GPS, 2 GLONASS, 3 both, … (table 48); 0 is not said."""
    eta: tuple[int, int, int, int] | None = None
    """Month, day, hour and minute of arrival as they are sent: 0, 0, 24 and 60 are not available."""
    draught: float | None = None
    """Metres."""
    destination: str | None = None
    mothership: int | None = None
    """MMSI of the mother ship of an auxiliary craft (type 24 B)."""
    part: int | None = None
    """0 for part A, 1 for part B of type 24."""
    aid: int | None = None
    """Type of an aid to navigation, table 74."""
    off_position: bool | None = None
    """A floating aid that is not where it should be."""
    virtual: bool | None = None
    """An aid that is not there, but is shown as if it were."""
