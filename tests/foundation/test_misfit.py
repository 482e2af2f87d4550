"""What does not fit is told in words, with its place and what would fit."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

import msgspec
import pytest

from comity.foundation import misfit


class _Light(enum.Enum):
    GREEN = "green"
    AMBER = "amber"


class _Feed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(pattern="^[a-z]+$", description="small letters, like coast")]
    code: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")] = "0"
    lights: tuple[_Light, ...] = ()
    way: Literal["in", "out"] = "in"


class _Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    feed: tuple[_Feed, ...] = ()
    either: _Feed | None = None


@pytest.mark.parametrize(
    ("plain", "told", "remedy"),
    [
        ({"feed": [{"name": "A 1"}]}, "feed[0].name: expected small letters, like coast", ""),
        ({"feed": [{"name": "a", "code": "x"}]}, "feed[0].code: Expected `str` matching regex '^[0-9]+$'", ""),
        ({"feed": [{"name": "a", "cod": "1"}]}, "feed[0]: Object contains unknown field `cod`", "Did you mean 'code'?"),
        ({"fed": []}, "Object contains unknown field `fed`", "Did you mean 'feed'?"),
        (
            {"feed": [{"name": "a", "lights": ["grene"]}]},
            "feed[0].lights[0]: Invalid enum value 'grene'",
            "Did you mean 'green'?",
        ),
        (
            {"feed": [{"name": "a", "lights": ["x"]}]},
            "feed[0].lights[0]: Invalid enum value 'x'",
            "Write one of green, amber.",
        ),
        ({"feed": [{"name": "a", "way": "inn"}]}, "feed[0].way: Invalid enum value 'inn'", "Did you mean 'in'?"),
        ({"feed": [{}]}, "feed[0]: Object missing required field `name`", ""),
        ({"feed": 1}, "feed: Expected `array`, got `int`", ""),
        ({"either": {"name": "A"}}, "either.name: Expected `str` matching regex '^[a-z]+$'", ""),
    ],
)
def test_a_misfit_is_told_in_words(plain: object, told: str, remedy: str) -> None:
    """A path that leads through a union is told as msgspec tells it."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(plain, _Settings)
    found = misfit.read(caught.value, _Settings)
    assert (str(found), found.remedy) == (told, remedy)
