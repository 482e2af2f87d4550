"""The picture: what becomes of sightings."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.tracks import ANYBODY, BEGIN, KATTEGAT, World, straight, vessel
from comity.foundation.geodesy import KNOT, distance, offset
from comity.foundation.grid import METRES_A_DEGREE
from comity.picture.placed import Outcome
from comity.picture.prepare import prepare
from comity.picture.settings import PictureSettings
from comity.picture.tracks import Picture
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

FIRST, SECOND_SHIP = vessel(219_000_001), vessel(219_000_002)


def test_a_track_is_nearer_the_truth_than_its_reports() -> None:
    """Smoothing lowers the error of position, and gives the speed, from positions alone."""
    world, path = World(), straight(KATTEGAT, 12.0, 60.0)
    for time in range(BEGIN, BEGIN + 30 * MINUTE, 10 * SECOND):
        blur = (world.random.gauss(0, 30), world.random.gauss(0, 30))
        world.add("ais", time, FIRST, offset(path(time), *blur), 30.0)
    placed = Picture().take(world.ordered())[30:]
    raw = [distance(path(place.sighting.time), place.sighting.position or KATTEGAT) for place in placed]
    held = [distance(path(place.sighting.time), place.state.position) for place in placed if place.state]
    assert sum(held) < 0.75 * sum(raw)
    last = placed[-1].state
    assert last is not None
    assert last.speed == pytest.approx(12.0 * KNOT, rel=0.15)
    assert last.course == pytest.approx(60.0, abs=8.0)


def test_two_vessels_that_share_an_mmsi_are_two_tracks() -> None:
    """Reports under one MMSI from two places 40 km apart never mix, and each track stays with its vessel."""
    world = World()
    paths = [straight(KATTEGAT, 12.0, 90.0), straight(offset(KATTEGAT, 0, 40_000), 8.0, 200.0)]
    for path in paths:
        world.ais(FIRST, path, (BEGIN, BEGIN + HOUR), every=10 * SECOND)
    picture = Picture()
    placed = picture.take(world.ordered())
    tracks = picture.live()
    assert len(tracks) == 2
    for track in tracks:
        errors = [
            min(distance(path(place.sighting.time), place.state.position) for path in paths)
            for place in placed
            if place.state and place.track == track.id
        ]
        assert max(errors) < 150.0
    assert abs(tracks[0].sightings - tracks[1].sightings) <= 2


def test_an_impossible_jump_leaves_the_track_as_it_was() -> None:
    """One report 80 km away makes no confirmed track, and the true one goes on undisturbed."""
    world, path = World(), straight(KATTEGAT, 10.0, 0.0)
    world.ais(FIRST, path, (BEGIN, BEGIN + 20 * MINUTE))
    jump = world.add("ais", BEGIN + 10 * MINUTE, FIRST, offset(KATTEGAT, 80_000, 0), 10.0)
    picture = Picture()
    placed = {place.sighting.id: place for place in picture.take(world.ordered())}
    assert placed[jump.id].outcome is Outcome.TENTATIVE
    assert placed[jump.id].state is None
    (track,) = picture.live()
    assert distance(track.position or KATTEGAT, path(track.last)) < 50.0


def test_an_outlier_is_named_and_believed_only_when_others_agree() -> None:
    """A jump that is possible but improbable is refused; after the third that agrees the same track goes on there."""
    world = World()
    for k in range(30):
        world.add("ais", BEGIN + k * 60 * SECOND, FIRST, KATTEGAT, 10.0, 0.0)
    aside = offset(KATTEGAT, 1_500.0, 0.0)
    for k in range(30, 40):
        world.add("ais", BEGIN + k * 60 * SECOND, FIRST, aside, 10.0, 0.0)
    picture = Picture()
    outcomes = [place.outcome for place in picture.take(world.ordered())]
    assert outcomes[30:34] == [Outcome.OUTLIER, Outcome.OUTLIER, Outcome.RESTARTED, Outcome.TAKEN]
    (track,) = picture.live()
    assert distance(track.position or KATTEGAT, aside) < 30.0


def test_late_reports_are_counted_and_change_no_state() -> None:
    """Two neighbours swapped in time: the track counts both and stays at the newer."""
    world, path = World(), straight(KATTEGAT, 10.0, 0.0)
    world.ais(FIRST, path, (BEGIN, BEGIN + 10 * MINUTE))
    reports = world.ordered()
    reports[20], reports[21] = reports[21], reports[20]
    picture = Picture()
    placed = picture.take(reports)
    assert placed[21].outcome is Outcome.LATE
    assert placed[21].state is not None
    assert placed[20].state is not None
    assert placed[21].state.position == placed[20].state.position
    assert picture.live()[0].sightings == len(reports)


@given(seed=st.integers(0, 10_000), swaps=st.lists(st.integers(0, 100), max_size=40))
def test_disorder_of_seconds_makes_no_second_track(seed: int, swaps: list[int]) -> None:
    """However neighbours are swapped, each vessel has one track, with every report counted."""
    world = World(seed)
    for index, identity in enumerate((FIRST, SECOND_SHIP)):
        world.ais(identity, straight(offset(KATTEGAT, 0, 3_000 * index), 15.0, 45.0), (BEGIN, BEGIN + 10 * MINUTE))
    reports = world.ordered()
    for place in swaps:
        reports[place : place + 2] = reversed(reports[place : place + 2])
    picture = Picture()
    picture.take(reports)
    assert sorted(track.identity.mmsi or 0 for track in picture.live()) == [219_000_001, 219_000_002]
    assert sum(track.sightings for track in picture.live()) == len(reports)


def test_an_identity_alone_joins_its_track_or_waits_for_it() -> None:
    """A name that comes before the first position, and one that comes after, are both in the track."""
    world = World()
    named = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001, name="EXAMPLE")
    bound = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001, destination="NOWHERE")
    world.add("ais", BEGIN, named, None)
    world.add("ais", BEGIN + SECOND, FIRST, KATTEGAT, 10.0)
    world.add("ais", BEGIN + 2 * SECOND, bound, None)
    picture = Picture()
    outcomes = [place.outcome for place in picture.take(world.ordered())]
    assert outcomes == [Outcome.WAITING, Outcome.TAKEN, Outcome.IDENTITY]
    (track,) = picture.live()
    assert (track.identity.name, track.identity.destination, track.last) == ("EXAMPLE", "NOWHERE", BEGIN + 2 * SECOND)


def test_an_aircraft_goes_by_its_address() -> None:
    """A call sign that comes without a position joins the positions that come without a call sign."""
    world, aircraft = World(), Identity(kind=SubjectKind.AIRCRAFT, icao=0x48AABB)
    world.add("adsb", BEGIN, Identity(kind=SubjectKind.AIRCRAFT, icao=0x48AABB, call_sign="TST42"), None)
    world.add("adsb", BEGIN + SECOND, aircraft, KATTEGAT, 10.0)
    world.add("adsb", BEGIN + 2 * SECOND, aircraft, offset(KATTEGAT, 200, 0), 10.0)
    picture = Picture()
    picture.take(world.ordered())
    (track,) = picture.live()
    assert track.identity == Identity(kind=SubjectKind.AIRCRAFT, icao=0x48AABB, call_sign="TST42")


def test_clutter_makes_no_tracks_and_targets_do() -> None:
    """Of a radar with five false plots a scan and two targets, after an hour only the targets are tracks."""
    world = World(3)
    paths = [straight(KATTEGAT, 8.0, 90.0), straight(offset(KATTEGAT, 0, 4_000), 5.0, 180.0)]
    world.radar(paths, (BEGIN, BEGIN + HOUR), clutter=5, seen=0.9)
    picture = Picture()
    placed = picture.take(world.ordered())
    now = world.sightings[-1].time
    true = [track for track in picture.live() if min(distance(p(now), track.position or KATTEGAT) for p in paths) < 200]
    assert len(true) == 2
    confirmed = {place.track for place in placed if place.state}
    assert len(confirmed) <= 3
    assert all(track.identity == ANYBODY for track in picture.live())


def test_a_radar_far_behind_another_keeps_its_tracks() -> None:
    """Two radars read half an hour apart: each one's silence is judged by its own time."""
    world = World(3)
    world.radar([straight(KATTEGAT, 8.0, 90.0)], (BEGIN, BEGIN + HOUR), source="slow")
    world.radar([straight(offset(KATTEGAT, 0, 90_000), 8.0, 0.0)], (BEGIN, BEGIN + HOUR), source="fast")
    late = {"slow": 30 * MINUTE, "fast": 0}
    arrived = sorted(world.sightings, key=lambda sighting: sighting.time + late[sighting.source])
    placed = Picture().take(arrived)
    assert len({place.track for place in placed}) == 2


