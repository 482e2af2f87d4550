"""Evenness: that nothing between two nodes was lost, doubled or left unlogged, counted at both of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from comity.demo.desk import wait_for
from comity.foundation import canonical
from comity.vocabulary.entry import Act, Entry
from stories.house import PATIENCE, House

_COUNTED = (Act.DISCLOSED, Act.RECEIPTED, Act.RECEIVED, Act.WITHDRAWN)


def entries(house: House, act: Act, since: int = 0) -> list[Entry]:
    """Return the entries of one act from an index on, in the order of the log."""
    found = house.rows("SELECT entry FROM ledger_entry WHERE act = %s AND index >= %s ORDER BY index", act.value, since)
    return [canonical.read(bytes(body), Entry) for (body,) in found]


@dataclass(frozen=True)
class _Message:
    """One message as its sender keeps it."""

    name: str
    state: str
    receipt: bytes
    records: list[str]

    @property
    def subject(self) -> str:
        """What the entries of its sending and its receipt are about."""
        return self.records[0] if len(self.records) == 1 else self.name


class Books:
    """What two nodes' databases and logs say of the releases from one to the other since the books were opened."""

    def __init__(self, sender: House, receiver: House) -> None:
        self._sender = sender
        self._receiver = receiver
        self._sent = sender.count("SELECT size FROM ledger_head")
        self._taken = receiver.count("SELECT size FROM ledger_head")
        self._refused = receiver.count("SELECT count(*) FROM inbox WHERE cover = ''")

    def messages(self) -> list[str]:
        """Return the releases that the sender has made since, lane by lane, in order."""
        return [message.name for message in self._of_sender()]

    def assert_even(self, messages: Sequence[str]) -> None:
        """Assert that these messages, in this order, and no others were given, taken in and receipted, once each.

        In the sender's outbox and log, in the receiver's inbox and log; each receipt is the same, byte by byte, on both
        sides. `assert_proven` takes the logs to be witnessed besides.
        """
        sent, kept = self._of_sender(), self._of_receiver(messages)
        assert [message.name for message in sent] == list(messages)
        assert {message.state for message in sent} == {"accepted"}
        assert [(message.name, message.receipt, message.records) for message in sent] == kept
        subjects = Counter(message.subject for message in sent)
        records = Counter(record for message in sent for record in message.records)
        told = {act: Counter(entry.subject for entry in self._since(act)) for act in _COUNTED}
        assert told[Act.DISCLOSED] == records
        assert told[Act.RECEIPTED] == told[Act.RECEIVED] == subjects
        assert not told[Act.WITHDRAWN]
        assert self._receiver.count("SELECT count(*) FROM inbox WHERE cover = ''") == self._refused

    def assert_proven(self, messages: Sequence[str]) -> None:
        """Wait until the receiver's witnessed log has proven the receipt of each message, and assert that it does."""
        wait_for("proofs by the receiver's log", lambda: self._proven(messages) == len(messages), PATIENCE)

    def _since(self, act: Act) -> list[Entry]:
        if act is Act.RECEIVED:
            found = entries(self._receiver, act, self._taken)
            return [entry for entry in found if entry.partner == self._sender.name]
        return [entry for entry in entries(self._sender, act, self._sent) if entry.partner == self._receiver.name]

    def _of_sender(self) -> list[_Message]:
        rows = self._sender.rows(
            "SELECT id, state, receipt, array_agg(item.record ORDER BY place) FROM outbox"
            " JOIN outbox_item item ON message = id WHERE partner = %s AND outbox.entry >= %s AND kind = 'release'"
            " GROUP BY id ORDER BY lane, sequence",
            *(self._receiver.name, self._sent),
        )
        return [
            _Message(bytes(name).hex(), state, bytes(receipt or b""), records) for name, state, receipt, records in rows
        ]

    def _of_receiver(self, messages: Sequence[str]) -> list[tuple[str, bytes, list[str]]]:
        rows = self._receiver.rows(
            "SELECT id, receipt, array_agg(item.record ORDER BY place) FROM inbox"
            " JOIN inbox_item item ON item.sender = inbox.sender AND message = id"
            " WHERE inbox.sender = %s AND id = ANY(%s) GROUP BY id, receipt, lane, sequence ORDER BY lane, sequence",
            *(self._sender.name, [bytes.fromhex(name) for name in messages]),
        )
        return [(bytes(name).hex(), bytes(receipt), records) for name, receipt, records in rows]

    def _proven(self, messages: Sequence[str]) -> int:
        names = [bytes.fromhex(name) for name in messages]
        return self._sender.count("SELECT count(*) FROM receipt_proof WHERE message = ANY(%s)", names)
