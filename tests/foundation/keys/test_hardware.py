"""What is proven: Ed25519 keys in a real PKCS#11 module (SoftHSM) sign as those in files do, and stay there."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.exchange import cards
from comity.foundation import keys
from comity.foundation.keys import HardwareUri, hardware
from comity.node import rotation
from comity.node.create import NewNode, create
from comity.vocabulary.fault import Fault, Missing

_MODULE = "/usr/lib/softhsm/libsofthsm2.so"
MakeToken = Callable[[], HardwareUri]


@pytest.fixture(scope="module")
def make_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeToken]:
    """Return a maker of tokens in a SoftHSM of this test run's own; each returns a URI with the prefix `north`."""
    tool = shutil.which("softhsm2-util")
    assert tool, "run requirements/softhsm.sh as root"
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    pin = folder / "pin"
    pin.touch(0o600)
    pin.write_text("4711\n")
    numbers = count()

    def make() -> HardwareUri:
        label = f"token {next(numbers)}"
        command = [tool, "--init-token", "--free", "--label", label, "--pin", "4711", "--so-pin", "12345678"]
        subprocess.run(command, check=True, capture_output=True)
        return HardwareUri(token=label, object="north", module_path=_MODULE, pin_source=str(pin))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(settings))
        made = [make() for _ in range(4)]  # a module that runs does not see tokens that come later
        rest = iter(made)
        yield lambda: next(rest)


_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=20)


@given(_text, _text, _text, _text)
def test_a_uri_comes_back(token: str, name: str, module: str, pin: str) -> None:
    """Writing and reading are inverse, whatever the labels are."""
    uri = HardwareUri(token=token, object=name, module_path=module, pin_source=pin)
    assert HardwareUri.read(uri.written()) == uri


@given(st.text(max_size=100) | st.text(max_size=60).map(lambda text: f"pkcs11:token=a;object=b?{text}"))
def test_arbitrary_text_is_a_uri_or_a_fault(text: str) -> None:
    """A text names a key or is refused with a fault."""
    try:
        found = HardwareUri.read(text)
    except Fault:
        return
    assert HardwareUri.read(found.written()) == found


def test_a_key_in_hardware_signs_and_is_gone_when_destroyed(make_token: MakeToken) -> None:
    """Made there, used from several threads, the signature any Ed25519 verifier takes; its private part is closed."""
    uri = replace(make_token(), object="one")
    with pytest.raises(Missing, match="no such key"):
        hardware.held(uri)
    hardware.generate(uri)
    with pytest.raises(Fault, match="of this name already"):
        hardware.generate(uri)
    key = hardware.held(uri)
    signatures: list[bytes] = []
    threads = [threading.Thread(target=lambda: signatures.append(key.sign("label", b"message"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(signatures) == 4
    assert len(set(signatures)) == 1
    keys.verify(key.public, "label", b"message", signatures[0])
    hardware.destroy(uri)
    hardware.destroy(uri)
    with pytest.raises(Missing, match="no such key"):
        key.sign("label", b"message")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what the search left over says
def test_a_session_that_the_module_has_ended_is_opened_anew(make_token: MakeToken) -> None:
    """The one who meets it is told; whoever tries again signs, without a new start of the node."""
    uri = replace(make_token(), object="one")
    hardware.generate(uri)
    key = hardware.held(uri)
    hardware._session(uri.module_path, uri.token, uri.pin_source).close()
    with pytest.raises(Fault, match="module failed"):
        key.sign("label", b"message")
    keys.verify(key.public, "label", b"message", key.sign("label", b"message"))


def test_a_node_moves_its_keys_into_hardware_and_out_again(tmp_path: Path, make_token: MakeToken) -> None:
    """By a rotation, which its partners follow as any other; no private Ed25519 key of it is on the disk any more."""
    folder = tmp_path / "north"
    first = create(folder, NewNode(name="north", agency="Agency", country="DK"))
    within = rotation.rotate(folder, log=True, within=make_token())
    assert cards.follow(within.signed, first) == within.card
    names = {file.name for file in (folder / "keys").iterdir()}
    assert names == {
        *(f"{name}-2.uri" for name in ("identity", "log", "witness")),
        *(f"{name}-2.key" for name in ("identity_pq", "witness_pq")),
        "sealing.key",
    }
    loaded = rotation.loaded(folder)
    keys.verify(within.card.identity, "label", b"message", loaded.keys.identity.sign("label", b"message"))
    uris = [HardwareUri.read(file.read_text()) for file in sorted((folder / "keys").glob("*.uri"))]
    out = rotation.rotate(folder, log=True)
    assert cards.follow(out.signed, within.signed) == out.card
    assert not list((folder / "keys").glob("*.uri"))
    for uri in uris:
        with pytest.raises(Missing):
            hardware.held(uri)


def test_a_rotation_into_hardware_that_broke_off_is_made_anew(tmp_path: Path, make_token: MakeToken) -> None:
    """What it left in the token and in the folder is done away with."""
    folder = tmp_path / "north"
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    token = make_token()
    left = keys.rotate(folder / "keys", rotation.ROTATED, 2, token)
    rotated = rotation.rotate(folder, within=token)
    assert rotated.card.serial == 2
    assert rotated.card.identity != left.identity.public
    assert rotation.loaded(folder).card == rotated.card


def test_what_is_wrong_with_the_hardware_is_said(tmp_path: Path, make_token: MakeToken) -> None:
    """No module, no token, no PIN, or one that others may read: each is named."""
    uri = HardwareUri(token="none", object="x", module_path=_MODULE, pin_source=str(tmp_path / "pin"))
    with pytest.raises(Missing, match="no such token"):
        hardware.held(uri)
    with pytest.raises(Fault, match="module failed"):
        hardware.held(replace(uri, module_path=str(tmp_path / "none.so")))
    known = replace(uri, token="token 0")
    with pytest.raises(Missing, match="PIN cannot be read"):
        hardware.held(known)
    (tmp_path / "pin").write_text("4711")
    (tmp_path / "pin").chmod(0o644)
    with pytest.raises(Fault, match="others may read this PIN"):
        hardware.held(known)