def test_plots_of_a_vessel_with_ais_join_its_track() -> None:
    """Radar and AIS of one vessel make one track with both sources."""
    world, path = World(), straight(KATTEGAT, 10.0, 30.0)
    world.ais(FIRST, path, (BEGIN, BEGIN + 20 * MINUTE))
    world.radar([path], (BEGIN + MINUTE, BEGIN + 20 * MINUTE))
    picture = Picture()
    picture.take(world.ordered())
    (track,) = picture.live()
    assert track.sources == ("ais", "radar")


def test_a_vessel_that_returns_after_hours_of_silence_is_the_same_track() -> None:
    """Two and a half hours without a report do not end a track with an identity; seven do."""
    for hours, tracks in ((2.5, 1), (7.0, 2)):
        world, gap = World(), round(hours * HOUR)
        path = straight(KATTEGAT, 9.0, 10.0)
        end = BEGIN + 2 * HOUR + gap
        world.ais(FIRST, path, (BEGIN, end), silent=(BEGIN + HOUR, BEGIN + HOUR + gap))
        placed = Picture().take(world.ordered())
        assert len({place.track for place in placed}) == tracks


def test_taken_again_in_order_sightings_give_the_same_tracks() -> None:
    """A picture made anew from what was stored, by time, equals the one that was lost, however batches were cut."""
    world = World(5)
    paths = [straight(offset(KATTEGAT, 900.0 * k, 700.0 * k), 4.0 + k, 40.0 * k) for k in range(5)]
    for k, path in enumerate(paths[:3]):
        world.ais(vessel(219_000_000 + k % 2), path, (BEGIN, BEGIN + 40 * MINUTE))
    world.radar(paths, (BEGIN, BEGIN + 40 * MINUTE), clutter=3)
    reports = world.ordered()
    first, again = Picture(), Picture()
    for time in range(BEGIN, BEGIN + 40 * MINUTE, 7 * SECOND):
        first.take([report for report in reports if time <= report.time < time + 7 * SECOND])
    again.take(reports)
    assert first.live() == again.live()
    assert len(first.live()) >= 5


