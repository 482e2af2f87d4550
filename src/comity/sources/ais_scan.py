"""The scan of an AIS feed: blocks of lines in, rows of columns out, as far as the lines are ordinary."""

from __future__ import annotations

import numpy as np

from comity.sources.ais import LONGEST as LONGEST_PAYLOAD
from comity.sources.ais_bits import NONE, ROWS, Bytes
from comity.sources.ais_block import scan
from comity.sources.ais_columns import Columns, room
from comity.sources.ais_fields import layouts
from comity.sources.ais_lines import (
    AHEAD,
    APART,
    EARLIEST,
    FIELDS,
    FIELDS_END,
    FIELDS_TIME,
    GROUP,
    GROUP_END,
    HELD,
    LATEST,
    LINE_BOUND,
    LINE_TIME,
    LINES,
    LONGEST_LINE,
    NO_TIME,
    OWN_SENTENCES,
    PAIRS,
    ROW,
    SENTENCES,
    STATE,
)
from comity.sources.ais_lines import LONGEST_PAYLOAD as MOST_CHARACTERS
from comity.sources.line import LONGEST
from comity.sources.nmea import Receiver
from comity.sources.receiver_time import EARLIEST as FIRST_TIME
from comity.sources.receiver_time import END as LAST_TIME
from comity.sources.receiver_time import TimeLine
from comity.sources.report import Report
from comity.vocabulary.instant import Duration, Instant


class Scan:
    """Reads on where a `Receiver` has come, and leaves it where it has come itself.

    `columns` holds the messages that were read since `clear`, in `rows` rows.
    """

    def __init__(self, receiver: Receiver, report: Report, *, apart: Duration) -> None:
        self.columns: Columns = room()
        self._receiver = receiver
        self._report = report
        self._codes: Bytes = np.zeros(LONGEST_PAYLOAD, np.uint8)
        self._layouts = layouts()
        self._state = np.zeros(STATE + 1, np.int64)
        limits = {EARLIEST: FIRST_TIME, LATEST: LAST_TIME, APART: apart}
        limits |= {LONGEST_LINE: LONGEST, MOST_CHARACTERS: LONGEST_PAYLOAD}
        for limit, value in limits.items():
            self._state[limit] = value

    @property
    def rows(self) -> int:
        """How many messages there are."""
        return int(self._state[ROW])

    @property
    def full(self) -> bool:
        """Whether there is no room for more."""
        return self.rows == ROWS

    def clear(self) -> None:
        """Forget the messages."""
        rows = self.rows
        self.columns.numbers[:, :rows] = NONE
        self.columns.reals[:, :rows] = np.nan
        self._state[ROW] = 0

    def read(self, data: Bytes, start: int, believed: Instant) -> int:
        """Read whole lines from a place on; return the place of the first that was not read.

        `data` ends with a line feed. A message whose receiver's time is later than `believed` is not read.
        """
        state = self._state
        state[LINES : OWN_SENTENCES + 1] = 0
        state[AHEAD] = believed
        state[PAIRS] = not self._receiver.waiting
        state[-1] = start
        self._begin()
        columns = self.columns
        end = scan(data, self._codes, state, self._layouts, columns.numbers, columns.reals, columns.texts)
        self._report.lines += int(state[LINES])
        self._report.sentences += int(state[SENTENCES])
        self._report.own += int(state[OWN_SENTENCES])
        self._end(data)
        return int(end)

    def _begin(self) -> None:
        """Take over a time line that waits; a tag block that waits is read line by line, before this is called."""
        held, line = self._state[HELD:], self._receiver.held()[1]
        for what in (FIELDS, FIELDS_END, GROUP, GROUP_END):
            held[what] = 0
        held[FIELDS_TIME] = NO_TIME
        held[LINE_TIME] = NO_TIME if line is None else line.time
        held[LINE_BOUND] = 0 if line is None else line.bound

    def _end(self, data: Bytes) -> None:
        held = self._state[HELD:]
        time = int(held[LINE_TIME])
        line = None if time == NO_TIME else TimeLine(time, int(held[LINE_BOUND]))
        self._receiver.hold(data[int(held[FIELDS]) : int(held[FIELDS_END])].tobytes(), line)
