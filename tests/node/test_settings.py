"""Settings are read strictly, and say what is wrong with them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from comity.node.create import NewNode, create, quoted
from comity.node.feed_settings import FeedSettings
from comity.node.settings import FILE, load
from comity.node.span import span
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.handling import Credibility, Grading, Onward, Reliability, Tlp
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.purpose import Purpose

_NODE = NewNode(name="aa.coord", agency='The "A" agency\n\\', country="DK")


def _with(folder: Path, more: str) -> Path:
    create(folder, _NODE)
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(more)
    return folder


def test_a_new_node_has_settings_that_load_whatever_its_agency_is_called(tmp_path: Path) -> None:
    create(tmp_path, _NODE)
    settings = load(tmp_path, {})
    assert settings.node.agency == _NODE.agency
    assert settings.exchange.endpoint == "http://127.0.0.1:8450"
    assert settings.database.url == ""


def test_the_environment_names_the_database_before_the_file_does(tmp_path: Path) -> None:
    _with(tmp_path, '\n[database]\nurl = "postgresql:///filed"\n')
    assert load(tmp_path, {}).database.url == "postgresql:///filed"
    assert load(tmp_path, {"COMITY_DATABASE": "postgresql:///other"}).database.url == "postgresql:///other"


def test_a_folder_without_a_node_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="comity node init"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('\n[tak]\nlisten = "0.0.0.0:8089"\n', "unsealed"),
        ('\n[tak]\nlisten = "tak.example.org:8089"\n', "unsealed"),
        ('\n[tak]\nlisten = "127.0.0.1:8089"\nkey = "key.pem"\n', "belong together"),
        ('\n[tak]\nlisten = "0.0.0.0:8089"\nkey = "k.pem"\ncertificate = "c.pem"\n', "no file 'c.pem'"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\ntak = true\n', "TAK clients send cot"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\npoll = "ftp://x/y"\n', "no address to be asked"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\nsubscribe = "mqtt://x"\n', "no topic"),
        (
            '\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\npoll = "https://x/y"\nsecret = "gone"\n',
            "no file 'gone'",
        ),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\npoll = "https://x"\nkeep = "1 day"\n', "keep"),
        ("\n[nod]\nx = 1\n", "unknown field `nod`. Did you mean 'node'"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npth = "x"\npurposes = []\n', r"feed\[0\]: .*Did you mean 'path'"),
        ('\n[[feed]]\nname = "The A"\nformat = "ais"\npurposes = []\n', r"feed\[0\].name: expected small letters"),
        ('\n[[feed]]\nname = "a"\nformat = "aiss"\npurposes = []\n', "no feed format 'aiss'. Did you mean 'ais'"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\nconnect = "host"\n', "'host' is no address and port"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\nlisten = "h:70000"\n', "no address and port"),
        ('\n[tak]\nlisten = "127.0.0.1:70000"\n', "tak.listen: '127.0.0.1:70000' is no address and port"),
        ('\n[retention]\nsightings = "30 days"\n', "retention.sightings"),
        ("\n[retention\n", "not right"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = ["smugling"]\n', "Did you mean 'smuggling'"),
        (
            '\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\n',
            "either path, connect, listen, poll",
        ),
        ('\n[[feed]]\nname = "a"\nformat = "cot"\npurposes = []\nconnect = "a:1"\nlisten = "b:1"\n', "either path"),
        ('\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\npath = "gone.nmea"\n', "gone.nmea"),
        (
            '\n[[feed]]\nname = "a"\nformat = "asterix"\npurposes = []\nconnect = "h:1"\nstations = ["x"]\n',
            "no station",
        ),
        ('\n[[feed]]\nname = "a"\nformat = "asterix"\npurposes = []\nconnect = "h:1"\nbegin = "noon"\n', "noon"),
        ('\n[picture]\nareas = "gone.geojson"\n', "gone.geojson"),
        ('\n[picture]\ncrossing_points = ["bridge"]\n', "picture.areas"),
        ('\n[clock]\npoints = [["soon", "2026-01-01"]]\n', "soon"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, more: str, words: str) -> None:
    """What is wrong, in which file, and what to do."""
    with pytest.raises(Fault, match=words) as caught:
        load(_with(tmp_path, more), {})
    assert caught.value.where.startswith(str(tmp_path / FILE))
    assert caught.value.remedy


def test_settings_that_are_no_text_are_told_as_such(tmp_path: Path) -> None:
    create(tmp_path, _NODE)
    (tmp_path / FILE).write_bytes(b'[node]\nname = "\xff"\n')
    with pytest.raises(Fault, match="not UTF-8"):
        load(tmp_path, {})


_ENTRY = (
    '{"plate":"AB12345","country":"DK","reference":"case 1","purpose":"customs","since":"2026-01-01",'
    '"until":"2026-02-01"}\n'
)
_BRIDGE = '\n[[feed]]\nname = "bridge"\nformat = "plate-readers"\npurposes = ["customs"]\nconnect = "127.0.0.1:1"\n'
_LISTED = _BRIDGE + 'wanted = "wanted.jsonl"\n'
_WEEK = '\n[retention]\nsightings = "7 d"\n'


def test_a_plate_reader_needs_a_list_and_a_short_memory(tmp_path: Path) -> None:
    """Seven days and a list whose purposes are the feed's: with both it starts, and without either not."""
    (tmp_path / "wanted.jsonl").write_text(_ENTRY, "utf-8")
    assert load(_with(tmp_path, _WEEK + _LISTED), {}).feed[0].wanted == "wanted.jsonl"


