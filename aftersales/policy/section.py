"""What all policy sections share: strict, frozen, no unknown keys, and the number types with their Chinese names."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr


class Section(BaseModel):
    """A mapping in a policy file. Unknown keys are errors: a typing mistake must not silently keep a default."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _money(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("money")
    return Decimal(str(value))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


PositiveInt = Annotated[StrictInt, Field(gt=0)]
WholeNumber = Annotated[StrictInt, Field(ge=0)]
#: Yuan; written as 50 or 9.9 in YAML.
Money = Annotated[Decimal, BeforeValidator(_money), Field(ge=0)]
Text = Annotated[StrictStr, Field(min_length=1)]
#: Lists in YAML, tuples in Python: a loaded policy cannot change.
Texts = Annotated[tuple[Text, ...], BeforeValidator(_tuple)]
AsTuple = BeforeValidator(_tuple)
