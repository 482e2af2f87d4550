"""The trust policy: what people write is what is asked of a checkpoint; what is unclear is refused with its line."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.lattice import LatticeKey
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import trust, vkey
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import LatticeWitnessKey, WitnessKey, cosign, cosign_lattice
from comity.foundation.ledger.note import Ed25519Key, Note, NoteFault
from comity.foundation.ledger.tree import ProofFault
from comity.foundation.ledger.trust import Group, Log, TrustPolicy, Witness
from comity.vocabulary.fault import Fault

_LOG = SigningKey(b"log".ljust(32))
_NAMES = ("x1", "x2", "x3", "y1", "y2")
_KEYS = {name: SigningKey(name.encode().ljust(32)) for name in _NAMES}
_LATTICE = LatticeKey("z")
_VKEYS = {name: vkey.written(WitnessKey(f"{name}/witness", key.public)) for name, key in _KEYS.items()}
_LINES = "".join(f"witness {name} {text}\n" for name, text in _VKEYS.items())
_LOG_KEY = vkey.written(Ed25519Key("north/log", _LOG.public))
_TWO = f"""# two houses
log {_LOG_KEY}  https://north.example/log
{_LINES}
group X 2 x1 x2 x3
\tgroup Y any y1   y2
group both all X Y
quorum both
"""


def _note(*names: str) -> Note:
    note = notes.read(checkpoint_format.sign(Checkpoint("north/log", 7, bytes(32)), _LOG))
    return notes.joined(note, [cosign(note.text, f"{name}/witness", _KEYS[name], 1) for name in names])


@pytest.mark.parametrize(
    ("names", "met"),
    [
        (("x1", "x2", "y1"), True),
        (("x3", "x2", "y2"), True),
        (_NAMES, True),
        (("x1", "x2", "x3"), False),
        (("x1", "y1", "y2"), False),
        ((), False),
    ],
)
def test_groups_of_groups_count_as_they_are_written(names: tuple[str, ...], met: bool) -> None:  # noqa: FBT001
    policy = trust.read(_TWO.encode())
    assert policy.met(names) is met
    if met:
        assert policy.check(_note(*names)) == tuple(name for name in _NAMES if name in names)
    else:
        with pytest.raises(ProofFault, match="asks for both"):
            policy.check(_note(*names))


def test_what_a_policy_demands_is_whom_it_cannot_do_without() -> None:
    keys = {name: WitnessKey(f"{name}/witness", key.public) for name, key in _KEYS.items()}
    policy = trust.read((_LINES + "group X all x1 x2\ngroup Y any y1 y2\ngroup Z all X Y\nquorum Z\n").encode())
    assert [name for name in _NAMES if policy.demands({keys[name]})] == ["x1", "x2"]
    assert not trust.read((_LINES + "quorum none\n").encode()).demands({keys["x1"]})
    assert trust.read((_LINES + "quorum x3\n").encode()).demands({keys["x3"]})


def test_a_checkpoint_of_another_log_or_with_a_forged_cosignature_does_not_count() -> None:
    policy = trust.read(f"log {_LOG_KEY}\n{_LINES}quorum none\n".encode())
    assert policy.check(_note()) == ()
    stranger = notes.read(checkpoint_format.sign(Checkpoint("west/log", 7, bytes(32)), _KEYS["x1"]))
    with pytest.raises(NoteFault, match="not signed by north/log"):
        policy.check(stranger)
    true = _note("x1").signatures
    forged = Note(_note().text, (true[0], notes.Signature(true[1].name, true[1].id, bytes(72))))
    with pytest.raises(NoteFault, match="does not hold"):
        policy.check(forged)


def test_an_ml_dsa_witness_counts_beside_the_others() -> None:
    text = vkey.written(LatticeWitnessKey("z/witness", _LATTICE.public))
    policy = trust.read(f"witness z {text}\nwitness x1 {_VKEYS['x1']}\ngroup all all z x1\nquorum all\n".encode())
    note = notes.joined(_note("x1"), [cosign_lattice(_note().text, "z/witness", _LATTICE, 1)])
    assert policy.check(note) == ("z", "x1")
    with pytest.raises(ProofFault):
        policy.check(_note("x1"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no quorum line"),
        (_LINES, "no quorum line"),
        (_LINES + "quorum x1\nquorum x1\n", "policy:7: there are two quorum lines"),
        (_LINES + "quorum x1 x2\n", "names one witness"),
        ("quorum x1\n" + _LINES, "policy:1: a quorum line names one"),
        (_LINES + "group g 6 x1\nquorum g\n", "not '6'"),
        (_LINES + "group g 0 x1\nquorum g\n", "not '0'"),
        (_LINES + "group g 01 x1\nquorum g\n", "not '01'"),
        (_LINES + "group g any\nquorum g\n", "a group line is"),
        (_LINES + "group g any x9\nquorum g\n", "nothing is named 'x9'"),
        (_LINES + "group g any g\nquorum g\n", "nothing is named 'g'"),
        (_LINES + "group g any none\nquorum g\n", "nothing is named 'none'"),
        (_LINES + "group g all x1 x1\nquorum g\n", "a member already"),
        (_LINES + "group g any x1\ngroup h any x1\nquorum g\n", "policy:7: 'x1' is a member already"),
        (_LINES + "group x1 any x2\nquorum x1\n", "defined already"),
        (_LINES + "group none any x2\nquorum none\n", "defined already"),
        (_LINES + f"witness other {_VKEYS['x1']}\nquorum x1\n", "the same public key"),
        (f"log {_LOG_KEY}\nlog {_LOG_KEY}\nquorum none\n", "the same public key"),
        (f"witness w {_LOG_KEY}\nquorum w\n", "not that of a witness"),
        (f"log {_VKEYS['x1']}\nquorum none\n", "not that of a log"),
        ("witness w south+00000000+AAAA\nquorum w\n", "no known type"),
        (f"witness w {_VKEYS['x1'].replace('+', '+0', 1)}\nquorum w\n", "the id of the key"),
        ("log\nquorum none\n", "a log line is"),
        (f"witness {_VKEYS['x1']}\nquorum none\n", "a witness line is"),
        ("Quorum none\n", "a line begins with"),
        ("quorum none\r\n", "control character"),
        ("quorum\u00a0none\n", "a line begins with"),
    ],
)
def test_what_is_unclear_is_refused_where_it_stands(text: str, words: str) -> None:
    with pytest.raises(Fault) as told:
        trust.read(text.encode())
    assert words in str(told.value)


def test_more_than_is_read_is_refused() -> None:
    with pytest.raises(Fault, match="more than 524288 bytes"):
        trust.read(b"#" * (trust.LARGEST + 1))
    many = "".join(f"group g{number} any {f'g{number - 1}' if number else 'x1'}\n" for number in range(65))
    with pytest.raises(Fault, match="more than 64 of one kind"):
        trust.read(f"{_LINES}{many}quorum g3\n".encode())
    with pytest.raises(Fault, match="not UTF-8"):
        trust.read(b"quorum none\n# \xff\n")


_WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Cs"]), min_size=1, max_size=9).filter(
    lambda word: word != "none" and not word.isspace()
)


@st.composite
def _policies(draw: st.DrawFn) -> TrustPolicy:
    names = draw(st.lists(_WORD, unique=True, min_size=1, max_size=9))
    count = draw(st.integers(1, len(names)))
    witnesses = tuple(
        Witness(name, WitnessKey(f"w{number}", bytes([number]) * 32), draw(st.sampled_from(["", "https://w.example"])))
        for number, name in enumerate(names[:count])
    )
    free, groups = names[:count], []
    for name in names[count:]:
        if not free:
            break
        members = draw(st.lists(st.sampled_from(free), unique=True, min_size=1))
        free = [*(each for each in free if each not in members), name]
        groups.append(Group(name, draw(st.integers(1, len(members))), tuple(members)))
    logs = tuple(Log(Ed25519Key(f"l{number}", bytes([99 + number]) * 32)) for number in range(draw(st.integers(0, 2))))
    known = [each.name for each in (*witnesses, *groups)]
    return TrustPolicy(draw(st.sampled_from([*known, "none"])), logs, witnesses, tuple(groups))


@settings(max_examples=60)
@given(policy=_policies())
def test_a_policy_that_is_written_is_read_as_it_was(policy: TrustPolicy) -> None:
    assert trust.read(trust.written(policy).encode()) == policy


@given(data=st.binary(max_size=400))
@example(b"quorum none")
def test_arbitrary_bytes_are_a_policy_or_a_fault(data: bytes) -> None:
    try:
        policy = trust.read(data)
    except Fault:
        return
    assert trust.read(trust.written(policy).encode()) == policy


@settings(max_examples=60)
@given(place=st.integers(0, len(_TWO) - 1), byte=st.integers(0, 255))
def test_a_mutated_policy_asks_for_the_same_or_is_refused_or_names_others(place: int, byte: int) -> None:
    """One byte changed never crashes; what is still read has a quorum that somebody can reach."""
    changed = bytearray(_TWO.encode())
    changed[place] = byte
    try:
        policy = trust.read(bytes(changed))
    except Fault:
        return
    assert policy.met({each.name for each in policy.witnesses})


@given(text=st.text(max_size=120))
def test_arbitrary_text_is_no_verifier_key(text: str) -> None:
    with pytest.raises(NoteFault):
        vkey.read(text)


def test_the_verifier_key_of_the_specification_is_read() -> None:
    """Its example, and the note below it."""
    key = vkey.read("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = (
        "This is an example message.\n\n— example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    assert notes.verify(notes.read(note.encode()), [key]) == (key,)
