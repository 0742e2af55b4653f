"""How parameters and bodies are read: leniently about numbers and text, as the dialect is."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from entrepot.kernel.ids import DIGITS

# Built when first read: most processes are asked for few of the operations.
SHAPE = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True, defer_build=True)


class Query(BaseModel):
    """Parameters of a request; those that nobody reads are passed over."""

    model_config = SHAPE


class Body(BaseModel):
    """A body, or a part of one; fields that nobody reads are passed over."""

    model_config = SHAPE


class Nothing(Query):
    """No parameters, or no body."""


NOTHING = Nothing()


class SortOrder(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


def _number(value: Any) -> int:
    said = str(value)
    if not isinstance(value, int | str) or not DIGITS.fullmatch(said) or int(said) >= 2**63:
        raise ValueError("an id is a string of 1 to 19 digits")
    return int(said)


def _listed(value: Any) -> Any:
    """`ids=1,2` and `ids=1&ids=2` are the same; so is `ids=["1","2"]` in some SDKs."""
    if isinstance(value, str):
        bare = value.strip()
        if bare.startswith("[") and bare.endswith("]"):
            bare = bare[1:-1].replace('"', "")
        return [part.strip() for part in bare.split(",") if part.strip()]
    return value


Number = Annotated[int, PlainValidator(_number)]  # An id, before anyone knows of what.
Csv = Annotated[list[str], BeforeValidator(_listed), Field(max_length=100)]
Numbers = Annotated[list[Number], BeforeValidator(_listed), Field(max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=255)]
LongText = Annotated[str, Field(max_length=10_000)]
Seconds = Annotated[int, Field(ge=0, le=253_402_300_799)]  # Up to the year 9999.
Quantity = Annotated[int, Field(ge=0, le=10**9)]
