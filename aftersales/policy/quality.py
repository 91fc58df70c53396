"""data/policy/quality.yml: how conversations are scored (H51)."""

from typing import Annotated

from pydantic import Field

from aftersales.policy.section import PositiveInt, Section, Text


class Criterion(Section):
    """What is looked at, and how many points it can have. `hint`: what full points mean."""

    name: Text
    points: PositiveInt
    hint: Text


class Quality(Section):
    """`sample_most`: conversations that one draw may have."""

    criteria: Annotated[dict[str, Criterion], Field(min_length=1)]
    sample_most: PositiveInt