def test_stored_tracks_are_gone_on_with() -> None:
    """After a restart a picture that adopts the stored tracks places the next reports in them."""
    world, path = World(), straight(KATTEGAT, 10.0, 30.0)
    world.ais(FIRST, path, (BEGIN, BEGIN + 20 * MINUTE))
    reports = world.ordered()
    before, after = Picture(), Picture()
    before.take(reports[:60])
    after.adopt(before.live())
    placed = after.take(reports[60:])
    assert {place.track for place in placed} == {before.live()[0].id}
    assert {place.outcome for place in placed} == {Outcome.TAKEN}
    assert after.live()[0].sightings == len(reports)


def test_stored_tracks_of_plots_are_gone_on_with() -> None:
    """After a restart the plots of a radar go on in the track that they were of, which stays confirmed."""
    world = World(4)
    world.radar([straight(KATTEGAT, 9.0, 70.0)], (BEGIN, BEGIN + 10 * MINUTE), clutter=2)
    reports = world.ordered()
    cut = BEGIN + 6 * MINUTE
    before, after = Picture(), Picture()
    before.take([report for report in reports if report.time < cut])
    (track,) = before.live()
    after.adopt([track])
    placed = after.take([report for report in reports if report.time >= cut])
    moved = [place for place in placed if place.track == track.id]
    assert len(moved) >= 11
    assert all(place.state for place in moved)
    assert {place.track for place in placed if place.state} == {track.id}


