"""One who asks by the document: its examples with the ids of this platform; answers must be as it says."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import schemathesis
from relais_client import Relais
from schemathesis import Case, Response
from schemathesis.checks import CheckFunction, load_all_checks
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from kit.http.policy import X_POLICY
from tests.platform import TestPlatform

load_all_checks()


@schemathesis.serializer("message/rfc822", "application/jsonl", "application/x-ndjson", "application/pdf", "image/*")
def _as_it_is(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


# A server error, or an answer that the document does not describe.
CHECKS: Final[list[CheckFunction]] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
PATIENCE_S: Final = 60.0
POLL_S: Final = 0.4
STAFF: Final = "demo-staff"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was answered well, and by whom it was sent: what others may start from."""

    by: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    media_type: str | None


@dataclass(slots=True)
class Story:
    """What is told so far. `known` are values of path parameters, by name."""

    platform: TestPlatform
    document: Mapping[str, Any]
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    known: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    # What was said otherwise than the example does, each time that it was answered well.
    otherwise: dict[str, list[set[str]]] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    schema: Any = None
    _clients: dict[str, Relais] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.schema = schemathesis.openapi.from_dict(dict(self.document))

    def operation(self, name: str) -> APIOperation[Any, Any, Any, Any]:
        """By its name, as `GET /v1/agents/{agent}`."""
        method, path = name.split()
        found: APIOperation[Any, Any, Any, Any] = self.schema[path][method]
        return found

    def operations(self) -> Iterator[str]:
        """The names of all."""
        return (f"{method.upper()} {path}" for path, item in self.document["paths"].items() for method in item)

    def changes_nothing(self, name: str) -> bool:
        """Whether it reads, or computes what it is asked."""
        policy = self.operation(name).definition.raw.get(X_POLICY, {})
        return name.startswith("GET ") or bool(policy.get("computes"))

    def example(self, name: str) -> dict[str, Any]:
        """The body that the document shows for an operation."""
        content = self.operation(name).definition.raw["requestBody"]["content"]
        schema = content[JSON]["schema"]["$ref"].rpartition("/")[2]
        found: dict[str, Any] = self.document["components"]["schemas"][schema]["examples"][0]
        return found

    def authorisation(self, name: str, by: str = "") -> dict[str, str]:
        """The header of whoever asks for this; at the door, which gives tokens, there is none yet."""
        if "/oauth/" in name:
            return {}
        client = by or self.asked[name].by
        if client not in self._clients:
            self._clients[client] = self.platform.typed(client)
        return {"Authorization": f"Bearer {self._clients[client].token()}"}

    def ask(self, name: str, *, by: str = STAFF, **said: Any) -> httpx.Response:
        """Send one request, and hold its answer against the document. It must be a success.

        `body` is added to the example of the operation, or is the text of a file; `query`, `etag` and `employer_of`
        (whom a file is for) go where they go; what else is said are path parameters, beside those that are known.
        """
        operation = self.operation(name)
        body, query, etag, employer = (said.pop(word, None) for word in ("body", "query", "etag", "employer_of"))
        path = {p: said.get(p, self.known.get(p)) for p in _parameters(operation, "path")}
        headers = {"X-Acting-Employer": employer, "If-Match": etag}
        if "Idempotency-Key" in _parameters(operation, "header"):
            headers["Idempotency-Key"] = secrets.token_hex(8)
        asked = Asked(by, path, query or {}, {k: v for k, v in headers.items() if v}, *self._body(operation, body))
        response = self.send(name, asked)
        assert response.is_success, f"{name}: {response.status_code} {response.text}\n{asked}"
        self.asked[name] = asked
        if asked.media_type == JSON and not isinstance(body, tuple):
            self.otherwise.setdefault(name, []).append(set(_otherwise(self.example(name), asked.body)))
        return response

    def send(self, name: str, asked: Asked) -> httpx.Response:
        """Send what was asked before, as it was or changed; any answer the document describes will do."""
        case = self.operation(name).Case(
            path_parameters=dict(asked.path),
            query=dict(asked.query),
            headers={**asked.headers, **self.authorisation(name, asked.by)},
            **({} if asked.media_type is None else {"body": asked.body, "media_type": asked.media_type}),
        )
        response = case.call(base_url=self.platform.gateway, timeout=PATIENCE_S)
        self.hold(case, response)
        return httpx.Response(response.status_code, headers=_flat(response.headers), content=response.content)

    def hold(self, case: Case[Any], response: Response) -> None:
        """Hold an answer against the document, and count the successes."""
        case.validate_response(response, checks=CHECKS)
        if response.status_code < httpx.codes.MULTIPLE_CHOICES:
            self.answered[case.operation.label] += 1

    def until(self, holds: Callable[[], Any], what: str) -> Any:
        """Ask again until something comes of it: facts travel."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := holds()):
            assert time.monotonic() < deadline, f"{what}: nothing after {PATIENCE_S} s"
            time.sleep(POLL_S)
        return found

    def _body(self, operation: APIOperation[Any, Any, Any, Any], said: Any) -> tuple[Any, str | None]:
        content = operation.definition.raw.get("requestBody", {}).get("content", {})
        if not content:
            return None, None
        if isinstance(said, tuple):  # a file and its kind
            return said
        return {**self.example(operation.label), **(said or {})}, JSON


def _parameters(operation: APIOperation[Any, Any, Any, Any], place: str) -> list[str]:
    return [p["name"] for p in operation.definition.raw.get("parameters", ()) if p["in"] == place]


def _otherwise(shown: Any, said: Any) -> Iterator[str]:
    """The members that are not as shown, at any depth: names alone."""
    if isinstance(shown, dict) and isinstance(said, dict):
        for name in shown.keys() | said.keys():
            if name in shown and isinstance(said.get(name), type(shown[name])) and isinstance(shown[name], dict | list):
                yield from _otherwise(shown[name], said[name])
            elif shown.get(name) != said.get(name):
                yield name
    elif isinstance(shown, list) and isinstance(said, list) and len(shown) == len(said):
        for one, other in zip(shown, said, strict=True):
            yield from _otherwise(one, other)
    elif shown != said:
        yield "*"


def _flat(headers: Mapping[str, Any]) -> dict[str, str]:
    """One value each; the body is decoded already."""
    left_out = {"content-encoding", "content-length", "transfer-encoding"}
    flat = {name.lower(): value[0] if isinstance(value, list) else value for name, value in headers.items()}
    return {name: value for name, value in flat.items() if name not in left_out}
