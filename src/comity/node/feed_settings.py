"""Settings of a feed: how it comes in, and with which marks what it gives begins."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.node.setting import Name
from comity.node.span import Span, Term
from comity.sources import station
from comity.sources.station import Station
from comity.vocabulary import instant
from comity.vocabulary.handling import Credibility, Grading, Handling, Onward, Reliability, Tlp
from comity.vocabulary.instant import Instant
from comity.vocabulary.purpose import Purpose


class FeedSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feed of sightings."""

    name: Name
    """What its sightings name as their source."""
    format: str
    """As `comity feed formats` lists them, or a file of one's own (docs/how-to/add-a-feed.md)."""
    path: str = ""
    """A file to replay, relative to the node's folder; or else:"""
    connect: str = ""
    """Address and port of a live feed over TCP; or else:"""
    listen: str = ""
    """Address and port at which a live feed comes in as UDP datagrams; a multicast address is joined; or else:"""
    poll: str = ""
    """URL that is asked again and again over HTTP or HTTPS; or else:"""
    subscribe: str = ""
    """Topic of an MQTT broker, as `mqtt://host:port/topic` or `mqtts://…`; or else:"""
    tak: bool = False
    """What one TAK client sends (`comity tak add --feed`)."""
    every: Span = "10 s"
    """How often `poll` is asked, a second at least."""
    secret: str = ""
    """For `poll` and `subscribe`: a file with `USER:PASSWORD` in its first line, relative to the node's folder."""
    keep: Term = ""
    """How long its sightings are kept; empty: as `retention.sightings` says. A plate reader's at most 7 d."""
    wanted: str = ""
    """A plate reader's list of wanted plates (docs/formats/feed-plate-readers.md), relative to the node's folder."""
    shift: int = 0
    """Milliseconds added to every time of a replayed recording; the original is kept."""
    begin: str = ""
    """When a recording began whose own clock tells no day, as RFC 3339."""
    stations: tuple[str, ...] = ()
    """Where its sensors stand, each as `[SAC/SIC=]latitude,longitude[,height[,range error,azimuth error]]`."""
    simulated: bool = False
    """Marks every sighting, and all that is derived from it, as simulated."""
    purposes: tuple[Purpose, ...]
    """What its sightings are collected for."""
    tlp: Tlp = Tlp.AMBER
    """Traffic light of what it gives."""
    onward: Onward = Onward.ASK
    """Onward rule of what it gives."""
    grading: Annotated[str, msgspec.Meta(pattern=r"^[A-F][1-6]$", description="a grading like B2")] = "F6"
    """Admiralty grading of what it gives."""
    archived: Term = ""
    """For how long the archive keeps what it gives, if not as retention.archive says; `0 s`: it takes none."""

    def begun(self) -> Instant | None:
        """Return when the recording began, as far as that is told."""
        return instant.read(self.begin) if self.begin else None

    def sensors(self) -> tuple[Station, ...]:
        """Return where its sensors stand."""
        return tuple(station.read(text) for text in self.stations)

    @property
    def handling(self) -> Handling:
        """The marks with which its sightings begin."""
        grading = Grading(Reliability(self.grading[0]), Credibility(int(self.grading[1])))
        return Handling(tlp=self.tlp, onward=self.onward, grading=grading)

    @property
    def theirs(self) -> bool:
        """Whether what it gives may be a partner's own: a partner's TAK client sends into no other feed than such."""
        return self.tak and self.tlp is Tlp.RED
