"""What is proven: of every way in which data leave a node or are shown, somebody has said what it means for persons.

A new kind of message, record, route, command, table, notice or metric fails here until it stands in the list below.
That what is said is so, `test_paths_of_persons` tries.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import click
import pytest
from litestar import Litestar
from prometheus_client import CollectorRegistry

import comity as package
from builders import centre, pair
from comity.agreements import answering, field, subscribing, veto
from comity.agreements.footing import ways
from comity.api import notices
from comity.api.application import console_application, exchange_application
from comity.api.metrics import Counts
from comity.cli.main import comity
from comity.foundation.store import persons
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.vocabulary.message import MessageKind
from comity.vocabulary.record import WRITTEN, RecordKind


class Road(Enum):
    """What a path means for records about persons."""

    PERMIT = "goes by a permit of its own, asked again before each attempt to deliver"
    FEW = "shown to the roles that may, each look entered"
    UNREAD = "changes or ends one, and shows nothing of it"
    RIGHTS = "shown to the data-protection officer, for the person"
    IDS = "tells ids, states and hashes, as of any record"
    CLOSED = "persons are refused or left out, by their kind"
    NONE = "has nothing to do with what is held"


def said(**words: str) -> dict[str, Road]:
    """Return for each path what is said of it: by road, paths with semicolons between."""
    return {path: Road[road] for road, paths in words.items() for path in paths.split("; ")}


MESSAGES = said(
    PERMIT="release",
    IDS="withdrawn; recall; recalled",
    NONE="agreement",
    CLOSED="acknowledgement; cancellation; subscription; inquiry; onward",
)
KINDS = said(
    PERMIT="person",
    CLOSED="alert; track; report; notice; biometric; case; sighting",
)
"""Of the other kinds it is said what a person inside of one means."""
ROUTES = said(
    NONE=(
        "DELETE /api/session; GET /; GET /api/agreements; GET /api/partners/{partner:str}/posture; "
        "GET /api/schema; GET /api/schema/openapi.json; GET /api/schema/openapi.yaml; "
        "GET /api/schema/openapi.yml; GET /api/schema/{path:str}; GET /api/session; GET /api/tracks/areas; "
        "GET /api/tracks/coverage; GET /healthz; GET /{path:path}; POST /api/findings/{sequence:int}/acknowledgement; "
        "POST /api/jurisdiction; POST /api/partners/{partner:str}/posture; POST /api/session"
    ),
    CLOSED=(
        "GET /api/alerts; GET /api/alerts/{alert:str}; GET /api/archive; GET /api/inquiries; "
        "GET /api/inquiries/{inquiry:str}; "
        "GET /api/common; GET /api/live; GET /api/onward; GET /api/received; GET /api/received/tracks; "
        "GET /api/releases/{message:str}/bundle; GET /api/reports; GET /api/reports/{report:str}; "
        "GET /api/subscriptions; GET /api/summary; GET /api/tracks; GET /api/tracks/{track:str}; GET /metrics; "
        "POST /api/alerts/{alert:str}/decision; POST /api/alerts/{alert:str}/preview; "
        "POST /api/alerts/{alert:str}/release; POST /api/inquiries; POST /api/inquiries/{inquiry:str}/decline; "
        "POST /api/inquiries/{inquiry:str}/give; POST /api/onward; POST /api/onward/{onward:str}/decline; "
        "POST /api/onward/{onward:str}/give; POST /api/onward/{onward:str}/pass; "
        "POST /api/received/{sender:str}/{message:str}/{place:int}/acknowledgement; POST /api/reports; "
        "POST /api/reports/{report:str}/cancel; POST /api/reports/{report:str}/preview; "
        "POST /api/reports/{report:str}/release; POST /api/reports/{report:str}/update; POST /api/subscriptions; "
        "POST /api/subscriptions/{subscription:str}/accept; POST /api/subscriptions/{subscription:str}/decline; "
        "POST /api/subscriptions/{subscription:str}/end; POST /api/subscriptions/{subscription:str}/renew"
    ),
    IDS=(
        "GET /api/findings; GET /api/partners; GET /api/recalls; GET /api/recalls/here; GET /api/releases; "
        "GET /api/releases/{message:str}; GET /api/releases/{message:str}/records; "
        "POST /api/partners/{partner:str}/posture/preview; POST /api/recalls"
    ),
    FEW=(
        "GET /api/persons; GET /api/persons/received; GET /api/persons/{person:str}; POST /api/persons; "
        "POST /api/persons/{person:str}/correct; POST /api/persons/{person:str}/preview"
    ),
    UNREAD="POST /api/persons/{person:str}/erase; POST /api/persons/{person:str}/renew; POST /api/rights/erase",
    PERMIT="POST /api/persons/{person:str}/release",
    RIGHTS="POST /api/rights/answer",
)
PARTNERS_ROUTES = said(
    NONE=(
        "GET /exchange/card; GET /exchange/prekey; GET /healthz; POST /witness/add-checkpoint; "
        "GET /witness/{digest:str}/checkpoint"
    ),
    IDS="GET /log/checkpoint; GET /log/tile/{rest:path}",
    PERMIT="POST /exchange/inbox; POST /exchange/inbox/stack",
)
COMMANDS = said(
    FEW="person add; person correct; person list; person show; agreement preview",
    UNREAD="person erase; person renew; rights erase",
    NONE=(
        "archive learn; archive model; archive show; "
        "person draft; agreement accept; agreement ask; agreement check; agreement diff; agreement explain; "
        "agreement list; agreement offer; agreement prove; agreement request; agreement revoke; "
        "agreement schema; agreement sign; agreement suspend; agreement terminate; agreement test; "
        "crosswalk check; crosswalk map; crosswalk show; demo; dispute list; feed read; feed formats; "
        "jurisdiction ask; jurisdiction coastline; ledger policy; node check; node address; node init; "
        "node rotate; node run; partner add; partner card show; partner cut-off; partner list; partner renew; "
        "picture run; posture list; posture set; screen mrz; simulate; verify; tak add; tak list; tak revoke; "
        "user add; user change; user list; witness add; witness card; "
        "witness init; witness renew; witness rotate; witness run"
    ),
    RIGHTS="rights answer",
    IDS=(
        "rights correct; recall correct; recall erase; recall list; recall overdue; recall proof; "
        "recall received; ledger hold; ledger kept; ledger lift; ledger receipts; "
        "ledger export; ledger fsck; ledger findings; posture preview; agreement obligations"
    ),
    CLOSED=(
        "archive replay; "
        "ledger bundle; inquiry ask; inquiry decline; inquiry give; inquiry list; inquiry show; onward ask; "
        "onward decline; onward give; onward list; onward pass; report cancel; report draft; report list; "
        "report update; report write; subscription accept; subscription ask; subscription decline; "
        "subscription end; subscription list; subscription renew"
    ),
)
TABLES = said(
    FEW="person; inbox_item",
    IDS=(
        "archive_order; person_given; inbox; inbox_sequence; outbox_sequence; outbox_superseded; recall; "
        "recalled_here; "
        "hold; ledger_entry; ledger_head; ledger_over; ledger_term; ledger_tile; ledger_tree; checkpoint; receipt_proof"
    ),
    PERMIT="outbox; outbox_item",
    NONE=(
        "agreement; agreement_end; agreement_signature; agreement_standing; archive_file; archive_keep; "
        "archive_mark; awaited; feed; finding; followed; "
        "ledger_checkpoint; ledger_cosigner; obligation; officer; partner; partner_card; partner_prekey; "
        "posture; session; tak_client; withheld; witnessed; migration"
    ),
    CLOSED=(
        "alert; decision; sighting; track; writing; writing_version; acknowledged; cancelled; acknowledgement; "
        "inquiry; inquiry_found; inquiry_given; onward; subscription; subscription_given; track_named"
    ),
)
NOTICES = said(
    CLOSED="alert; judged; received; cancelled; acknowledged",
    IDS="release; recall; finding",
)
METRICS = said(
    CLOSED="comity_releases; comity_outbox_waiting; comity_received",
    NONE=(
        "comity_feed_items; comity_feed_rejected; comity_sightings; comity_tracks; comity_alerts; "
        "comity_findings; comity_findings_open; comity_faults; comity_checkpoint_size; "
        "comity_checkpoint_cosignatures; comity_sensor_offset; comity_sensor_offset_deviation"
    ),
    IDS="comity_ledger_entries",
)


LINES = said(
    PERMIT="exchange.answer; exchange.delivery; exchange.posting",
    CLOSED="exchange.tak_connection; exchange.tak_server",
    NONE=(
        "api.connections; api.listener; demo.desk; demo.process; demo.stage; exchange.deadline; "
        "exchange.partner_prekeys; sources.mqtt; sources.poll; sources.tcp; sources.udp"
    ),
)
"""Files that open a connection, or take one. What they serve is judged above, by route and message; TAK clients are
served tracks and alerts alone, and none about a person (`test_flow_tak`, `test_tak_alerts`)."""
_OPENING = re.compile(
    r"^(?:import|from) (?:socket|ssl|httpx|http|urllib\.request|asyncio|uvicorn|websockets|paho)\b", re.M
)


@pytest.fixture
def node(make_store: Any, tmp_path: Path) -> Node:  # noqa: ANN401 - the fixture of all tests
    """Return a node."""
    store: Store = make_store("dk.coord")
    return centre.node(store, tmp_path)


def routes(application: Litestar) -> set[str]:
    """Return method and path of each route, but for those that the framework adds; a channel is got."""
    found = {(method, one.path) for one in application.routes for method in getattr(one, "methods", ("GET",))}
    return {f"{method} {path}" for method, path in found if method not in {"OPTIONS", "HEAD"}}


def commands(command: click.Command, context: click.Context, name: str = "") -> Iterator[str]:
    """Yield every command by its words."""
    if not isinstance(command, click.Group):
        yield name
        return
    for word in command.list_commands(context):
        inner = command.get_command(context, word)
        assert inner is not None
        yield from commands(inner, click.Context(inner, info_name=word, parent=context), f"{name} {word}".strip())


def test_every_kind_of_message_and_record_is_judged() -> None:
    """What travels, and what it can be of."""
    assert {kind.value for kind in MessageKind} == set(MESSAGES)
    assert {kind.value for kind in RecordKind} == set(KINDS)


def test_every_route_is_judged(node: Node) -> None:
    """Those of the agency's own people, and those of partners."""
    assert routes(console_application(node)) <= set(ROUTES)
    assert routes(exchange_application(node)) <= set(PARTNERS_ROUTES)