def test_its_memory_is_its_own(tmp_path: Path) -> None:
    """Other feeds of the node are kept for longer."""
    (tmp_path / "wanted.jsonl").write_text(_ENTRY, "utf-8")
    made = load(_with(tmp_path, _LISTED + 'keep = "2 h"\n'), {})
    assert made.keep(made.feed[0]) == 2 * HOUR


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (_WEEK + _BRIDGE, "a plate reader to a list"),
        (_WEEK + _LISTED.replace("plate-readers", "plots"), "belongs to a plate reader"),
        (_LISTED, "at most seven days"),
        (_LISTED + 'keep = "8 d"\n', "at most seven days"),
        (_WEEK + _LISTED.replace("wanted.jsonl", "gone"), "no list of wanted plates"),
        (_WEEK + _LISTED.replace("customs", "fisheries"), "purpose customs is none of the feed's"),
    ],
)
def test_a_plate_reader_that_could_gather_does_not_start(tmp_path: Path, more: str, words: str) -> None:
    (tmp_path / "wanted.jsonl").write_text(_ENTRY, "utf-8")
    with pytest.raises(Fault, match=words):
        load(_with(tmp_path, more), {})


def test_two_feeds_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.nmea").touch()
    feed = '\n[[feed]]\nname = "a"\nformat = "ais"\npurposes = []\npath = "a.nmea"\n'
    with pytest.raises(Fault, match="two feeds are named 'a'"):
        load(_with(tmp_path, feed * 2), {})


def test_a_feed_gives_its_sightings_the_marks_it_is_set_to() -> None:
    feed = FeedSettings(name="a", format="ais", path="x", purposes=(Purpose.CUSTOMS,), grading="B2", tlp=Tlp.GREEN)
    assert feed.handling.grading == Grading(Reliability.B, Credibility.TWO)
    assert (feed.handling.tlp, feed.handling.onward) == (Tlp.GREEN, Onward.ASK)


def test_a_node_is_not_made_over_another(tmp_path: Path) -> None:
    create(tmp_path, _NODE)
    before = (tmp_path / "keys" / "identity.key").read_bytes()
    with pytest.raises(Fault, match="a node here already"):
        create(tmp_path, _NODE)
    assert (tmp_path / "keys" / "identity.key").read_bytes() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Bad Name"),
        ("country", "DKX"),
        ("console", "nowhere"),
        ("endpoint", "http://a/"),
        ("endpoint", "ftp://a"),
    ],
)
def test_a_node_that_cannot_be_called_so_leaves_nothing_behind(tmp_path: Path, field: str, value: str) -> None:
    with pytest.raises(Fault, match=field if field != "console" else "listen"):
        create(tmp_path / "node", msgspec.structs.replace(_NODE, **{field: value}))
    assert not (tmp_path / "node").exists()


def test_spans_are_milliseconds() -> None:
    assert (span("30 min"), span("2 d")) == (30 * MINUTE, 2 * DAY)


def test_any_text_survives_quoting() -> None:
    for text in ('"', "\\", "\n", "\x7f", "é", "\u2028", "]\n[x]", "'"):
        assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


def test_a_feed_knows_where_its_sensors_stand() -> None:
    feed = FeedSettings(
        name="a", format="asterix", path="x", purposes=(), begin="2026-01-01T00:00:00Z", stations=("0/7=56.5,11.5,120",)
    )
    assert feed.begun() == 1_767_225_600_000
    assert [one.number for one in feed.sensors()] == [(0, 7)]
    assert FeedSettings(name="a", format="ais", path="x", purposes=()).begun() is None
