"""Notes between partners on what was given: taken note of, or no longer counting (docs/formats/acknowledgement.md).

And docs/formats/cancellation.md. No record fits into either.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.vocabulary.instant import LATEST
from comity.vocabulary.message import Digest
from comity.vocabulary.writing import Ending

Moment = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """That an officer took note of the record at this place of a release."""

    message: Digest
    place: Annotated[int, msgspec.Meta(ge=0, le=999)]
    time: Moment


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """That a record counts no more."""

    record: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    ending: Ending
    time: Moment
