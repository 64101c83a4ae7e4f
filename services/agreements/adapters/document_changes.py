"""An accord's document cut short: what an end makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.domain.scheme import Convention


def ended(document: AgreementDocument, on: date) -> AgreementDocument:
    """The accord until `on` included: nobody is a party after it."""
    content = document.dump()
    content["effective"] = _cut_one(content["effective"], on)
    for group in ("employers", "insurers", "exceptions"):
        content[group] = _cut(content[group], on)
    return AgreementDocument.model_validate(content)


def without_employer(document: AgreementDocument, siret: str, on: date) -> AgreementDocument:
    """The accord with an employer that is bound until `on` included."""
    content = document.dump()
    content["employers"] = _cut(content["employers"], on, lambda part: part["siret"] == siret)
    content["exceptions"] = _cut(content["exceptions"], on, lambda part: part["employer"] == siret)
    return AgreementDocument.model_validate(content)


def without_convention(document: AgreementDocument, convention: Convention, on: date) -> AgreementDocument:
    """The accord with an insurer that insures by a convention until `on` included."""
    content = document.dump()
    content["insurers"] = _cut(
        content["insurers"],
        on,
        lambda part: part["code"] == convention.insurer and part.get("convention") in (None, convention.id),
    )
    return AgreementDocument.model_validate(content)


def convention_ended(scheme: SchemeDocument, key: str, on: date, reason: str) -> SchemeDocument:
    """The scheme with a convention that runs until `on` included."""
    content = scheme.dump()
    for (name, _), part in zip(scheme.named(), content["conventions"], strict=True):
        if name == key:
            part.update(id=key, to=on.isoformat(), ended=reason)
    return SchemeDocument.model_validate(content)


def _cut(
    parts: Iterable[dict[str, Any]], on: date, concerned: Callable[[dict[str, Any]], bool] = bool
) -> list[dict[str, Any]]:
    """Dated parts cut after a day, as far as they are concerned; those that would only begin then are left out."""
    found = []
    for part in parts:
        if not concerned(part):
            found.append(part)
        elif part["from"] <= on.isoformat():
            found.append(_cut_one(part, on))
    return found


def _cut_one(part: dict[str, Any], on: date) -> dict[str, Any]:
    last = on.isoformat()
    return part if part["to"] is not None and part["to"] <= last else {**part, "to": last}
