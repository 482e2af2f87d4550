"""The story of what is learned: normal traffic out of the archive, a model of it, and its forgetting.

    archive -> passages -> traffic model -> file, with an entry -> the rule of unusual motion
    rows erased -> learned again without them, with an entry, and the old file is gone

A model says what period and feeds it was learned from. Where too little is left to learn from, there is none any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from comity.detection.traffic_model import Learned, TrafficModel, learn
from comity.foundation import canonical
from comity.foundation.archive.models import Models
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.store import archiving
from comity.foundation.store.store import ActTransaction, Store
from comity.node.feed_settings import FeedSettings
from comity.node.feed_ways import archived
from comity.node.flow_archive import Archive
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import DAY, Instant
from comity.vocabulary.movement import Period
from comity.vocabulary.officer import Officer, Role

LONGEST = 366 * DAY
LEARNERS = frozenset({Role.OFFICER, Role.SUPERVISOR})
_SUBJECT = "traffic model"


class Learning:
    """What is learned from the node's archive."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        archive: Archive,
        folder: Path,
        feeds: Mapping[str, FeedSettings],
        told: Callable[[TrafficModel | None], None] = lambda _: None,
    ) -> None:
        """Learn from the archive in `folder`; `told` is called with each new model, and with None where it is gone."""
        self._store = store
        self._clock = clock
        self._archive = archive
        self._models = Models(folder)
        self._feeds = frozenset(name for name, feed in feeds.items() if archived(feed.format))
        self._told = told
        self._known = 0
        self._turn = threading.Lock()

    def model(self) -> TrafficModel | None:
        """Return the model that is in force, None where nothing was learned."""
        content = self._models.read()
        return None if content is None else canonical.read(content, TrafficModel, where=_SUBJECT)

    def learn(self, officer: Officer, since: Instant, until: Instant, sources: Sequence[str] = ()) -> TrafficModel:
        """Learn from a period and some feeds, all if none is named; the model takes the place of the one before.

        Raises:
            Refused: the role does not decide what is watched for.
            Fault: the period is not one, a feed is unknown, or there is too little or too much to learn from.
        """
        if officer.role not in LEARNERS:
            raise Refused(f"the role {officer.role.value} does not have models learned", remedy="Ask a duty officer.")
        if not since < until <= since + LONGEST:
            raise Fault("that is no period to learn from", remedy="Give since before until, 366 days at most.")
        unknown = sorted(set(sources) - self._feeds)
        if unknown:
            raise Fault("there is no such feed to learn from", where=unknown[0], remedy="Take one from the settings.")
        with self._turn:
            return self._learn(officer, since, until, tuple(sorted(sources or self._feeds)), Act.COMBINED)

    def proceed(self) -> None:
        """Take up a model that came since, and learn again without what went out of the archive."""
        number = self._models.newest()
        if number == self._known and not number:
            return
        with self._turn:
            model = self.model()
            if model is not None and self._is_stale(model):
                model = self._again(model)
            if (model.number if model else 0) != self._known:
                self._known = model.number if model else 0
                self._told(model)

    def _is_stale(self, model: TrafficModel) -> bool:
        """Whether rows went by order since it was learned, or a day ago because their time was over."""
        with self._store.reading() as transaction:
            erased, expired = archiving.went(transaction)
        old = model.learned + DAY <= self._clock.now()
        return erased != model.erased or (old and expired != model.expired)

    def _again(self, model: TrafficModel) -> TrafficModel | None:
        """Learn the same again from what is left; where that is too little, forget it all."""
        try:
            return self._learn(None, model.since, model.until, model.sources, Act.ALTERED)
        except Fault as fault:
            with self._store.acting() as act:
                self._models.remove()
                act.log(
                    Entry(act=Act.ERASED, basis="erasure in the archive", subject=_SUBJECT, detail=fault.what[:300])
                )
            return None

    def _learn(
        self, officer: Officer | None, since: Instant, until: Instant, sources: tuple[str, ...], done: Act
    ) -> TrafficModel:
        with self._store.acting() as act:
            model = self._of(act, since, until, sources)
            content = canonical.written(model)
            act.log(
                Entry(
                    act=done,
                    officer=officer.name if officer else "",
                    basis=f"role {officer.role.value}" if officer else "erasure in the archive",
                    subject=_SUBJECT,
                    digest=digest(content),
                    count=max(model.movements, 1),
                    detail=f"model {model.number} of {', '.join(sources)}"[:300],
                )
            )
            self._models.put(model.number, content)  # a file without its entry is learned again; the reverse cannot be
        return model

    def _of(self, act: ActTransaction, since: Instant, until: Instant, sources: tuple[str, ...]) -> TrafficModel:
        erased, expired = archiving.went(act)
        found, movements = self._archive.passages(act, Period(since=since, until=until), sources)
        return learn(
            found,
            Learned(
                number=self._models.newest() + 1,
                learned=self._clock.now(),
                since=since,
                until=until,
                sources=sources,
                movements=movements,
                erased=erased,
                expired=expired,
            ),
        )
