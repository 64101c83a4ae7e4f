"""Requests nobody thought of, near those that were answered: the real ids, with any part drawn from the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict
from schemathesis import Case, GenerationMode

from tests.e2e.story.asking import Asked, Story

Parts = Mapping[str, Any]


def near(story: Story, name: str) -> st.SearchStrategy[Case[Any]]:
    """Requests of an operation: any of its parts as it was asked, or as the document allows, or as it does not."""
    operation, asked = story.operation(name), story.asked[name]
    allowed = operation.as_strategy(path_parameters=dict(asked.path))
    anything = [operation.as_strategy(), allowed]
    if operation.iter_parameters() or operation.body:
        anything.append(operation.as_strategy(GenerationMode.NEGATIVE))
    return st.one_of(st.tuples(allowed, st.randoms()).map(lambda drawn: _mixed(asked, *drawn)), *anything)


def _mixed(asked: Asked, case: Case[Any], random: Any) -> Case[Any]:
    """Most parts as they were asked, the others as they were drawn."""
    case.query = _some(asked.query, case.query, random)
    case.headers = CaseInsensitiveDict(_some(asked.headers, case.headers, random))
    if isinstance(asked.body, Mapping) and isinstance(case.body, Mapping):
        case.body = _some(asked.body, case.body, random)
    elif asked.media_type is not None and random.random() < 0.5:
        case.body, case.media_type = asked.body, asked.media_type
    return case


def _some(asked: Parts, drawn: Parts | None, random: Any) -> dict[str, Any]:
    """What was asked, with a part or two drawn anew."""
    names = sorted({*asked, *(drawn or {})})
    changed = set(random.sample(names, min(len(names), random.randint(0, 2))))
    mixed = {name: value for name, value in asked.items() if name not in changed}
    return mixed | {name: value for name, value in (drawn or {}).items() if name in changed}
