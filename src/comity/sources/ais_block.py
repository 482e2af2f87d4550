"""AIS by the block: ordinary lines, many at a time, in machine code (docs/decisions/0210-*).

`scan` reads what `sources.nmea` and `sources.ais` read, and only what is in order: at the first line that is out of the
ordinary it stops in front of it, and the line goes to those two. It never refuses, names or repairs anything itself.
"""

from __future__ import annotations

from comity.foundation.compiled import compiled
from comity.sources.ais_bits import (
    END,
    MORE,
    MORE_END,
    NONE,
    OWN,
    ROWS,
    START,
    TIME,
    TYPE,
    UTC,
    Bytes,
    Numbers,
    Reals,
)
from comity.sources.ais_fields import accepted, clear, fill, finish
from comity.sources.ais_lines import (
    AHEAD,
    APART,
    BEHIND,
    FIELDS,
    FIELDS_END,
    FIELDS_TIME,
    FILL,
    GROUP,
    GROUP_END,
    HELD,
    LINE_BOUND,
    LINE_TIME,
    LINES,
    LONGEST_LINE,
    LONGEST_PAYLOAD,
    NO_TIME,
    ONE,
    OTHER,
    OWN_SENTENCE,
    OWN_SENTENCES,
    PAIRS,
    PART_NUMBER,
    PAYLOAD,
    PAYLOAD_END,
    ROW,
    SENTENCES,
    SUM,
    TAIL_TIME,
    TOTAL,
    is_time_line,
    same_message,
    sentence,
    tag_block,
    time_line,
)

_LF, _CR, _SPACE, _BANG, _HASH, _DOLLAR, _BACKSLASH = 10, 13, 32, 33, 35, 36, 92
_STATION, _SHORTEST = 4, 40


@compiled
def line_end(data: Bytes, start: int) -> int:
    """Return the place of the line feed at the end of the line."""
    place = start
    while data[place] != _LF:
        place += 1
    return place


@compiled
def _text_end(data: Bytes, start: int, feed: int, state: Numbers) -> int:
    """Return where the text of the line ends; -1 where it ends in white space or is too long."""
    end = feed - 1 if feed > start and data[feed - 1] == _CR else feed
    if feed - start > state[LONGEST_LINE] or (end > start and data[end - 1] <= _SPACE):
        return -1
    return end


@compiled
def _forget(state: Numbers, at: int) -> None:
    """Leave nothing of a tag block or a time line."""
    state[at + FIELDS_TIME] = state[at + LINE_TIME] = NO_TIME
    state[at + FIELDS] = state[at + FIELDS_END] = state[at + GROUP] = state[at + GROUP_END] = 0


@compiled
def _hold(state: Numbers, here: int, there: int) -> None:
    """Take what a tag block says from one place to another."""
    for what in range(FIELDS, GROUP_END + 1):
        state[there + what] = state[here + what]


@compiled
def _line(data: Bytes, place: int, end: int, state: Numbers) -> int:
    """Read one line; return where its sentence begins, `end` where it has none, -1 if it is out of the ordinary."""
    first = data[place]
    if first == _BANG:
        _hold(state, HELD, ONE)
        return place
    if first == _HASH:
        return end
    if first == _BACKSLASH and tag_block(data, place, end, state, ONE):
        if state[ONE + BEHIND] < end:
            return int(state[ONE + BEHIND])
        if state[HELD + FIELDS_END] == 0:
            _hold(state, ONE, HELD)
            return end
    if first == _DOLLAR and not is_time_line(data, place, end):
        _forget(state, HELD)
        return end
    return end if first == _DOLLAR and time_line(data, place, end, state, HELD) else -1


@compiled
def _second(data: Bytes, place: int, state: Numbers) -> int:
    """Read the next line as the second of two parts, and return where the one behind it begins; 0 if it is none."""
    if state[ONE + TOTAL] != 2 or state[ONE + PART_NUMBER] != 1 or not state[PAIRS] or place >= len(data):
        return 0
    feed, begin = line_end(data, place), place
    end = _text_end(data, place, feed, state)
    _forget(state, OTHER)
    if end > place and data[place] == _BACKSLASH:
        if not tag_block(data, place, end, state, OTHER):
            return 0
        begin = state[OTHER + BEHIND]
    if end <= begin or not sentence(data, begin, end, state, OTHER) or not same_message(data, state):
        return 0
    return feed + 1


