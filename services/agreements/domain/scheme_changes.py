"""What a correction of a regional scheme leaves alone: what accords stand on ends by its own operation, shown first."""

from __future__ import annotations

from collections.abc import Iterator

from services.agreements.domain.finding import Finding, error
from services.agreements.domain.scheme import Convention, Scheme

_SOURCE = "accord art. 8"


def correction_findings(before: Scheme, after: Scheme) -> list[Finding]:
    """Why a document cannot stand in the place of another of the same scheme."""
    if after.id != before.id:
        return [error("another_scheme", "/document/scheme", _SOURCE, "Le document est celui d'un autre régime.")]
    found: list[Finding] = []
    places = {one.id: place for place, one in enumerate(after.conventions)}
    for one in before.conventions:
        place = places.get(one.id)
        if place is None:
            message = f"La convention {one.id} n'y est plus : citez-la par son identifiant."
            found.append(error("convention_gone", "/document/conventions", _SOURCE, message))
        else:
            found += _changed(one, after.conventions[place], f"/document/conventions/{place}")
    return found


def _changed(before: Convention, after: Convention, place: str) -> Iterator[Finding]:
    """A convention may be told better and prolonged: contracts stand on its insurer and on its days."""
    if after.insurer != before.insurer:
        message = "Une convention garde son assureur : celle d'un autre en est une autre."
        yield error("convention_insurer", f"{place}/insurer", _SOURCE, message)
    if after.period.start > before.period.start:
        yield error(
            "convention_shortened", f"{place}/from", _SOURCE, "Une correction n'ôte aucun jour à une convention."
        )
    if before.ended is not None and (after.period.end, after.ended) != (before.period.end, before.ended):
        yield error("convention_ended", f"{place}/to", _SOURCE, "La convention a pris fin.")
    elif before.ended is None and (after.ended is not None or after.period.last < before.period.last):
        message = "La fin d'une convention se dit par POST /v1/conventions/{convention}/end."
        yield error("convention_shortened", f"{place}/to", _SOURCE, message)
