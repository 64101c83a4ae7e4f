"""Every operation that changes something says how it is safe to send again, or which version it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from relais.contracts import FOLDER, OPENAPI
from tests.operations import SCHEMAS, Operation, operations

# Neither a key nor a version, and why none is needed.
AGAIN: Final = {
    "DELETE /v1/agents/{agent}/death/{kind}": "gone stays gone",
    "DELETE /v1/agents/{agent}/proofs/{proof}": "gone stays gone",
    "DELETE /v1/delegations/{delegation}": "ended stays ended",
    "DELETE /v1/sessions/{session}": "gone stays gone",
    "DELETE /v1/webhooks/{webhook}": "gone stays gone",
    "POST /v1/agents/erasures": "erased already, it says when",
    "POST /v1/agents/purges": "what is gone is not found again",
    "POST /v1/agreements/{agreement}/committee/meetings/{held_on}/sending": "a meeting is sent on one day",
    "POST /v1/agreements/{agreement}/committee/members": "known by side, party, name and first day",
    "POST /v1/agreements/{agreement}/committee/members/leaving": "a member leaves on one day",
    "POST /v1/agreements/{agreement}/notices/{version}/mails": "one mail an agent and version",
    "POST /v1/agreements/{agreement}/publish": "published stays published",
    "POST /v1/agreements/{agreement}/sign": "signed stays signed",
    "POST /v1/claims/erasures": "erased already, it says when",
    "POST /v1/claims/purges": "what is gone is not found again",
    "POST /v1/claims/{claim}/documents": "known by its reference",
    "POST /v1/clients": "known by its id, and the second is told so",
    "POST /v1/contributions/erasures": "erased already, it says when",
    "POST /v1/contributions/purges": "what is gone is not found again",
    "POST /v1/dsn/{declaration}/reconcile": "what is compared twice is the same",
    "POST /v1/dsn/{declaration}/reconciliations": "what is compared twice is the same",
    "POST /v1/delegations": "known by its employer, delegate and days, and the second is told so",
    **{
        f"POST /v1/exchanges/{name}/replays": "handled again, as every consumer must expect"
        for name in ("agreements", "claims", "contributions", "eligibility", "gateway")
    },
    "POST /v1/notices/reports": "known by the mail it is about",
    "POST /v1/partner-messages": "known by the id of its sender",
    "POST /v1/schemes/{scheme}/committee/meetings/{held_on}/sending": "a meeting is sent on one day",
    "POST /v1/schemes/{scheme}/committee/members": "known by side, party, name and first day",
    "POST /v1/schemes/{scheme}/committee/members/leaving": "a member leaves on one day",
    "POST /v1/signing-keys/rotations": "one key more, published beside the others",
    "POST /v1/users": "known by its login, and the second is told so",
    "POST /v1/webhooks": "a second one to an address is seen in the list, and removed",
    "POST /v1/webhooks/{webhook}/keys": "one key more, kept beside the one before",
    "POST /v1/webhooks/{webhook}/replays": "delivered again, as a receiver must expect",
}
# One by one known by what it says: SIRET and matricule, month, or the line of a file.
MANY: Final = {"207", "202"}


def changing() -> Iterator[Operation]:
    told = json.loads((FOLDER / OPENAPI).read_text(encoding="utf-8"))
    for operation in operations(told):
        assert operation.policy is not None
        if operation.method != "GET" and not operation.policy["computes"]:
            yield operation


def declared(operation: Operation) -> bool:
    """A key, a version, a PUT at its place, a natural key (200 where it is known), or a change shown first."""
    successes = {status for status in operation.told["responses"] if status.startswith("2")}
    return (
        operation.header("Idempotency-Key")
        or operation.header("If-Match")
        or operation.method == "PUT"
        or successes >= {"200", "201"}
        or (("/imports" in operation.path or operation.path.endswith(":bulk")) and bool(successes & MANY))
        or "confirm" in _members(operation)
    )


def _members(operation: Operation) -> set[str]:
    content = operation.told.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").removeprefix(SCHEMAS)
    return set(operation.schemas.get(name, {}).get("properties", ()))


def test_what_changes_something_says_how_it_is_safe_to_send_again() -> None:
    found = list(changing())
    assert len(found) > 80
    assert {one.name for one in found if not declared(one)} == AGAIN.keys()


def test_a_patch_names_the_version_it_changes() -> None:
    unnamed = [one.name for one in changing() if one.method == "PATCH" and not one.header("If-Match")]
    assert unnamed == []
