"""A fault: something wrong, told so that the reader can mend it."""

from __future__ import annotations


class Fault(Exception):  # noqa: N818 - the field says fault, and so do we
    """Says what is wrong, where, and what to do about it.

    `what` is a sentence without its full stop; `where` names the file, line, field or partner;
    `remedy` is an imperative sentence, or empty where nothing can be done.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}.{advice}"


class Refused(Fault):
    """The caller may not do this: the role, the state or the law forbids it. Nothing was changed."""


class Missing(Fault):
    """What was asked for is not here."""