def test_preparing_follows_a_track() -> None:
    """What is run after installing goes the whole way that plots go."""
    assert prepare() == 1


def test_plots_go_on_over_the_pole() -> None:
    """A flight over the north pole, seen by radar alone, is one track with one course along its great circle."""
    world, aircraft = World(6), Identity(kind=SubjectKind.AIRCRAFT)
    for step in range(60):
        degrees = (step - 30) * 440.0 / METRES_A_DEGREE
        place = Position(90.0 - abs(degrees), 20.0 if degrees < 0 else -160.0)
        world.add("radar", BEGIN + step * 2 * SECOND, aircraft, place, 30.0)
    placed = Picture().take(world.ordered())
    (track,) = {place.track for place in placed[2:]}
    last = placed[-1].state
    assert last is not None
    assert last.id == track
    assert last.speed == pytest.approx(220.0, rel=0.02)
    assert last.course == pytest.approx(180.0, abs=1.0)


def test_a_flood_of_false_identities_is_bounded_and_pushes_out_no_vessel() -> None:
    """20,000 MMSIs heard once each keep no more tracks than the limit; a vessel heard before is still held."""
    settings = PictureSettings(newcomers=2_000, ended=500)
    picture, world = Picture(settings), World()
    world.ais(FIRST, straight(KATTEGAT, 10.0, 0.0), (BEGIN, BEGIN + MINUTE))
    picture.take(world.ordered())
    flood = World(2)
    for k in range(20_000):
        place = Position(50.0 + k % 1_000 / 100.0, k / 100 % 20)
        flood.add("ais", BEGIN + MINUTE + k, vessel(300_000_000 + k), place)
        if len(flood.sightings) == 5_000:
            picture.take(flood.sightings)
            flood.sightings.clear()
    assert len(picture) <= 2_001
    assert 219_000_001 in {track.identity.mmsi for track in picture.live()}


def test_one_mmsi_everywhere_is_bounded() -> None:
    """1,000 reports of one MMSI all over the Earth hold no more tracks of it than the limit."""
    world = World(7)
    for k in range(1_000):
        place = Position(world.random.uniform(-80, 80), world.random.uniform(-180, 180))
        world.add("ais", BEGIN + k * 100, FIRST, place)
    picture = Picture()
    picture.take(world.sightings)
    assert len(picture) <= PictureSettings().namesakes


def test_a_track_crosses_the_antimeridian() -> None:
    """A vessel eastbound over 180 degrees stays one track beside its path."""
    world, path = World(), straight(Position(-17.0, 179.95), 20.0, 90.0)
    world.ais(FIRST, path, (BEGIN, BEGIN + HOUR))
    picture = Picture()
    placed = picture.take(world.ordered())
    assert Counter(place.outcome for place in placed) == {Outcome.TAKEN: len(placed)}
    (track,) = picture.live()
    assert (track.position or KATTEGAT).longitude < 0
    assert distance(track.position or KATTEGAT, path(track.last)) < 50.0


def test_silent_tracks_end_and_can_still_be_asked_for() -> None:
    """What has been silent for too long is live no more, and is found by its id as it was."""
    world = World()
    world.add("ais", BEGIN, FIRST, KATTEGAT)
    picture = Picture()
    (place,) = picture.take(world.sightings)
    assert picture.advance(BEGIN + 6 * HOUR) == []
    assert [track.id for track in picture.advance(BEGIN + 6 * HOUR + 1)] == [place.track]
    assert picture.live() == []
    ended = picture.track(place.track)
    assert ended is not None
    assert ended.identity == FIRST


def test_a_report_of_nobody_nowhere_is_kept_waiting() -> None:
    """Without identity and position there is nothing to place: nothing is lost, nothing breaks."""
    world = World()
    world.add("radar", BEGIN, ANYBODY, None)
    (place,) = Picture().take(world.sightings)
    assert (place.outcome, place.track, place.state) == (Outcome.WAITING, "", None)
