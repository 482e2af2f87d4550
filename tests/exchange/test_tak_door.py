"""The door to TAK clients: nothing without a leave, nothing that the leave does not give, whatever is in a record."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import NOW, alert, asked, in_force, track
from builders import pair
from comity.agreements import redaction
from comity.agreements.clause import Blur
from comity.agreements.permit import Permit, permit
from comity.agreements.terms import Terms
from comity.exchange import tak_door, tak_event
from comity.exchange.tak_door import Leaving
from comity.exchange.tak_event import Shown
from comity.exchange.tak_sight import ROLES, Sight, sight
from comity.exchange.tak_waiting import Waiting
from comity.foundation.canonical import digest
from comity.sources.cot import event_protobuf, event_xml
from comity.sources.cot.event import Event
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.handling import Tlp
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

ANNA = Officer(name="anna", role=Role.OFFICER)
WORDS = st.text(max_size=40)
SHOWN = st.builds(
    Shown,
    uid=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=40),
    type=st.sampled_from(["a-u-S", "a-u-A", "a-u-G"]),
    time=st.integers(1, 4_000_000_000_000),
    stale=st.integers(1, 4_000_000_000_000),
    position=st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    error=st.floats(1, 100_000),
    call_sign=WORDS,
    track=st.none() | st.tuples(st.floats(0, 900), st.floats(0, 359)),
    more=WORDS.map(tak_event.remarks),
    simulated=st.booleans(),
)


def disguise(name: str) -> str:
    return digest(b"key", name.encode()).hex()[:32]


def read(leaving: Leaving) -> Event:
    """Return the event as our own reader has it, from both forms, which must say the same."""
    found = event_protobuf.read(leaving.message)
    assert found is not None
    from_xml = event_xml.read(leaving.xml)
    assert (from_xml.uid, from_xml.call_sign, from_xml.latitude) == (found.uid, found.call_sign, found.latitude)
    return found


def permitted(record: Record | None = None, terms: Terms = pair.TERMS) -> Permit:
    answer = permit(asked(record or track(), in_force(terms)))
    assert isinstance(answer, Permit), answer
    return answer


@settings(max_examples=60)
@given(SHOWN)
def test_what_is_written_is_read_again(shown: Shown) -> None:
    """Whatever a ship calls itself, both forms are sound, and say the same to the last bit."""
    from_xml, from_protobuf = event_xml.read(tak_event.xml(shown)), event_protobuf.read(tak_event.message(shown))
    assert from_protobuf is not None
    for found in (from_xml, from_protobuf):
        assert (found.type, found.uid, found.time) == (shown.type, shown.uid, shown.time)
        assert (found.latitude, found.longitude) == (shown.position.latitude, shown.position.longitude)
        assert (found.error, found.simulated) == (shown.error, shown.simulated)
        assert shown.track is None or (found.speed, found.course) == shown.track
        assert found.call_sign == tak_event.plain(shown.call_sign)
    assert tak_event.xml(shown).endswith(b"</event>")


def test_only_the_door_makes_what_leaves() -> None:
    """Neither an event of one's own making nor a leave of another kind passes."""
    leaving = tak_door.drawn(permitted(), "patrol", disguise)
    assert leaving is not None
    with pytest.raises(TypeError):
        Leaving(uid="x", stale=NOW, xml=b"", message=b"", token=object())
    with pytest.raises(TypeError):
        replace(leaving, xml=b"<event/>")
    with pytest.raises(TypeError):
        Sight(record=track(), officer="anna", token=None)
    with pytest.raises(Refused):
        tak_door.drawn("it is not permitted", "patrol", disguise)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        tak_door.drawn(permitted(alert()), "patrol", disguise)
    with pytest.raises(Refused):
        tak_door.marked(permitted(), "patrol", disguise, NOW)
    with pytest.raises(Refused):
        tak_door.marked("it is not permitted", "patrol", disguise, NOW)  # type: ignore[arg-type]


def shown(leave: Permit | Sight, client: str = "patrol") -> Event:
    leaving = tak_door.drawn(leave, client, disguise)
    assert leaving is not None
    return read(leaving)


def test_a_partner_is_shown_what_the_clause_gives_and_no_more() -> None:
    """Values of fields that are withheld stand nowhere in either form, nor does the id that others could compute."""
    leave = permitted(replace(track(), fields={**track().fields, "imo": 9_374_218}))
    leaving = tak_door.drawn(leave, "patrol", disguise)
    assert leaving is not None
    both = leaving.xml + leaving.message
    withheld = {one.field for one in leave.withheld} & leave.record.fields.keys()
    assert withheld
    for name in withheld:
        for value in _leaves(leave.record.fields[name]):
            assert value not in both.decode("latin1"), name
    assert leave.record.id.encode() not in both
    assert f"TLP:{leave.handling.tlp.value}".encode() in both
    assert leave.clause.encode() in both