@compiled
def _message(data: Bytes, begin: int, end: int, following: int, state: Numbers) -> int:
    """Read a sentence, and the other part of its message if it is the first of two; return where the next line begins.

    0 if it is out of the ordinary.
    """
    if not sentence(data, begin, end, state, ONE):
        return 0
    state[OTHER + PAYLOAD] = state[OTHER + PAYLOAD_END] = state[OTHER + SUM] = state[OTHER + FILL] = 0
    state[OTHER + FIELDS_TIME] = state[OTHER + TAIL_TIME] = NO_TIME
    return following if state[ONE + TOTAL] == 1 else _second(data, following, state)


@compiled
def _time(state: Numbers) -> int:
    """Return the time that the receiver gives a message; NO_TIME for none, 0 for a time line that is not its own."""
    for at in (ONE, OTHER):
        for what in (FIELDS_TIME, TAIL_TIME):
            if state[at + what] != NO_TIME:
                return int(state[at + what])
    bound = state[HELD + LINE_BOUND]
    if state[HELD + LINE_TIME] == NO_TIME or bound == 0 or bound == state[ONE + SUM] ^ state[OTHER + SUM]:
        return int(state[HELD + LINE_TIME])
    return 0


@compiled
def _unpacked(data: Bytes, codes: Bytes, state: Numbers) -> int:
    """Write the payload's characters as six bits each, and return how many bits count; 0 where they are too many."""
    count = 0
    for at in (ONE, OTHER):
        start, end = state[at + PAYLOAD], state[at + PAYLOAD_END]
        if count + end - start > state[LONGEST_PAYLOAD]:
            return 0
        for place in range(start, end):
            code = data[place]
            codes[count] = code - 48 if code < 96 else code - 56
            count += 1
    return int(6 * count - state[ONE + FILL] - state[OTHER + FILL])


@compiled
def _placed(state: Numbers, time: int, numbers: Numbers) -> bool:
    """Write when and where the row's message was told; whether nothing about that has to be named."""
    row = state[ROW]
    numbers[TIME, row] = time if time != NO_TIME else NONE
    numbers[OWN, row] = state[ONE + OWN_SENTENCE]
    numbers[START, row], numbers[END, row] = state[ONE + PAYLOAD], state[ONE + PAYLOAD_END]
    numbers[MORE, row], numbers[MORE_END, row] = state[OTHER + PAYLOAD], state[OTHER + PAYLOAD_END]
    utc = numbers[UTC, row]
    return numbers[TYPE, row] != _STATION or time == NO_TIME or utc == NONE or abs(time - utc) <= state[APART]


@compiled
def scan(
    data: Bytes, codes: Bytes, state: Numbers, layouts: Numbers, numbers: Numbers, reals: Reals, texts: Bytes
) -> int:
    """Read on from the place at the end of `state`, and return that of the first line that was not read.

    `data` ends with a line feed; `codes` is room for a payload; the rest is as in `sources.ais_lines`,
    `sources.ais_fields` and `Columns`.
    """
    place = state[-1]
    while place < len(data) and state[ROW] < ROWS:
        following = line_end(data, place) + 1
        end = _text_end(data, place, following - 1, state)
        begin = end if end == place else _line(data, place, end, state) if end > place else -1
        if begin < 0:
            break
        if begin < end:
            following = _message(data, begin, end, following, state)
            time = _time(state)
            if following == 0 or time == 0 or time > state[AHEAD]:
                break
            bits = _unpacked(data, codes, state)
            if bits < _SHORTEST or not accepted(codes, bits):
                break
            fill(codes, layouts, numbers, reals, texts, state[ROW])
            finish(codes, bits, numbers, texts, state[ROW])
            if not _placed(state, time, numbers):
                clear(numbers, reals, state[ROW])
                break
            state[ROW] += 1
            state[OWN_SENTENCES if state[ONE + OWN_SENTENCE] else SENTENCES] += state[ONE + TOTAL]
            state[LINES] += state[ONE + TOTAL] - 1
            _forget(state, HELD)
        state[LINES] += 1
        place = following
    return int(place)
