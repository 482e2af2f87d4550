"""Assembly: the one place where a node's parts are put together, and its threads started and stopped."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from comity.detection.unusual import Unusual, UnusualSettings
from comity.exchange.cards import Own
from comity.exchange.prekeys import Prekeys
from comity.exchange.recheck import Recheck
from comity.foundation.clock import Clock
from comity.foundation.ledger.trust import TrustPolicy
from comity.foundation.store.server import Server, attached
from comity.foundation.store.store import Store
from comity.node import relations as node_relations
from comity.node import rotation, trust, watching
from comity.node import settings as node_settings
from comity.node.bell import Bell
from comity.node.entitlement import Entitlement
from comity.node.faults import Faults
from comity.node.feed_settings import FeedSettings
from comity.node.feed_ways import PLATES
from comity.node.flow_agreement import Agreements
from comity.node.flow_answering import Answers
from comity.node.flow_archive import Archive
from comity.node.flow_casework import Casework
from comity.node.flow_common import CommonPicture
from comity.node.flow_ending import Endings
from comity.node.flow_expiring import Expiring, Lasting
from comity.node.flow_forgetting import Forgetting
from comity.node.flow_informing import Informing
from comity.node.flow_inquiry import Inquiries
from comity.node.flow_jurisdiction import Jurisdiction
from comity.node.flow_learning import Learning
from comity.node.flow_onward import Onwards
from comity.node.flow_person import Persons
from comity.node.flow_posture import Postures
from comity.node.flow_proof import Proofs
from comity.node.flow_recall import Recalls
from comity.node.flow_release import Releases
from comity.node.flow_rights import Rights
from comity.node.flow_sighting import Watch
from comity.node.flow_subscription import Subscriptions
from comity.node.flow_tak import TakClients
from comity.node.holdings import Holdings
from comity.node.recheck import recheck
from comity.node.relations import Relations
from comity.node.retention_settings import RetentionSettings
from comity.node.settings import FILE, Settings
from comity.node.span import span
from comity.node.tak_judge import TakJudge
from comity.node.thinning import Thinning
from comity.picture.areas import Areas
from comity.picture.tracks import Picture
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.partner import Card


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A node's parts."""

    folder: Path
    settings: Settings
    own: Own
    clock: Clock
    store: Store
    areas: Areas
    watch: Watch
    common: CommonPicture
    archive: Archive
    learning: Learning
    releases: Releases
    casework: Casework
    persons: Persons
    agreements: Agreements
    endings: Endings
    forgetting: Forgetting
    expiring: Expiring
    thinning: Thinning
    jurisdiction: Jurisdiction
    postures: Postures
    proofs: Proofs
    prekeys: Prekeys
    recalls: Recalls
    rights: Rights
    policy: TrustPolicy | None
    """What the settings ask of partners' logs beside the agreements."""
    subscriptions: Subscriptions
    informing: Informing
    inquiries: Inquiries
    onwards: Onwards
    answers: Answers
    recheck: Recheck
    tak: TakClients
    faults: Faults
    bell: Bell


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """See to it that the node in the folder does not run, as far as this machine can tell.

    Raises:
        Refused: it runs.
    """
    if attached(folder / "database"):
        raise Refused("the node is running", where=str(folder), remedy="Stop it, do this, and start it again.")
    yield


@contextmanager
def opened(folder: Path, *, officer: str = "", reason: str = "made or renewed since the last start") -> Iterator[Node]:
    """Open the node in the folder: its database is started if nobody has, and stopped again by whoever started it.

    Where its card is a new one, that is entered in the log, with officer and reason.

    Raises:
        Missing: there is no node in the folder.
        Fault: a setting or key is not right, or the database does not start.
    """
    settings = node_settings.load(folder, os.environ)
    own = rotation.loaded(folder)
    _expect_one_name(folder, settings, own.card)
    with _database(folder, settings) as url:
        store = Store(url, node=own.card.name, clock=Clock(settings.clock.read()))
        try:
            store.migrate()
            rotation.remember(store, own, officer or own.card.name, reason)
            yield assemble(folder, settings, own, store)
        finally:
            store.close()


