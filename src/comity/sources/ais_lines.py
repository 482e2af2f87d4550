"""AIS lines in machine code: sentence, tag block, time line, as `sources.nmea` and `sources.receiver_time` read them.

Each function says whether a line is in order, and if so leaves in `state`, from `at` on, what it says. A function that
says no has changed nothing that counts: the line goes to the readers named above, which judge it.
"""

from __future__ import annotations

from comity.foundation.compiled import compiled
from comity.sources.ais_bits import Bytes, Numbers
from comity.sources.ais_days import IMPOSSIBLE, instant

(EARLIEST, LATEST, AHEAD, APART, LONGEST_LINE, LONGEST_PAYLOAD, PAIRS) = range(7)
"""Limits, at the beginning of `state`: of times, milliseconds (`AHEAD`: of those that are believed); of lengths, bytes;
and whether messages of two parts may be put together, which is while none is waited for."""
(ROW, LINES, SENTENCES, OWN_SENTENCES) = range(7, 11)
"""Counts: rows that are filled, lines that were read, and the sentences among them."""
HELD, ONE, OTHER = 11, 41, 71
"""What of a tag block and a time line waits for its sentence; what is found in a sentence, and in its second part."""
STATE = 101

NO_TIME = -1
(OWN_SENTENCE, TOTAL, PART_NUMBER, SEQUENCE, CHANNEL, PAYLOAD, PAYLOAD_END, FILL, SUM, TAIL_TIME) = range(10)
"""What is found in a sentence; characters as their codes, places in the block, times in milliseconds."""
(FIELDS, FIELDS_END, FIELDS_TIME, GROUP, GROUP_END, BEHIND) = range(10, 16)
"""What is found in a tag block, and where the line goes on behind it."""
(LINE_TIME, LINE_BOUND, YEAR) = range(16, 19)
"""What is found in a time line; its seven numbers from the year on."""

_BANG, _DOLLAR, _STAR, _COMMA, _DASH, _COLON, _BACKSLASH = 33, 36, 42, 44, 45, 58, 92
_ZERO, _NINE, _A, _D, _G, _H, _M, _O, _P, _V, _Z, _c, _g = 48, 57, 65, 68, 71, 72, 77, 79, 80, 86, 90, 99, 103
_MOST_DIGITS = 13


@compiled
def _hexadecimal(data: Bytes, place: int) -> int:
    """Return the number of two hexadecimal digits; -1 where they are none."""
    value = 0
    for at in range(place, place + 2):
        code = int(data[at])
        if _ZERO <= code <= _NINE:
            value = value * 16 + code - _ZERO
        elif 65 <= code <= 70 or 97 <= code <= 102:
            value = value * 16 + (code & 7) + 9
        else:
            return -1
    return value


@compiled
def _holds(data: Bytes, start: int, star: int) -> bool:
    """Whether the two digits behind the star are the exclusive or of what stands before it."""
    value = 0
    for place in range(start, star):
        value ^= int(data[place])
    return data[star] == _STAR and value == _hexadecimal(data, star + 1)


@compiled
def _digits(data: Bytes, start: int, end: int) -> int:
    """Return the number that stands there in at most 13 digits; -1 where none does."""
    if not 0 < end - start <= _MOST_DIGITS:
        return -1
    value = 0
    for place in range(start, end):
        if not _ZERO <= data[place] <= _NINE:
            return -1
        value = value * 10 + int(data[place]) - _ZERO
    return value


@compiled
def _digit(data: Bytes, place: int) -> bool:
    return bool(_ZERO <= data[place] <= _NINE)


@compiled
def _digits_end(data: Bytes, start: int, end: int) -> int:
    place = start
    while place < end and _ZERO <= data[place] <= _NINE:
        place += 1
    return place


@compiled
def _field_end(data: Bytes, start: int, end: int) -> int:
    """Return the place of the next comma, else the end."""
    place = start
    while place < end and data[place] != _COMMA:
        place += 1
    return place


@compiled
def _epoch(data: Bytes, start: int, end: int, state: Numbers) -> int:
    """Return the time in seconds or milliseconds; NO_TIME where it is none or outside its limits."""
    value = _digits(data, start, end)
    if value >= 0 and end - start != _MOST_DIGITS:
        value *= 1_000
    return value if state[EARLIEST] <= value < state[LATEST] else NO_TIME


@compiled
def sentence(data: Bytes, start: int, end: int, state: Numbers, at: int) -> bool:
    """Whether an AIS sentence in order stands there, with its `!` at the start."""
    if end - start < 20 or data[start] != _BANG:
        return False
    for place in range(start + 1, start + 3):
        code = data[place]
        if not (_ZERO <= code <= _NINE or _A <= code <= _Z or code == _DASH):
            return False
    if data[start + 3] != _V or data[start + 4] != _D or (data[start + 5] != _M and data[start + 5] != _O):
        return False
    state[at + OWN_SENTENCE] = 1 if data[start + 5] == _O else 0
    if data[start + 6] != _COMMA or data[start + 8] != _COMMA or data[start + 10] != _COMMA:
        return False
    total, part = int(data[start + 7]) - _ZERO, int(data[start + 9]) - _ZERO
    state[at + TOTAL], state[at + PART_NUMBER] = total, part
    return 1 <= part <= total <= 9 and _payload(data, start, end, state, at)


