"""What insurers read and write on topics of their own, in the AsyncAPI document, and that document as a page."""

from __future__ import annotations

from typing import Final

from gateway.api import partner_messages
from gateway.domain.disclosure import DISCLOSED
from kit.events.schema import Schema, inlined

OUT, IN = "psc.partner.{insurer}.v1", "psc.partner.{insurer}.inbound.v1"
INBOUND: Final = (
    partner_messages.ClaimAcceptedMessage,
    partner_messages.ClaimRefusedMessage,
    partner_messages.BenefitPaidMessage,
    partner_messages.PremiumReceivedMessage,
    partner_messages.EventAcknowledgedMessage,
)
INTRODUCTION: Final = """# Events

Generated from the code by `python -m relais.contracts`; the exact shapes are in [`asyncapi.json`](asyncapi.json). Each
message is a CloudEvent 1.0 in JSON, in the order of its key within a channel; a field marked `?` may be missing. What
an insurer is told comes by `GET /v1/events` and webhooks as well, and `POST /v1/partner-messages` takes its answers.
"""


def with_partners(document: Schema) -> Schema:
    """The document with the channels of an insurer: what it is told, and what it answers."""
    messages = document["components"]["messages"]
    told = {name: _told(messages[name], fields) for name, fields in sorted(DISCLOSED.items()) if name in messages}
    answers = {model.model_fields["type"].annotation.__args__[0]: model for model in INBOUND}  # type: ignore[union-attr]
    said = {name: _answer(name, model) for name, model in sorted(answers.items())}
    messages |= {f"partner.{name}": message for name, message in told.items()} | said
    document["channels"] |= {
        OUT: _channel(OUT, "What an insurer is told of its lots.", {name: f"partner.{name}" for name in told}),
        IN: _channel(IN, "What an insurer answers.", {n: n for n in said}),
    }
    document["operations"] |= {
        "gateway.told": {"action": "send", "channel": {"$ref": f"#/channels/{OUT}"}, "title": "gateway"},
        "gateway.answered": {"action": "receive", "channel": {"$ref": f"#/channels/{IN}"}, "title": "gateway"},
    }
    return document


def as_page(document: Schema) -> str:
    """The document for people: a table a channel, a line a type with its fields."""
    parts = [INTRODUCTION]
    directions = {one["channel"]["$ref"].rpartition("/")[2]: one["action"] for one in document["operations"].values()}
    for name, channel in document["channels"].items():
        way = "Written by insurers" if directions[name] == "receive" else "Written by Relais"
        parts.append(f"\n## `{name}`\n\n{way}. {channel.get('description', '')}".rstrip() + "\n\n")
        parts.append("| type | what happened | fields of `data` |\n|---|---|---|\n")
        for kind, reference in channel["messages"].items():
            message = document["components"]["messages"][reference["$ref"].rpartition("/")[2]]
            parts.append(f"| `{kind}` | {message.get('summary', '')} | {_fields(message)} |\n")
    return "".join(parts)


def _channel(name: str, description: str, messages: dict[str, str]) -> Schema:
    return {
        "address": name,
        "description": description,
        "parameters": {"insurer": {"description": "Code of the insurer."}},
        "messages": {kind: {"$ref": f"#/components/messages/{key}"} for kind, key in messages.items()},
    }


def _told(message: Schema, fields: frozenset[str]) -> Schema:
    """The message with the fields that an insurer sees (gateway/domain/disclosure.py)."""
    envelope, own = message["payload"]["allOf"]
    data = own["properties"]["data"]
    kept = {name: schema for name, schema in data["properties"].items() if name in fields}
    required = [name for name in data.get("required", ()) if name in kept]
    seen = {**data, "properties": kept, "required": required}
    return {**message, "payload": {"allOf": [envelope, {**own, "properties": {**own["properties"], "data": seen}}]}}


def _answer(name: str, model: type[partner_messages._Message]) -> Schema:
    schema = inlined(model.model_json_schema(mode="validation"))
    about = model.model_fields["data"].annotation
    return {
        "name": name,
        "title": name.removeprefix("fr.psc.partner.").rpartition(".")[0],
        "summary": (getattr(about, "__doc__", None) or "").strip().partition("\n")[0],
        "contentType": "application/cloudevents+json",
        "payload": schema,
    }


def _fields(message: Schema) -> str:
    payload = message["payload"]
    own = payload["allOf"][1] if "allOf" in payload else payload
    data = own["properties"]["data"]
    required = set(data.get("required", ()))
    return ", ".join(f"`{name}`{'' if name in required else '?'}" for name in data.get("properties", {}))
