"""What request bodies and answers have in common."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

Limit = Annotated[int, Field(ge=1, le=1000)]
Cursor = Annotated[str, Field(max_length=2048)] | None


class Plain(BaseModel):
    """A part of an answer that is made of dictionaries, for lists of many.

    A Schema wraps whatever it reads, for the sake of model instances, which costs a page of nested parts half its time.
    """


class Input(Schema):
    """A request body: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        """NUL is no character of any language, and PostgreSQL cannot store it."""
        if isinstance(value, dict) and any("\x00" in text for text in value.values() if isinstance(text, str)):
            raise PydanticCustomError("nul", "no NUL")
        return value

    def given(self) -> dict[str, Any]:
        """The fields that were sent and are not null: null in a change means "as it is"."""
        sent = self.model_dump(exclude_unset=True)
        return {key: value for key, value in sent.items() if value is not None}


class Reason(Input):
    """Why something is done: goes into the audit record."""

    reason: str = Field(min_length=2, max_length=500)