def test_every_command_is_judged() -> None:
    """Whatever can be said at a terminal."""
    assert set(commands(comity, click.Context(comity, info_name="comity"))) <= set(COMMANDS)


def test_every_line_is_judged() -> None:
    """Whatever could send or receive anything."""
    house = Path(next(iter(package.__path__)))
    found = {
        ".".join(file.relative_to(house).with_suffix("").parts)
        for file in house.rglob("*.py")
        if _OPENING.search(file.read_text("utf-8"))
    }
    assert found - {"api.live", "api.serve"} == set(LINES)


def test_every_table_is_judged(store: Store) -> None:
    """All that a node keeps."""
    with store.reading() as transaction:
        found = transaction.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {str(name) for (name,) in found} <= set(TABLES)


def test_every_notice_and_metric_is_judged(node: Node) -> None:
    """What consoles are told of by itself, and what the agency's network may count."""
    assert set(notices._FINDERS) <= set(NOTICES)
    registry = CollectorRegistry()
    registry.register(Counts(node))
    assert {family.name for family in registry.collect()} <= set(METRICS)


def test_each_list_of_kinds_leaves_persons_out() -> None:
    """Subscriptions, inquiries, onward copies and the short way of the permit know no persons."""
    assert RecordKind.PERSON not in subscribing.KINDS
    assert RecordKind.PERSON not in answering.SEARCHABLE
    assert {kind.value for kind in answering.ANSWERABLE} == {"vessel-inquiry", "aircraft-inquiry"}
    assert RecordKind.PERSON not in WRITTEN
    assert RecordKind.PERSON in field.GIVABLE
    assert RecordKind.PERSON not in veto.WITHOUT_PATH
    every = ways("dk.coord", "se.coord", (pair.in_force(),))
    assert all(RecordKind.PERSON not in by_kind for by_kind in every.values())


def test_whatever_returns_what_is_written_of_a_person_takes_the_time() -> None:
    """No function of the store gives a body but by the moment at which it is asked for (safeguard 7)."""
    functions = [
        one for _, one in inspect.getmembers(persons, inspect.isfunction) if one.__module__ == persons.__name__
    ]
    bodies = [one for one in functions if "KeptPerson" in str(inspect.signature(one).return_annotation)]
    assert {one.__name__ for one in bodies} == {"get", "newest", "page", "_kept"}
    for one in bodies:
        assert one.__name__ == "_kept" or "now" in inspect.signature(one).parameters
        assert one.__name__ == "_kept" or "review > %s" in inspect.getsource(one)
