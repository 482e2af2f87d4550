"""What is proven: a station's keys and address change by a card its partners can follow, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from comity.exchange import cards
from comity.foundation import keys
from comity.foundation.clock import wall
from comity.foundation.store.store import Store
from comity.node import rotation, witness_station
from comity.node.create import NewNode, create
from comity.node.rotation import CARD, ROTATED
from comity.vocabulary.fault import Fault

_NODE = NewNode(name="north", agency="Agency", country="DK")


def _files(folder: Path) -> set[str]:
    return {file.name for file in (folder / "keys").iterdir()}


def test_new_keys_are_signed_for_by_the_old_and_take_their_place(tmp_path: Path) -> None:
    """Identity and witness keys are new, log and sealing key stay; the old ones are not on the disk any more."""
    first = create(tmp_path, _NODE)
    before = rotation.loaded(tmp_path)
    seeds = {(tmp_path / "keys" / f"{name}.key").read_bytes() for name in ROTATED}
    rotated = rotation.rotate(tmp_path)
    assert cards.follow(rotated.signed, first) == rotated.card
    assert rotation.loaded(tmp_path).card == rotated.card
    for name in ("identity", "identity_pq", "witness", "witness_pq", "log", "sealing"):
        old, new = getattr(before.card, name), getattr(rotated.card, name)
        assert (old != new) == (name in ROTATED), name
        assert getattr(rotated.keys, name).public == new
    assert _files(tmp_path) == {f"{name}-2.key" for name in ROTATED} | {"log.key", "sealing.key"}
    assert not seeds & {file.read_bytes() for file in (tmp_path / "keys").iterdir()}
    again = rotation.rotate(tmp_path, log=True)
    assert cards.follow(again.signed, rotated.signed).serial == 3
    assert again.card.log != rotated.card.log
    names = [each.keys.log.pseudonym("track-1") for each in (before, rotated, again)]
    assert names[0] == names[1] != names[2], "partners know our tracks by names that the log key gives"
    assert _files(tmp_path) == {f"{name}-3.key" for name in (*ROTATED, "log")} | {"sealing.key"}


def test_a_rotation_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    """Keys made for a card that never came into its place are done away with; the next attempt makes others."""
    create(tmp_path, _NODE)
    before = rotation.loaded(tmp_path)
    made = keys.rotate(tmp_path / "keys", ROTATED, 2)
    assert rotation.loaded(tmp_path).keys.identity.public == before.card.identity
    assert "identity-2.key" not in _files(tmp_path)
    keys.rotate(tmp_path / "keys", ROTATED, 2)
    rotated = rotation.rotate(tmp_path)
    assert rotated.card.serial == 2
    assert rotated.card.identity not in {before.card.identity, made.identity.public}


def test_what_was_left_to_do_after_the_card_was_in_place_is_done_at_the_start(tmp_path: Path) -> None:
    """Old keys that a broken-off rotation left behind are destroyed when the station is loaded."""
    create(tmp_path, _NODE)
    old = (tmp_path / "keys" / "identity.key").read_bytes()
    rotation.rotate(tmp_path)
    keys.files.write_new(tmp_path / "keys" / "identity.key", bytes.fromhex(old.decode()))
    (tmp_path / "keys" / "notes.key").write_text("not ours")
    assert rotation.loaded(tmp_path).card.serial == 2
    assert "identity.key" not in _files(tmp_path)
    assert "notes.key" in _files(tmp_path)


def test_another_address_keeps_the_keys(tmp_path: Path) -> None:
    """A card with another endpoint follows; one that is no address changes nothing."""
    first = create(tmp_path, _NODE)
    before = rotation.loaded(tmp_path)
    moved = rotation.readdress(tmp_path, "https://new.example:8443")
    assert cards.follow(moved.signed, first) == moved.card
    unmoved = replace(moved.card, endpoint=before.card.endpoint, serial=1, succeeds=b"", created=before.card.created)
    assert unmoved == before.card
    with pytest.raises(Fault, match="no address"):
        rotation.readdress(tmp_path, "https://new.example/?q")
    assert rotation.loaded(tmp_path).card == moved.card


@pytest.mark.parametrize("kind", ["node", "witness"])
def test_a_station_of_the_first_version_gets_the_keys_that_came_later(tmp_path: Path, kind: str) -> None:
    """At its start it makes them, and a card that names them and that its partners can follow."""
    _first_version(tmp_path, kind)
    early = cards.from_text((tmp_path / CARD).read_text("ascii"))
    own = rotation.loaded(tmp_path)
    assert cards.follow(own.signed, early) == own.card
    assert (own.card.serial, len(own.card.identity_pq), len(own.card.witness_pq)) == (2, 1312, 1312)
    assert own.card.identity == cards.read(early).identity
    assert rotation.loaded(tmp_path).signed == own.signed
    if kind == "witness":
        with witness_station.opened(tmp_path) as station:
            assert station.own.card == own.card


def _first_version(folder: Path, kind: str) -> None:
    """Make a station as the first version did: without the second keys, and a card that does not name them."""
    if kind == "node":
        create(folder, _NODE)
    else:
        witness_station.create(folder, name="court", agency="Court", country="DK", listen="127.0.0.1:8460")
    own = rotation.loaded(folder)
    for name in ("identity_pq", "witness_pq"):
        (folder / "keys" / f"{name}.key").unlink()
    early = replace(own.card, identity_pq=b"", witness_pq=b"")
    (folder / CARD).write_text(cards.text(cards.sign(early, own.keys.identity, None)), "ascii")


def test_keys_that_the_card_does_not_name_are_not_used(tmp_path: Path) -> None:
    """A key that was exchanged or lost is a fault, and is not made anew behind the card's back."""
    create(tmp_path, _NODE)
    file = tmp_path / "keys" / "identity_pq.key"
    file.write_bytes(bytes(32).hex().encode())
    with pytest.raises(Fault, match="not those that the card names"):
        rotation.loaded(tmp_path)
    file.unlink()
    with pytest.raises(Fault, match="no key here"):
        rotation.loaded(tmp_path)


def test_own_cards_are_kept_and_a_new_one_is_entered_once(tmp_path: Path, store: Store) -> None:
    """The first card is kept without ado; one that follows is entered with who did it and why."""
    create(tmp_path, _NODE)
    first = rotation.loaded(tmp_path)
    rotation.remember(store, first, "anna", "made")
    rotated = rotation.rotate(tmp_path)
    assert rotated.card.created <= wall()
    for _ in range(2):
        rotation.remember(store, rotated, "anna", "yearly")
    with store.reading() as t:
        rows = t.rows("SELECT serial FROM partner_card WHERE name = 'north' ORDER BY serial")
        entries = t.rows("SELECT act, subject FROM ledger_entry")
    assert rows == [(1,), (2,)]
    assert entries == [("partner", "north")]
