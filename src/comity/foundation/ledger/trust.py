"""The trust policy: which logs count, and whose cosignatures a checkpoint of theirs needs, as people write it down.

The format is C2SP tlog-policy (docs/formats/policy.md).

    witness south south/witness+1afcbbd8+BA5yTPBBlPUVakbJ2CH3cjrBOx84ARmiVrOvb4+s7CLx
    group required all south
    quorum required
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import msgspec

from comity.foundation.ledger import note as notes
from comity.foundation.ledger import vkey
from comity.foundation.ledger.cosignature import LatticeWitnessKey, WitnessKey
from comity.foundation.ledger.note import Ed25519Key, Note, NoteFault
from comity.foundation.ledger.tree import ProofFault
from comity.foundation.ledger.vkey import Key
from comity.vocabulary.fault import Fault

LARGEST = 512 * 1024
"""Bytes of a policy file."""
_MOST = 64
_NONE = "none"
_SPACE = re.compile(r"[ \t]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


class Log(msgspec.Struct, frozen=True):
    """A log whose checkpoints count; where it is reached is for people and tools."""

    key: Key
    url: str = ""


class Witness(msgspec.Struct, frozen=True):
    """A witness, by a name that has a meaning in its policy alone."""

    name: str
    key: Key
    url: str = ""


class Group(msgspec.Struct, frozen=True):
    """Has cosigned when `number` of its members have."""

    name: str
    number: int
    members: tuple[str, ...]


class TrustPolicy(msgspec.Struct, frozen=True):
    """A whole policy. Made by `read`, or from parts by those who know them; `read(written(policy))` is the same."""

    quorum: str
    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()

    def met(self, cosigned: Collection[str]) -> bool:
        """Whether the quorum is reached if the witnesses of these names have cosigned."""
        have = {*cosigned, _NONE}
        for group in self.groups:  # each names only what is defined before it
            if sum(member in have for member in group.members) >= group.number:
                have.add(group.name)
        return self.quorum in have

    def demands(self, keys: Collection[Key]) -> bool:
        """Whether no quorum is reached without the witness that has these keys."""
        return not self.met({each.name for each in self.witnesses if each.key not in keys})

    def check(self, note: Note, where: str = "") -> tuple[str, ...]:
        """Check that a checkpoint counts, and return the names of the witnesses that cosigned it.

        Raises:
            NoteFault: no log of the policy has signed it, or a signature by a known key does not hold.
            ProofFault: the quorum is not reached.
        """
        if self.logs:
            notes.verify(note, [each.key for each in self.logs], where)
        signed = notes.verified(note, [each.key for each in self.witnesses], where)
        cosigned = tuple(each.name for each in self.witnesses if each.key in signed)
        if not self.met(cosigned):
            have = ", ".join(cosigned) or "nobody"
            raise ProofFault(f"the policy asks for {self.quorum}, and it is cosigned by {have}", where=where)
        return cosigned


def written(policy: TrustPolicy) -> str:
    """Return the text of a policy."""
    rows = [["log", vkey.written(each.key), each.url] for each in policy.logs]
    rows += [["witness", each.name, vkey.written(each.key), each.url] for each in policy.witnesses]
    rows += [["group", each.name, _threshold(each), *each.members] for each in policy.groups]
    rows.append(["quorum", policy.quorum])
    return "".join(f"{' '.join(filter(None, row))}\n" for row in rows)


def _threshold(group: Group) -> str:
    return "all" if group.number == len(group.members) else "any" if group.number == 1 else str(group.number)


def read(data: bytes, where: str = "policy") -> TrustPolicy:
    """Return the policy that this file is.

    Raises:
        Fault: it is none; the words name the line.
    """
    if len(data) > LARGEST:
        raise Fault(f"the policy has more than {LARGEST} bytes", where=where)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault("the policy is not UTF-8", where=where) from error
    reader = _Reader()
    for number, row in enumerate(text.split("\n"), 1):
        line = f"{where}:{number}"
        if _CONTROL.search(row):
            raise Fault("the line holds a control character", where=line)
        words = [word for word in _SPACE.split(row) if word]
        if words and not words[0].startswith("#"):
            reader.take(words, line)
    return reader.finish(where)


class _Reader:
    """What is defined so far."""

    def __init__(self) -> None:
        self._logs: list[Log] = []
        self._witnesses: list[Witness] = []
        self._groups: list[Group] = []
        self._names: set[str] = {_NONE}
        self._members: set[str] = set()
        self._quorum = ""
        self._kinds: dict[str, Callable[[list[str], str], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._whole,
        }

    def take(self, words: list[str], line: str) -> None:
        kind, *rest = words
        if kind not in self._kinds:
            raise Fault(f"a line begins with log, witness, group or quorum, not {kind[:40]!r}", where=line)
        self._kinds[kind](rest, line)

    def finish(self, where: str) -> TrustPolicy:
        if not self._quorum:
            raise Fault("there is no quorum line", where=where, remedy="Name who must have cosigned, or none.")
        for kept in (self._logs, self._witnesses, self._groups):
            if len(kept) > _MOST:
                raise Fault(f"there are more than {_MOST} of one kind", where=where)
        return TrustPolicy(self._quorum, tuple(self._logs), tuple(self._witnesses), tuple(self._groups))

    def _log(self, words: list[str], line: str) -> None:
        if not 1 <= len(words) <= 2:
            raise Fault("a log line is: log VKEY [URL]", where=line)
        key = _key(words[0], line, (Ed25519Key, LatticeWitnessKey), "log")
        self._new(key, [each.key for each in self._logs], line)
        self._logs.append(Log(key, *words[1:]))

    def _witness(self, words: list[str], line: str) -> None:
        if not 2 <= len(words) <= 3:
            raise Fault("a witness line is: witness NAME VKEY [URL]", where=line)
        key = _key(words[1], line, (WitnessKey, LatticeWitnessKey), "witness")
        self._new(key, [each.key for each in self._witnesses], line)
        self._define(words[0], line)
        self._witnesses.append(Witness(words[0], key, *words[2:]))

    def _group(self, words: list[str], line: str) -> None:
        if len(words) < 3:
            raise Fault("a group line is: group NAME all|any|NUMBER MEMBER…", where=line)
        name, threshold, *members = words
        for member in members:
            if member not in self._names - {_NONE}:
                raise Fault(f"nothing is named {member[:80]!r} above this line", where=line)
            if member in self._members:
                raise Fault(f"{member[:80]!r} is a member already", where=line, remedy="A name may be so once.")
            self._members.add(member)
        self._define(name, line)
        self._groups.append(Group(name, _needed(threshold, len(members), line), tuple(members)))

    def _whole(self, words: list[str], line: str) -> None:
        if len(words) != 1 or words[0] not in self._names:
            raise Fault("a quorum line names one witness or group defined above it, or none", where=line)
        if self._quorum:
            raise Fault("there are two quorum lines", where=line)
        self._quorum = words[0]

    def _define(self, name: str, line: str) -> None:
        if name in self._names:
            raise Fault(f"{name[:80]!r} is defined already", where=line)
        self._names.add(name)

    @staticmethod
    def _new(key: Key, kept: list[Key], line: str) -> None:
        if any(each.public == key.public for each in kept):
            raise Fault("the same public key stands in another line", where=line)


def _key(text: str, line: str, kinds: tuple[type[Key], ...], use: str) -> Key:
    key = vkey.read(text, line)
    if not isinstance(key, kinds):
        raise NoteFault(f"a key of this type is not that of a {use}", where=line)
    return key


def _needed(threshold: str, members: int, line: str) -> int:
    if threshold in {"all", "any"}:
        return members if threshold == "all" else 1
    if not _NUMBER.fullmatch(threshold) or int(threshold) > members:
        raise Fault(f"of {members} members 1 to {members} can be asked for, not {threshold[:20]!r}", where=line)
    return int(threshold)
