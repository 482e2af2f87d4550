"""A taken address is refused in one sentence, before anything is served."""

from __future__ import annotations

import socket

import pytest
from litestar import Litestar

from comity.api.listener import listen
from comity.vocabulary.fault import Fault


def test_a_taken_address_is_named_with_what_to_do() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        address = f"127.0.0.1:{holder.getsockname()[1]}"
        with pytest.raises(Fault, match="in use") as caught:
            listen({address: Litestar()}, pytest.fail)
    assert caught.value.where == address
    assert "listen address" in caught.value.remedy
