"""Whoever reads the API's document finds what each operation asks, and what each field says."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from gateway.application.descriptions import words
from rules.book import RuleBook
from tests.operations import merged_document, operations


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = merged_document()["components"]["schemas"]
    return found


def test_every_field_is_described(schemas: dict[str, Any]) -> None:
    silent = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, told in schema.get("properties", {}).items()
        if not told.get("description")
    ]
    assert not silent, "say it in gateway/application/descriptions.yaml"


def test_no_description_is_of_a_field_that_is_gone(schemas: dict[str, Any]) -> None:
    said = {
        (name, field, told["description"])
        for name, schema in schemas.items()
        for field, told in schema.get("properties", {}).items()
    }
    own = {(name, field, text) for name, told in words()["schemas"].items() for field, text in told.items()}
    assert not own - said
    shown = " ".join(text for _, _, text in said)
    by_name = {f"{kind}.{name}": text for kind in ("fields", "nulls") for name, text in words()[kind].items()}
    assert not [name for name, text in by_name.items() if text not in shown]


def test_words_of_a_name_are_not_lent_to_another_thing_of_that_name(schemas: dict[str, Any]) -> None:
    """`source` of an accord is a passage of it; of a message, a system."""
    envelope = ("id", "source", "time", "type")
    messages = [schema["properties"] for name, schema in schemas.items() if name.endswith("Message")]
    assert messages
    lent = {f for told in messages for f in envelope if told[f]["description"] == words()["fields"].get(f)}
    assert lent == set()


def test_each_code_of_a_document_is_told_and_each_version_to_change_is_said_where_to_read(
    schemas: dict[str, Any],
) -> None:
    told = schemas["DocumentRequest"]["properties"]["document"]["description"]
    rows = RuleBook.load().table("claim.documents", date(2026, 1, 1))
    assert {str(row["document"]) for row in rows} == set(re.findall(r"[A-Z]+(?:_[A-Z]+)+", told))
    document = merged_document()
    read = {
        op.name: re.fullmatch(r"ETag de la version à modifier, lu par GET (\S+)\.", parameter["description"])
        for op in operations(document)
        for parameter in op.told.get("parameters", ())
        if parameter["name"] == "If-Match"
    }
    assert [name for name, found in read.items() if not found or "get" not in document["paths"][found[1]]] == []
    steps = read["POST /v1/claims/{claim}/steps"]
    assert steps is not None
    assert steps[1] == "/v1/claims/{claim}/file"


def test_every_operation_with_a_policy_says_whose_rows_it_touches() -> None:
    silent = [op.name for op in operations(merged_document()) if op.policy and not op.told.get("description")]
    assert not silent


def test_what_is_left_out_stands_for_a_value_of_its_own_kind(schemas: dict[str, Any]) -> None:
    texts = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, told in schema.get("properties", {}).items()
        if told.get("type") == "string" and not isinstance(told.get("default", ""), str)
    ]
    assert not texts
