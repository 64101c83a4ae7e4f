"""The event: a payload of one service in a CloudEvents 1.0 envelope (structured JSON).

Payloads hold facts and ids, amounts as strings; never a NIR, a pathology, a cause or a certificate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

# `sequence` of CloudEvents is a string that sorts as text: the aggregate's version, padded to a fixed width.
SEQUENCE_DIGITS: Final = 12
# Without named groups: they go into JSON Schemas, whose regular expressions are those of JavaScript.
TYPE_PATTERN: Final = r"^fr\.psc\.([a-z]+)\.[a-z-]+\.[a-z-]+\.v([1-9][0-9]*)$"
TOPIC_PATTERN: Final = r"^psc\.([a-z]+)\.[a-z0-9.-]+\.v[1-9][0-9]*$"


class EventType:
    """Reads `fr.psc.<service>.<noun>.<past participle>.v<major>`.

    >>> kind = EventType("fr.psc.eligibility.sick-leave.started.v1")
    >>> kind.service, kind.major, kind.family
    ('eligibility', 1, 'fr.psc.eligibility.sick-leave.started')
    """

    __slots__ = ("family", "major", "service")

    def __init__(self, text: str) -> None:
        match = re.match(TYPE_PATTERN, text)
        if match is None:
            raise ValueError(f"not an event type: {text!r}")
        self.service: str = match[1]
        self.major = int(match[2])
        self.family: str = text.rpartition(".v")[0]


class EventData(BaseModel):
    """Base of payloads. A subclass names its `type` and `topic`; readers ignore fields they do not know.

    >>> class Hired(EventData):
    ...     type = "fr.psc.eligibility.agent.hired.v1"
    ...     topic = "psc.eligibility.agent.v1"
    ...     agent: str
    >>> Hired.model_validate({"agent": "a", "added_later": 1}).model_dump()
    {'agent': 'a'}
    """

    model_config = ConfigDict(
        extra="ignore", frozen=True, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    type: ClassVar[str]
    topic: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """A payload with a malformed type or topic, or with the topic of another service, fails at import."""
        if "type" not in cls.__dict__:
            return
        service = EventType(cls.type).service
        match = re.match(TOPIC_PATTERN, cls.topic)
        if match is None or match[1] != service:
            raise TypeError(f"{cls.__name__}: topic {cls.topic!r} does not belong to {service}")


class Envelope(BaseModel):
    """CloudEvents 1.0 with the extensions of Relais. Attributes left out and null mean the same.

    `partitionkey` is the aggregate's key, `sequence` its version: 1, 2, 3… without a hole for each (topic, key).
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str = Field(min_length=1)
    type: str = Field(pattern=TYPE_PATTERN)
    subject: str | None = Field(None, description="Path of the resource, below the gateway: /v1/claims/…")
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    topic: str = Field(pattern=TOPIC_PATTERN)
    partitionkey: str = Field(min_length=1)
    sequence: int = Field(ge=1)
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    employer: str | None = None
    insurer: str | None = None
    data: dict[str, Any]

    @field_validator("sequence", mode="before")
    @classmethod
    def _read_sequence(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value

    @field_serializer("sequence")
    def _write_sequence(self, value: int) -> str:
        return f"{value:0{SEQUENCE_DIGITS}d}"

    @property
    def key(self) -> str:
        """The aggregate's key: one order per (topic, key)."""
        return self.partitionkey

    @classmethod
    def read(cls, content: bytes | str) -> Self:
        """Read structured JSON. Raises pydantic.ValidationError when it is no event of Relais."""
        return cls.model_validate_json(content)

    def json_text(self) -> str:
        """Structured JSON, absent attributes left out; the same event always gives the same text."""
        return self.model_dump_json(exclude_none=False, exclude=self._absent())

    def _absent(self) -> set[str]:
        """Optional attributes without a value; nulls inside `data` stay."""
        return {name for name in _OPTIONAL if getattr(self, name) is None}

    def headers(self) -> Mapping[str, str]:
        """The `ce_*` headers that duplicate the attributes, for brokers and filters that do not open the body."""
        attributes = self.model_dump(mode="json", exclude={"data", "datacontenttype"} | self._absent())
        return {f"ce_{name}": str(value) for name, value in attributes.items()}


_OPTIONAL: Final = tuple(
    name for name, field in Envelope.model_fields.items() if not field.is_required() and field.default is None
)
