"""Whom somebody stands for, and what he may do: between a form and the API's fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kit.http.auth import SCOPES

# What a form offers; the first stands for nobody.
KINDS: Final = ("nobody", "employers", "all_employers", "department", "insurer")
SCOPE: Final = "scope."


def standing_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """The members of a request from the fields of a form; those of another kind are left out.

    >>> standing_of({"stands": "employers", "employers": "1 2, 3", "department": "85"})
    {'employers': ['1', '2', '3']}
    >>> standing_of({"stands": "all_employers"}), standing_of({"stands": "department", "department": "85"})
    ({'all_employers': True}, {'department': '85'})
    """
    kind = fields.get("stands", "")
    if kind == "employers":
        return {"employers": fields.get("employers", "").replace(",", " ").split()}
    if kind == "all_employers":
        return {"all_employers": True}
    return {kind: fields.get(kind) or None} if kind in {"department", "insurer"} else {}


def scopes_of(fields: Mapping[str, str]) -> list[str]:
    """The scopes whose boxes were ticked."""
    return sorted(name.removeprefix(SCOPE) for name in fields if name.startswith(SCOPE))


def shown(one: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a form from what the API says of a client or a person.

    >>> found = shown({"employers": ["1", "2"], "insurer": None, "department": None, "scopes": ["agents:read"]})
    >>> found["stands"], found["employers"], found["scope.agents:read"]
    ('employers', '1 2', 'on')
    """
    fields = {"department": one["department"] or "", "insurer": one["insurer"] or ""}
    fields["employers"] = " ".join(one["employers"] or ())
    fields["stands"] = kind_of(one)
    return fields | {SCOPE + scope: "on" for scope in one["scopes"]}


def kind_of(one: Mapping[str, Any]) -> str:
    """Which of KINDS it is."""
    if one["insurer"]:
        return "insurer"
    if one["department"]:
        return "department"
    if one["employers"] is None:
        return "all_employers"
    return "employers" if one["employers"] else "nobody"


def offered(held: frozenset[str]) -> list[str]:
    """The scopes that somebody with these may give, in the order of the API."""
    return [scope for scope in SCOPES if scope in held]