@compiled
def _payload(data: Bytes, start: int, end: int, state: Numbers, at: int) -> bool:
    """Read on from the sequence number."""
    place = start + 11
    for what in range(SEQUENCE, CHANNEL + 1):
        state[at + what] = 0
        code = data[place]
        if _ZERO <= code <= _NINE or (what == CHANNEL and _A <= code <= _Z):
            state[at + what] = code
            place += 1
        if data[place] != _COMMA:
            return False
        place += 1
    state[at + PAYLOAD] = place
    while place < end and (48 <= data[place] <= 87 or 96 <= data[place] <= 119):
        place += 1
    state[at + PAYLOAD_END] = place
    if place == state[at + PAYLOAD] or end - place < 5 or data[place] != _COMMA:
        return False
    fill = int(data[place + 1]) - _ZERO
    state[at + FILL], state[at + SUM] = fill, _hexadecimal(data, place + 3)
    if not 0 <= fill <= 5 or (fill and state[at + PART_NUMBER] != state[at + TOTAL]):
        return False
    return _holds(data, start + 1, place + 2) and _tail(data, place + 5, end, state, at)


@compiled
def _tail(data: Bytes, start: int, end: int, state: Numbers, at: int) -> bool:
    """Read the receiver's fields behind the checksum: the first of 9 or 10 digits is a time."""
    state[at + TAIL_TIME] = NO_TIME
    if start < end and data[start] != _COMMA:
        return False
    place = start
    while place < end:
        begin = place + 1
        place = _field_end(data, begin, end)
        if begin < place and (data[begin] <= 32 or data[place - 1] <= 32):
            return False
        if 9 <= place - begin <= 10 and _digits(data, begin, place) >= 0:
            state[at + TAIL_TIME] = _epoch(data, begin, place, state)
            return bool(state[at + TAIL_TIME] != NO_TIME)
    return True


@compiled
def tag_block(data: Bytes, start: int, end: int, state: Numbers, at: int) -> bool:
    """Whether a tag block in order stands there, its backslash at the start, and nothing or a sentence behind it."""
    close = start + 1
    while close < end and data[close] != _BACKSLASH:
        close += 1
    if close == end or close - start < 5 or not _holds(data, start + 1, close - 3):
        return False
    state[at + FIELDS], state[at + FIELDS_END], state[at + BEHIND] = start + 1, close - 3, close + 1
    if close + 1 < end and data[close + 1] != _BANG:
        return False
    _group(data, start + 1, close - 3, state, at)
    state[at + FIELDS_TIME] = NO_TIME
    begin = start + 1
    while begin < close - 3:
        stop = _field_end(data, begin, close - 3)
        if stop - begin >= 2 and data[begin] == _c and data[begin + 1] == _COLON:
            state[at + FIELDS_TIME] = _epoch(data, begin + 2, stop, state)
            return bool(state[at + FIELDS_TIME] != NO_TIME)
        begin = stop + 1
    return True


@compiled
def _group(data: Bytes, start: int, end: int, state: Numbers, at: int) -> None:
    """Find the name of the group: behind `g:1-2-`, or behind `1G2:`."""
    state[at + GROUP], state[at + GROUP_END] = 0, 0
    for place in range(start, end - 4):
        begin = 0
        if data[place] == _g and data[place + 1] == _COLON:
            one = _digits_end(data, place + 2, end)
            if place + 2 < one < end and data[one] == _DASH:
                two = _digits_end(data, one + 1, end)
                if one + 1 < two < end and data[two] == _DASH:
                    begin = two + 1
        elif data[place + 1] == _G and data[place + 3] == _COLON and _digit(data, place) and _digit(data, place + 2):
            begin = place + 4
        if begin and _digits_end(data, begin, end) > begin:
            state[at + GROUP], state[at + GROUP_END] = begin, _digits_end(data, begin, end)
            return


@compiled
def is_time_line(data: Bytes, start: int, end: int) -> bool:
    """Whether a line begins with `$PGHP`, or is so short that one would have to look."""
    if end - start < 6:
        return True
    return bool(data[start + 1] == _P and data[start + 2] == _G and data[start + 3] == _H and data[start + 4] == _P)


@compiled
def _instant(state: Numbers, at: int) -> int:
    year, month, day, hour = state[at], state[at + 1], state[at + 2], state[at + 3]
    return instant(year, month, day, hour, state[at + 4], state[at + 5], state[at + 6])


@compiled
def time_line(data: Bytes, start: int, end: int, state: Numbers, at: int) -> bool:
    """Whether a line that begins with `$PGHP` is a time line in order, bound or not."""
    star = end - 3
    if end - start < 30 or data[start + 5] != _COMMA or data[start + 6] != 49 or data[start + 7] != _COMMA:
        return False
    if not _holds(data, start + 1, star):
        return False
    place = start + 8
    for field in range(7):
        stop = _field_end(data, place, star)
        widest = 4 if field == 0 else 3 if field == 6 else 2
        state[at + YEAR + field] = _digits(data, place, stop) if stop - place <= widest else -1
        if state[at + YEAR + field] < 0 or stop == star:
            return False
        place = stop + 1
    for between in range(place, star):
        if data[between] == _STAR:
            return False
    state[at + LINE_BOUND] = _hexadecimal(data, star - 2)
    state[at + LINE_TIME] = _instant(state, at + YEAR)
    return star - place >= 2 and state[at + LINE_BOUND] >= 0 and state[at + LINE_TIME] != IMPOSSIBLE


@compiled
def same_message(data: Bytes, state: Numbers) -> bool:
    """Whether the second of two parts belongs to the first."""
    for what in range(OWN_SENTENCE, CHANNEL + 1):
        if what != PART_NUMBER and state[ONE + what] != state[OTHER + what]:
            return False
    one, other = state[ONE + GROUP], state[OTHER + GROUP]
    length = state[ONE + GROUP_END] - one
    if state[OTHER + PART_NUMBER] != 2 or state[OTHER + GROUP_END] - other != length:
        return False
    same = True
    for place in range(length):
        same &= data[one + place] == data[other + place]
    return same
