"""Why a line of a file is refused, in the words its HTTP request would get."""

from __future__ import annotations

from pydantic import ValidationError

from kit.db.jobs import Reject
from kit.errors import RelaisError
from kit.http.validation import problem_of


def of_validation(line: int, error: ValidationError, flattened: str = "") -> list[Reject]:
    """One reject a field; `flattened` is the pointer of an object whose fields stand beside the others in the file."""
    return [
        Reject(line, one.pointer.removeprefix(flattened) or "/", one.code, one.detail_fr)
        for one in problem_of(error.errors()).errors
    ]


def of_error(line: int, error: RelaisError) -> Reject:
    return Reject(line, error.pointer or "/", error.code, error.detail_fr or f"{error.title_fr}.")


def not_yours(line: int) -> Reject:
    """The line is about another employer's agent than the file is sent for."""
    return Reject(line, "/employer", "employer_not_yours", "Employeur hors de votre périmètre.")
