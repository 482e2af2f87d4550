"""The rule that an act and its entry are one."""

from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry


def test_smoke(store: Store) -> None:
    with store.acting() as t:
        assert t.log(Entry(act=Act.COLLECTED)).index == 0


def test_smoke_again(store: Store) -> None:
    with store.acting() as t:
        assert t.log(Entry(act=Act.COLLECTED)).index == 0
