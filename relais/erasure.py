"""Erasing a person in every service that holds any of it, and what each purges: through the API, service by service.

Eligibility comes last: until it is done the person is known, so that whoever was stopped in the middle asks again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from relais.api import Api
from relais.errors import CommandError
from relais.instants import shown
from rules.book import RuleBook

# Where each service answers, in the order in which they are erased.
SERVICES: Final = {"claims": "/v1/claims", "contributions": "/v1/contributions", "eligibility": "/v1/agents"}
ERASED: Final = "effacé"
Previews = Mapping[str, Mapping[str, Any]]


def preview(api: Api, agent: str) -> Previews:
    """What each service would erase, what forbids it, or when it was done. Raises Refused for an unknown agent."""
    return {name: api.get(f"{path}/erasures", agent=agent) for name, path in SERVICES.items()}


def code(previews: Previews) -> str:
    """What a confirmation repeats: it changes as soon as a preview does."""
    return ".".join(one["preview"] or ERASED for one in previews.values())


def confirm(api: Api, agent: str, confirmed: str, reason: str, *, override: bool) -> Previews:
    """Erase what a preview told, where that is not done yet; when each service did.

    Raises CommandError before anything when the preview is stale or a retention runs, Refused when a service says so.
    """
    previews = preview(api, agent)
    marks = dict(zip(previews, confirmed.split("."), strict=False))
    left = {name: one for name, one in previews.items() if one["erased_at"] is None}
    if any(marks.get(name) != one["preview"] for name, one in left.items()):
        raise CommandError("L'aperçu confirmé n'est plus à jour : relisez-le avant de confirmer.")
    held = [f"{name} : {hold['why']}" for name, one in left.items() for hold in one["holds"]]
    if held and not override:
        raise CommandError("\n".join(["Une conservation obligatoire court encore, rien n'est effacé.", *held]))
    for name, one in left.items():
        body = {"preview": one["preview"], "reason": reason, "override": override}
        api.send("POST", f"{SERVICES[name]}/erasures", params={"agent": agent}, json=body)
    return preview(api, agent)


def purges(api: Api, *, dry_run: bool) -> dict[str, list[dict[str, Any]]]:
    """What each service purges by which rule; told only, in a dry run."""
    method = "GET" if dry_run else "POST"
    return {name: api.send(method, f"{path}/purges")["items"] for name, path in SERVICES.items()}


def told(previews: Previews) -> Iterator[str]:
    """The previews, for a person."""
    for name, one in previews.items():
        if one["erased_at"] is not None:
            forced = ", malgré une conservation en cours" if one["overridden"] else ""
            yield f"{name} : effacé le {shown(one['erased_at'])}{forced}. Motif : {one['reason']}"
            continue
        yield f"{name} :"
        for held in one["holdings"]:
            fate = "effacé" if held["erased"] else "gardé"
            yield f"  {fate} : {held['what']} ({held['count']}). {held['why']}"
        for hold in one["holds"]:
            until = f" jusqu'au {hold['until']}" if hold["until"] else ""
            source = f" [{hold['rule']}, {hold['confidence']} : {hold['reference']}]" if hold["rule"] else ""
            yield f"  INTERDIT{until} : {hold['why']}{source}"
        if not one["holdings"]:
            yield "  rien n'est tenu de cette personne."


def told_purges(found: Mapping[str, list[dict[str, Any]]], today: date) -> Iterator[str]:
    """What is purged, and what nothing purges as no duration is known."""
    for name, items in found.items():
        for one in items:
            yield (
                f"{name} : {one['what']} d'avant le {one['before']} : {one['count']}"
                f" [{one['rule']}, {one['confidence']} : {one['reference']}]"
            )
    for row in RuleBook.load().table("retention.unknown", today):
        yield f"{row['service']} : {row['what']} : durée inconnue, rien n'est purgé. {row['data']}."
