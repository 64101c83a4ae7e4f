"""The parameters of an address: each known and said once, so that nobody takes for heard what was not.

A name that is misspelt (`known_At`) would be passed over, and what is now be given for what was known then.
"""

from __future__ import annotations

from typing import Any, get_args, get_origin

from fastapi import Request

from kit.http.problem import FieldError
from kit.http.strict_json import UNSTORABLE
from kit.http.validation import invalid, pointer


def parameters_of(dependant: Any) -> dict[str, bool]:
    """The parameters that an operation reads from the address, through all its dependencies: whether each is a list."""
    known = {one.alias: _is_list(one.field_info.annotation) for one in dependant.query_params}
    for dependency in dependant.dependencies:
        known |= parameters_of(dependency)
    return known


def check_query(request: Request, known: dict[str, bool]) -> None:
    """Raises a Problem 422 on a parameter that is unknown, given twice and no list, or holds what no text may."""
    errors: list[FieldError] = []
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        place = pointer(("query", name))
        if name not in known:
            errors.append(FieldError(place, "Paramètre inconnu.", "Unknown parameter.", "unknown_parameter"))
        elif name in seen and not known[name]:
            twice = ("Paramètre donné deux fois.", "Parameter given twice.")
            errors.append(FieldError(place, *twice, "repeated_parameter"))
        elif UNSTORABLE.search(value):
            errors.append(FieldError(place, "Caractère interdit.", "Forbidden character.", "forbidden_character"))
        seen.add(name)
    if errors:
        raise invalid(errors)


def _is_list(annotation: Any) -> bool:
    """Whether it is a list, or one that may be left out."""
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))