def test_of_an_alert_a_partner_is_shown_what_the_clause_gives_and_no_more() -> None:
    """Not even when it was, where the clause keeps that back; the event's own time is when it is sent."""
    leave = permitted(replace(alert(), fields={**alert().fields, "imo": [9_374_218]}))
    fields = {name: value for name, value in leave.record.fields.items() if name not in leave.fields}
    assert {"explanation", "sources", "sightings", "rule"} <= fields.keys()
    leaving = tak_door.marked(leave, "patrol", disguise, NOW + 1_000)
    assert leaving is not None
    both = (leaving.xml + leaving.message).decode("latin1")
    assert not [value for name in fields for value in _leaves(fields[name]) if value in both]
    event = read(leaving)
    assert (event.type, event.time) == (tak_door.SPOT, NOW + 1_000)
    assert leaving.stale == NOW + 1_000 + tak_door.LASTS
    assert leave.record.id not in both


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [each for one in value.values() for each in _leaves(one)]
    if isinstance(value, list):
        return [each for one in value for each in _leaves(one)]
    return [] if value is None or len(str(value)) < 4 else [str(value)]


def test_each_client_has_other_uids() -> None:
    """And one client always the same, so that the marker moves and does not multiply."""
    uids = [shown(permitted(), name).uid for name in ("a", "b", "a")]
    assert uids[0] == uids[2] != uids[1]


def test_a_position_that_is_blurred_says_how_far_off_it_may_be() -> None:
    """The error is the clause's blur, and the true position stands nowhere."""
    (clause,) = (one for one in pair.TERMS.clauses if one.id == "tracks-in-the-kattegat")
    coarse = replace(clause, blur=Blur(position=2_000))
    terms = replace(pair.TERMS, clauses=tuple(coarse if one is clause else one for one in pair.TERMS.clauses))
    record = track()
    assert record.position is not None
    place = redaction.blurred(record.position, 2_000)
    assert place != record.position
    event = shown(permitted(record, terms))
    assert (event.error, event.latitude) == (2_000.0, place.latitude)


@pytest.mark.parametrize("role", sorted(Role, key=lambda role: role.value))
def test_whose_role_is_not_in_the_field_is_shown_nothing(role: Role) -> None:
    """An administrator least of all (safeguard 25)."""
    found = sight(track(), Officer(name="x", role=role), track().owner)
    assert isinstance(found, Sight) == (role in ROLES)
    assert Role.ADMINISTRATOR not in ROLES


@pytest.mark.parametrize(
    "record",
    [
        replace(track(), subjects=(SubjectKind.PERSON,)),
        replace(track(), subjects=(SubjectKind.VESSEL, SubjectKind.PERSON)),
        replace(track(), subjects=()),
        replace(track(), kind=RecordKind.PERSON),
        replace(track(), kind=RecordKind.REPORT),
        replace(alert(), subjects=(SubjectKind.PERSON,)),
        replace(alert(), handling=replace(alert().handling, tlp=Tlp.RED)),
        replace(track(), handling=replace(track().handling, tlp=Tlp.RED)),
        replace(track(), owner="xx.coord"),
    ],
    ids=[
        "person",
        "and a person",
        "nobody knows",
        "person record",
        "report",
        "alert of a person",
        "red alert",
        "red",
        "another's",
    ],
)
def test_there_is_no_sight_of_what_does_not_go_out(record: Record) -> None:
    """Persons, other records, what is marked, and what another originated."""
    assert isinstance(sight(record, ANNA, track().owner), str)


def test_controls_hold_no_record() -> None:
    """They say what they are and nothing else, in the words that clients know."""
    assert b'type="t-x-takp-v"' in tak_door.supported(NOW).xml
    assert b'<TakResponse status="true"/>' in tak_door.answered(NOW, granted=True).xml
    assert b'<TakResponse status="false"/>' in tak_door.answered(NOW, granted=False).xml
    assert b"__forcedelete" in tak_door.removed("comity-1", NOW).xml
    assert read(tak_door.present(NOW)).type == "t-x-c-t-r"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 999))), st.integers(1, 5))
def test_of_what_waits_the_oldest_makes_room(put: list[tuple[int, int]], most: int) -> None:
    """Of each id the newest waits; never more than so many; what was passed over is counted."""
    waiting: Waiting[tuple[int, int]] = Waiting(most)
    newest: dict[int, int] = {}
    for id, value in put:  # noqa: A001
        waiting.put(str(id), (id, value))
        newest.pop(id, None)
        newest[id] = value
    expected = list(newest.items())
    left = waiting.take(100)
    assert len(left) <= most
    assert left == expected[len(expected) - len(left) :][:most]
    assert waiting.passed_over >= len(newest) - len(left)
    assert len(waiting) == 0


def test_there_is_room_for_one_at_least() -> None:
    with pytest.raises(Fault):
        Waiting(0)
