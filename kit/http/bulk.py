"""Many items in one call, each with its own answer: one that is refused does not keep the others from being done.

A request declares `items: Annotated[list[Annotated[ItemRequest, OrMalformed]], Field(min_length=1, max_length=500)]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from kit.http.problem import Problem
from kit.http.types import Answer
from kit.http.validation import problem_of

MAX_ITEMS: Final = 500


@dataclass(frozen=True, slots=True)
class Malformed:
    """An item that is not of the declared shape, and why."""

    error: ValidationError

    def problem(self, index: int) -> Problem:
        """The 422 of the item; its pointers lead into the whole body."""
        return problem_of([{**error, "loc": ("items", index, *error["loc"])} for error in self.error.errors()])


def _or_malformed(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        return Malformed(error)


OrMalformed: Final = WrapValidator(_or_malformed)


class Remark(Answer):
    """What somebody should look at in what was done all the same. Never a value that the request brought."""

    code: str
    pointer: str
    detail: str


class ItemAnswer(Answer):
    """What became of the item at this index: 201 entered, 200 already known, else a problem."""

    index: int
    status: int
    id: str | None = None
    problem: dict[str, Any] | None = None
    warnings: tuple[Remark, ...] = ()


class BulkAnswer(Answer):
    """One answer per item, in their order."""

    items: list[ItemAnswer]
