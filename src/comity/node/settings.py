"""Settings: one TOML file and the environment, read once, checked at start, every one documented.

The reference page docs/reference/settings.md is written from the docstrings here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from comity.node import feed_ways
from comity.node.feed_settings import FeedSettings
from comity.node.retention_settings import RetentionSettings, expect_lasting
from comity.node.setting import Address, Endpoint, Name, converted
from comity.node.span import Span, span
from comity.node.tak_settings import TakSettings, expect_safe
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import SECOND, Duration, Instant

FILE = "node.toml"


class NodeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who runs the node; the same as on its card."""

    name: Name
    """Short name, unique among its partners."""
    agency: str
    """Full name of the agency."""
    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$", description="two letters, like DK")]
    """ISO 3166-1 alpha-2."""


class ConsoleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the agency's own people connect."""

    listen: Address
    """Address and port of the API. Keep it inside the agency's network."""
    session: Span = "12 h"
    """How long a sign-in lasts."""
    schemes: tuple[str, ...] = ()
    """Schemes in which its people read marks, like `europol-handling`: told beside them (`comity crosswalk show`)."""


class ExchangeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where partners connect."""

    listen: Address
    """Address and port of the inbox, the log and the witness."""
    endpoint: Endpoint
    """How partners reach it; stands on the card."""
    cosigned: Annotated[int, msgspec.Meta(ge=0, le=16)] = 2
    """The log shows others the newest checkpoint that so many witnesses have cosigned."""
    recall: Span = "24 h"
    """How long a partner has to prove that it erased what was recalled; then it is overdue."""
    refresh: Span = "30 s"
    """How often a subscriber is given the newest position of each track that has moved, at most."""
    answers: Span = "5 s"
    """The beat on which partners' inquiries are answered, a second at least: each is told at the second beat."""
    checkpoint: Span = "1 s"
    """How often a new checkpoint is made and cosignatures are asked for, while there is anything new."""
    monitor: Span = "10 s"
    """How often partners' logs are followed and held against what their witnesses show."""
    policy: str = ""
    """A trust policy (docs/formats/policy.md), relative to the node's folder, that partners' logs must meet besides."""
    cosigned_within: Span = "10 min"
    """How long a required witness may stay behind before that is a finding."""
    connections: Annotated[int, msgspec.Meta(ge=8, le=10_000)] = 256
    """Connections at once. Where all are taken, the one that has kept the node waiting longest makes room."""
    messages: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    """Messages a second that one partner may bring in the long run; for half a minute's worth it may save up."""
    prekey: Span = "1 d"
    """How often there is a new key to which partners seal; each may be sealed to for twice as long."""
    overlap: Span = "1 d"
    """How long after that its private key is kept, for what is on its way; then it is destroyed."""


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The database."""

    url: str = ""
    """A PostgreSQL connection string; empty for the bundled one. The environment's COMITY_DATABASE goes before it."""


class ClockSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The clock, for replay and rehearsal only."""

    points: tuple[tuple[str, str], ...] = ()
    """Pairs of wall time and shown time that the clock passes through; empty: it shows the wall's."""

    def read(self) -> tuple[tuple[Instant, Instant], ...]:
        """Return the points as instants."""
        return tuple((instant.read(wall), instant.read(shown)) for wall, shown in self.points)


class PictureSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Areas, and what is watched in them."""

    areas: str = ""
    """A GeoJSON file with named areas, relative to the node's folder."""
    borders: tuple[tuple[str, str], ...] = ()
    """Pairs of areas between which a passage away from the crossing points is a crossing."""
    crossing_points: tuple[str, ...] = ()
    """Areas in which passing the border is regular."""
    ports: tuple[str, ...] = ()
    """Areas of which each visit of a vessel is told."""
    dark: Span = "30 min"
    """Silence after which a vessel, well heard until then, has gone dark."""
    meeting: Span = "20 min"
    """How long two vessels lie together before it is a meeting."""
    rules: str = ""
    """A TOML file with thresholds of the rules (docs/reference/detection.md), relative to the node's folder."""
    unusual: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 3
    """Alerts of unusual motion in an area a day that are borne as false, once a model is learned; 0: none is raised."""
    horizon: Span = "12 h"
    """How far back the picture is rebuilt after a restart."""


class RelationsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands over agreements, and what is disputed."""

    law: str = ""
    """What the law of the node's own state forbids (docs/formats/national-law.md), relative to the node's folder."""
    disputes: str = ""
    """A GeoJSON file with more disputed lines (docs/formats/disputed-lines.md), relative to the node's folder."""
    coastline: str = ""
    """Another coastline than the one that comes along (docs/formats/coastline.md), relative to the node's folder."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that an administrator can set, in `node.toml`."""

    node: NodeSettings
    console: ConsoleSettings
    exchange: ExchangeSettings
    database: DatabaseSettings = msgspec.field(default_factory=DatabaseSettings)
    clock: ClockSettings = msgspec.field(default_factory=ClockSettings)
    picture: PictureSettings = msgspec.field(default_factory=PictureSettings)
    relations: RelationsSettings = msgspec.field(default_factory=RelationsSettings)
    retention: RetentionSettings = msgspec.field(default_factory=RetentionSettings)
    tak: TakSettings = msgspec.field(default_factory=TakSettings)
    feed: tuple[FeedSettings, ...] = ()

    def keep(self, feed: FeedSettings) -> Duration:
        """Return how long the feed's sightings are kept, milliseconds: no longer than all are."""
        longest = span(self.retention.sightings)
        return min(span(feed.keep), longest) if feed.keep else longest


def load(folder: Path, environment: Mapping[str, str]) -> Settings:
    """Read `node.toml` in the node's folder, with what the environment overrides.

    Raises:
        Missing: there is no node in the folder.
        Fault: a setting is unknown, missing or malformed.
    """
    file = folder / FILE
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Fault("the settings are not UTF-8", where=str(file), remedy="Save the file as UTF-8.") from error
    except FileNotFoundError as error:
        raise Missing("there is no node here", where=str(file), remedy="Make one with: comity node init DIR") from error
    settings = read(text, str(file))
    try:
        _check(settings, folder)
    except Fault as fault:
        fault.where = f"{file}: {fault.where}" if fault.where else str(file)
        raise
    url = environment.get("COMITY_DATABASE", settings.database.url)
    return msgspec.structs.replace(settings, database=DatabaseSettings(url=url))


def read(text: str, where: str) -> Settings:
    """Return the settings that the text of a `node.toml` holds; files that they name are not looked for.

    Raises:
        Fault: a setting is unknown, missing or malformed.
    """
    return converted(text, Settings, where)


_WAYS = ("path", "connect", "listen", "poll", "subscribe", "tak")


def _check(settings: Settings, folder: Path) -> None:
    settings.clock.read()
    expect_safe(settings.tak)
    expect_lasting({name: span(getattr(settings.retention, name)) for name in RetentionSettings.__struct_fields__})
    for setting, address in (
        ("console.listen", settings.console.listen),
        ("exchange.listen", settings.exchange.listen),
        ("tak.listen", settings.tak.listen or settings.console.listen),
    ):
        feed_ways.expect_port(setting, address)
    if span(settings.exchange.answers) < SECOND:
        raise Fault("exchange.answers is less than a second", remedy="Write it like 5 s.")
    _check_feeds(settings, folder)
    _check_files(settings, folder)
    if (settings.picture.borders or settings.picture.crossing_points) and not settings.picture.areas:
        raise Fault("borders and crossing points name areas, but picture.areas is not set", remedy="Set picture.areas.")


def _check_feeds(settings: Settings, folder: Path) -> None:
    names = [feed.name for feed in settings.feed]
    for feed in settings.feed:
        if names.count(feed.name) > 1:
            raise Fault(f"two feeds are named {feed.name!r}", remedy="Give each feed its own name.")
        feed_ways.expect_format(feed.name, feed.format)
        feed_ways.expect_one(feed.name, feed.format, {way: getattr(feed, way) for way in _WAYS})
        if not feed.path and settings.clock.points:
            raise Fault(
                f"feed {feed.name!r} is live, and the clock is set to pass through points",
                remedy="Such a clock is for replay and rehearsal: leave either out.",
            )
        feed.begun()
        feed.sensors()
        if feed.path and not (folder / feed.path).is_file():
            raise Fault(f"feed {feed.name!r} has no file {feed.path!r}", remedy="Put it there or correct the path.")
        feed_ways.expect_short(feed.name, feed.format, folder / feed.wanted if feed.wanted else None, feed.purposes)
        feed_ways.expect_kept(feed.name, feed.format, settings.keep(feed))


def _check_files(settings: Settings, folder: Path) -> None:
    for setting, file in (
        ("picture.areas", settings.picture.areas),
        ("picture.rules", settings.picture.rules),
        ("relations.law", settings.relations.law),
        ("relations.disputes", settings.relations.disputes),
        ("relations.coastline", settings.relations.coastline),
        ("tak.certificate", settings.tak.certificate),
        ("tak.key", settings.tak.key),
        *((f"format of feed {feed.name!r}", feed.format) for feed in settings.feed if feed.format.endswith(".py")),
        *((f"secret of feed {feed.name!r}", feed.secret) for feed in settings.feed),
    ):
        if file and not (folder / file).is_file():
            raise Fault(f"there is no file {file!r}", remedy=f"Correct {setting}.")
