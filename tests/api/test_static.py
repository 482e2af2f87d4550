"""The console's files: only those built, never anything else of the disk, with the headers that keep strangers out."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.web import serving
from comity.api.application import console_application
from comity.api.static import NOT_BUILT, Files
from comity.node.assemble import Node

_SCRIPT = "console.log(1);" * 200


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a folder as the build leaves it, beside a file that is nobody's business."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Comity</title>")
    (folder / "assets" / "index-B1x.js").write_text(_SCRIPT)
    (folder / "assets" / "land-9f.geojson").write_text("{}")
    (folder / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def browser(node: Node, built: Path) -> Iterator[httpx.Client]:
    with (
        serving(console_application(node, built)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


def test_the_page_is_served_for_every_view_and_never_from_a_cache_unasked(browser: httpx.Client) -> None:
    for path in ("/", "/index.html", "/alerts", "/alerts/abc"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"
        assert "Comity" in answer.text


def test_what_carries_its_hash_is_kept_for_good(browser: httpx.Client) -> None:
    answer = browser.get("/assets/index-B1x.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == _SCRIPT
    plain = browser.get("/assets/index-B1x.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == _SCRIPT
    assert browser.get("/assets/land-9f.geojson").headers["content-type"] == "application/geo+json"


def test_an_unchanged_file_is_not_sent_again(browser: httpx.Client) -> None:
    tag = browser.get("/favicon.svg").headers["etag"]
    again = browser.get("/favicon.svg", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.head("/favicon.svg").headers["etag"] == tag


@pytest.mark.parametrize(
    "path",
    [
        *("/secret.txt", "/link.txt", "/../secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt"),
        *("/%2e%2e/secret.txt", "//etc/passwd.txt", "/assets/none.js"),
        *("/api", "/api/none", "/api/none.js", "/metrics/more", "/healthz/more"),
    ],
)
def test_nothing_else_is_served(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"what", "where", "remedy"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.text(), st.lists(st.sampled_from(["..", ".", "", "/", "secret.txt", "assets", "%2e"])).map("/".join))
)
def test_no_path_leads_out_of_the_folder(built: Path, path: str) -> None:
    found = Files(built).find(path)
    assert found is None or found.content != b"secret"


def test_every_answer_tells_browsers_what_to_refuse(browser: httpx.Client) -> None:
    for path in ("/", "/assets/index-B1x.js", "/api/alerts", "/api/none", "/healthz", "/metrics", "/api/schema/none"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), path
        assert "unsafe" not in policy
        assert "http" not in policy, "nothing from outside"
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
    assert browser.get("/api/alerts").headers["cache-control"] == "no-store"


def test_a_new_build_is_served_without_a_restart(browser: httpx.Client, built: Path) -> None:
    assert browser.get("/").text
    (built / "assets" / "index-C2y.js").write_text("2")
    (built / "index.html").write_text("anew")
    assert browser.get("/").text == "anew"
    assert browser.get("/assets/index-C2y.js").text == "2"


def test_without_a_build_a_plain_page_says_what_to_run(node: Node, tmp_path: Path) -> None:
    with serving(console_application(node, tmp_path / "none")) as address:
        answer = httpx.get(address, trust_env=False)
        assert (answer.status_code, answer.text) == (503, NOT_BUILT)
        assert "make setup" in answer.text
        assert httpx.get(f"{address}/api/alerts", trust_env=False).status_code == 401


def test_packed_files_hold_the_same(built: Path) -> None:
    file = Files(built).find("/assets/index-B1x.js")
    assert file is not None
    assert gzip.decompress(file.packed) == file.content == _SCRIPT.encode()
