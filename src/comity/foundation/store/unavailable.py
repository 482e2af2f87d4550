"""Unavailable: what the database could not do, in words, and never in the errors of its driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg_pool import PoolTimeout

from comity.foundation.store.connections import AllInUse
from comity.vocabulary.fault import Fault

_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


class Unavailable(Fault):
    """The database did not do the work: it does not answer, or has no room. Nothing was changed; try again later."""


class Busy(Unavailable):
    """The database answers, but what was needed stayed in the hands of other work for too long."""


def silent(error: Exception) -> Unavailable:
    """Return that the database does not answer."""
    return Unavailable(
        f"the database does not answer ({type(error).__name__})",
        remedy="Look at the node's log and the database's; the work is tried again.",
    )


@contextmanager
def told() -> Iterator[None]:
    """Tell what the database could not do within the block in words.

    Raises:
        Unavailable: it did not do the work.
        Fault: it cannot: a value is none that it keeps.
    """
    try:
        yield
    except _BUSY as error:
        raise Busy(
            f"other work kept the database too long ({type(error).__name__})", remedy="Try again in a moment."
        ) from error
    except psycopg.DataError as error:
        raise Fault(
            "a value is none that can be kept or looked for: a text with a zero character, or a number too large",
            remedy="Send another value.",
        ) from error
    except psycopg.errors.DiskFull as error:
        raise Unavailable(
            "the database has no room left on its disk",
            remedy="Make room there; nothing was changed, and the work is tried again.",
        ) from error
    except AllInUse as error:
        raise Unavailable(
            f"{error} for too long: by other work, or the database does not answer",
            remedy="Look at the node's log and the database's; the work is tried again.",
        ) from error
    except (PoolTimeout, psycopg.OperationalError) as error:
        raise silent(error) from error