def assemble(folder: Path, settings: Settings, own: Own, store: Store) -> Node:
    """Put the node's parts together over an open store."""
    clock = Clock(settings.clock.read())
    areas = watching.areas_of(settings.picture, folder)
    feeds = {feed.name: feed for feed in settings.feed}
    coast = watching.coast_of(_coastline(folder, settings))
    handling = watching.handling_of(settings.feed)
    rules = watching.detectors_of(settings.picture, areas, handling, coast, folder)
    unusual = Unusual(UnusualSettings(budget=settings.picture.unusual), handling)
    rules += [unusual] if settings.picture.unusual else []
    watch = Watch(store, clock, Picture(), rules, feeds, watching.region_of(areas), own.keys.log.pseudonym)
    archive = Archive(store, clock, folder / "archive", feeds, span(settings.retention.archive))
    policy = trust.load(folder, settings.exchange.policy)
    holdings = Holdings(own, feeds)
    recalls = Recalls(store, own, clock, span(settings.exchange.recall))
    relations = Relations(node_relations.load(folder, settings.relations.law, own.card.country))
    endings = Endings(store, own, clock, policy)
    releases = Releases(store, own, clock, holdings, relations)
    inquiries = Inquiries(store, own, clock, releases, span(settings.exchange.answers))
    informing = Informing(store, own, clock, releases, holdings, span(settings.exchange.refresh))
    asked_again = recheck(informing, inquiries)
    judge = TakJudge(store, own, clock, holdings, relations, plates(feeds.values()))
    return Node(
        folder=folder,
        settings=settings,
        own=own,
        clock=clock,
        store=store,
        areas=areas,
        watch=watch,
        common=CommonPicture(store, clock, own.card.name, watch.live),
        archive=archive,
        learning=Learning(store, clock, archive, folder / "archive", feeds, unusual.use),
        releases=releases,
        casework=Casework(store, own, clock, releases),
        persons=Persons(store, clock, releases, recalls),
        agreements=Agreements(store, own, clock, endings, policy),
        endings=endings,
        forgetting=Forgetting(store, clock, span(settings.retention.entries)),
        expiring=Expiring(store, clock, _lasting(settings.retention)),
        thinning=Thinning(store, clock, span(settings.retention.checkpoints)),
        jurisdiction=Jurisdiction(store, own, _coastline(folder, settings)),
        postures=Postures(store, own, clock, asked_again, Entitlement(own, clock, relations)),
        proofs=Proofs(store, own, policy),
        recalls=recalls,
        rights=Rights(store, own, clock, recalls, archive),
        policy=policy,
        prekeys=Prekeys(
            folder / rotation.KEYS / "prekeys",
            own,
            clock,
            span(settings.exchange.prekey),
            span(settings.exchange.overlap),
        ),
        subscriptions=Subscriptions(store, own, clock),
        informing=informing,
        inquiries=inquiries,
        onwards=Onwards(store, own, clock, releases),
        recheck=asked_again,
        tak=TakClients(store, clock, watch, judge, feeds, settings.tak, span(settings.exchange.refresh)),
        answers=Answers(store, own, clock, holdings, relations),
        faults=Faults(),
        bell=Bell(),
    )


def _expect_one_name(folder: Path, settings: Settings, card: Card) -> None:
    """Refuse settings that say otherwise than the card that partners have accepted."""
    said = (settings.node.name, settings.node.country, settings.exchange.endpoint)
    if said != (card.name, card.country, card.endpoint):
        raise Fault(
            f"the settings say {' '.join(said)}, the card {card.name} {card.country} {card.endpoint}",
            where=str(folder / FILE),
            remedy="Correct name, country and endpoint to those of the card.",
        )


@contextmanager
def _database(folder: Path, settings: Settings) -> Iterator[str]:
    """Yield the connection string of the node's database."""
    url = settings.database.url or attached(folder / "database")
    if url:
        yield url
        return
    with Server.start(folder / "database") as server:
        yield server.url


def _lasting(settings: RetentionSettings) -> Lasting:
    return Lasting(**{name: span(getattr(settings, name)) for name in Lasting.__struct_fields__})


def plates(feeds: Iterable[FeedSettings]) -> frozenset[str]:
    """Return the names of the feeds of plate readers."""
    return frozenset(feed.name for feed in feeds if feed.format == PLATES)


def _coastline(folder: Path, settings: Settings) -> Path | None:
    return folder / settings.relations.coastline if settings.relations.coastline else None
