"""Fields: a record's values by name, as the API's answers carry them."""

from __future__ import annotations

from typing import Any, TypeAlias

Fields: TypeAlias = dict[str, Any]
"""What `vocabulary.record.Value` says of each: that type refers to itself, which no maker of documents can describe."""
