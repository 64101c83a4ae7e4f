"""contracts/ is what the code says, for every component."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.kafka.topics import declared
from kit.events.envelope import EventType
from relais.contracts import FOLDER, breaking, drift, generated, published, write

FORBIDDEN = {"nir", "pathology", "pathology_group", "cause", "cause_key", "certificate", "diagnosis"}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generated(published())


def test_contracts_are_up_to_date(files: dict[str, str]) -> None:
    assert list(drift(files, FOLDER)) == [], "python -m relais.contracts"


def test_a_type_belongs_to_its_publisher() -> None:
    for component, models in published().items():
        assert {EventType(model.type).service for model in models} <= {component}


def test_every_topic_is_declared_for_kafka() -> None:
    topics = {model.topic for models in published().values() for model in models}
    assert topics <= {topic.name for topic in declared()}


def test_no_payload_has_a_field_for_what_may_not_travel(files: dict[str, str]) -> None:
    for name, content in files.items():
        assert not FORBIDDEN & set(properties(json.loads(content))), name


def properties(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


def test_drift_is_seen(files: dict[str, str], tmp_path: Path) -> None:
    write(files, tmp_path)
    assert list(drift(files, tmp_path)) == []
    name = next(iter(files))
    (tmp_path / name).write_text("{}")
    (tmp_path / "events" / "fr.psc.claims.claim.forgotten.v1.json").write_text("{}")
    assert sorted(drift(files, tmp_path)) == sorted(
        [f"{name}: out of date", "events/fr.psc.claims.claim.forgotten.v1.json: left over"]
    )
    write(files, tmp_path)
    assert list(drift(files, tmp_path)) == []


def test_a_changed_or_withdrawn_version_is_breaking() -> None:
    before = {
        "events/a.json": '{"properties": {"x": {"type": "string"}}, "required": ["x"]}',
        "events/b.json": '{"properties": {}}',
        "asyncapi.json": "{}",
    }
    after = {"events/a.json": '{"properties": {"y": {"type": "string"}}}', "asyncapi.json": '{"new": 1}'}
    assert list(breaking(after, before.get, list(before))) == [
        "events/a.json: /x: removed",
        "events/b.json: no longer published",
    ]
