"""Lines of files as requests; one that is refused says why in the words its HTTP request would get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from kit.db.jobs import Job, Reject
from kit.errors import RelaisError
from kit.http.import_lines import CSV, Record
from kit.http.types import Request
from kit.http.validation import problem_of

R = TypeVar("R", bound=Request)


def in_cells(record: Record, job: Job, body: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Record:
    """The record as a body; the cells of a CSV file are written otherwise."""
    written = record.refused is None and job.options["format"] == CSV
    return record._replace(fields=body(record.fields)) if written else record


def read_line(
    record: Record, job: Job, model: type[R], rejects: list[Reject], *, flat: Mapping[str, Any] | None = None
) -> R | None:
    """The line as a request about an agent of the job's employer, or None with its reasons added to `rejects`.

    `flat`: the fields to read where those of the employment stood beside the others.
    """
    if record.refused is not None:
        rejects.append(record.refused)
        return None
    try:
        request = model.model_validate(record.fields if flat is None else flat)
    except ValidationError as error:
        pointers_from = "" if flat is None else "/employment"
        rejects += [
            Reject(record.line, one.pointer.removeprefix(pointers_from) or "/", one.code, one.detail_fr)
            for one in problem_of(error.errors()).errors
        ]
        return None
    if job.employer not in (None, getattr(request, "employer", None)):
        rejects.append(Reject(record.line, "/employer", "employer_not_yours", "Employeur hors de votre périmètre."))
        return None
    return request


def of_error(line: int, error: RelaisError, *, under: str = "") -> Reject:
    """A line that was refused; of what is `under` a part of the body the file has the fields beside the others."""
    return Reject(line, (error.pointer or "/").removeprefix(under), error.code, error.detail_fr or f"{error.title_fr}.")
