"""Evenness: that nothing between two nodes was lost, doubled or left unlogged, counted at both of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from comity.demo.desk import wait_for
from comity.foundation import canonical
from comity.vocabulary.entry import Act, Entry
from stories.house import PATIENCE, House

_COUNTED = (Act.DISCLOSED, Act.RECEIPTED, Act.RECEIVED, Act.WITHDRAWN)


def entries(house: House, act: Act, since: int = 0) -> list[Entry]:
    """Return the entries of one act from an index on, in the order of the log."""
    found = house.rows("SELECT entry FROM ledger_entry WHERE act = %s AND index >= %s ORDER BY index", act.value, since)
    return [canonical.read(bytes(body), Entry) for (body,) in found]


class Books:
    """What two nodes' databases and logs say of the releases from one to the other since the books were opened."""

    def __init__(self, sender: House, receiver: House) -> None:
        self._sender = sender
        self._receiver = receiver
        self._sent = sender.count("SELECT size FROM ledger_head")
        self._taken = receiver.count("SELECT size FROM ledger_head")
        self._refused = receiver.count("SELECT count(*) FROM inbox WHERE payload IS NULL")

    def assert_even(self, messages: Sequence[str]) -> None:
        """Assert that these messages, in this order, and no others were given, taken in and receipted, once each.

        In the sender's outbox and log, in the receiver's inbox and log; each receipt is the same, byte by byte, on both
        sides. `assert_proven` takes the logs to be witnessed besides.
        """
        sent = self._of_sender()
        assert [name for name, *_ in sent] == list(messages)
        assert {state for _, _, state, _ in sent} == {"accepted"}
        kept = self._of_receiver(messages)
        assert [(name, record, receipt) for name, record, _, receipt in sent] == kept
        records = Counter(record for _, record, _, _ in sent)
        told = {act: Counter(entry.subject for entry in self._since(act)) for act in _COUNTED}
        assert told[Act.DISCLOSED] == told[Act.RECEIPTED] == told[Act.RECEIVED] == records
        assert not told[Act.WITHDRAWN]
        assert self._receiver.count("SELECT count(*) FROM inbox WHERE payload IS NULL") == self._refused

    def assert_proven(self, messages: Sequence[str]) -> None:
        """Wait until the receiver's witnessed log has proven the receipt of each message, and assert that it does."""
        wait_for("proofs by the receiver's log", lambda: self._proven(messages) == len(messages), PATIENCE)

    def _since(self, act: Act) -> list[Entry]:
        if act is Act.RECEIVED:
            found = entries(self._receiver, act, self._taken)
            return [entry for entry in found if entry.partner == self._sender.name]
        return [entry for entry in entries(self._sender, act, self._sent) if entry.partner == self._receiver.name]

    def _of_sender(self) -> list[tuple[str, str, str, bytes]]:
        rows = self._sender.rows(
            "SELECT id, record, state, receipt FROM outbox WHERE partner = %s AND entry >= %s AND kind = 'release'"
            " ORDER BY sequence",
            *(self._receiver.name, self._sent),
        )
        return [(bytes(name).hex(), record, state, bytes(receipt or b"")) for name, record, state, receipt in rows]

    def _of_receiver(self, messages: Sequence[str]) -> list[tuple[str, str, bytes]]:
        names = [bytes.fromhex(name) for name in messages]
        rows = self._receiver.rows(
            "SELECT id, record, receipt FROM inbox WHERE sender = %s AND id = ANY(%s) ORDER BY sequence",
            *(self._sender.name, names),
        )
        return [(bytes(name).hex(), record, bytes(receipt)) for name, record, receipt in rows]

    def _proven(self, messages: Sequence[str]) -> int:
        names = [bytes.fromhex(name) for name in messages]
        return self._sender.count("SELECT count(*) FROM receipt_proof WHERE message = ANY(%s)", names)
