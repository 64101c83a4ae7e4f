"""What the difference between two days of an accord costs in a year, or why nothing is said of it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final

from gateway.dashboard.api import Refusal
from gateway.dashboard.effects import Effects
from gateway.dashboard.visit import Visit
from kit.period import Month

# More employers or agents than these are priced when somebody asks: of a thousand agents each day takes a sixth of a
# second, of a region's some seconds.
AT_ONCE: Final = 50
AGENTS_AT_ONCE: Final = 500
PATH: Final = "/v1/simulations/contributions/terms/days"
# What contributions are reckoned with; a page of other changes has nothing to price.
_PRICED: Final = ("guarantees/", "contribution_base/", "exceptions/")


@dataclass(frozen=True, slots=True)
class Priced:
    """The effects; or, where there are none, why, and whether one may ask for them."""

    effects: Effects | None = None
    why: str = ""
    ask: bool = False


async def priced(visit: Visit, agreement: str, compared: Any, employers: int) -> Priced | None:
    """None where nothing that costs anything changes."""
    words, changes = visit.words, compared["changes"] if compared else ()
    if not any(one["term"].startswith(_PRICED) for one in changes):
        return None
    if not visit.may("simulations:run"):
        return Priced(why=words.t("effects.no_right"))
    if employers > AT_ONCE and not visit.query["effect"]:
        return Priced(why=words.t("effects.many", count=words.count(employers)), ask=True)
    if not visit.query["effect"] and (agents := await _covered(visit, agreement)) > AGENTS_AT_ONCE:
        return Priced(why=words.t("effects.many_agents", count=words.count(agents)), ask=True)
    month = str(Month.of(visit.request.app.state.clock.day()))
    days = {side: compared[side]["as_of"] for side in ("before", "after")}
    try:
        found = await visit.api.send("POST", PATH, json={"agreement": agreement, "month": month, **days})
    except Refusal as refusal:
        unknown = refusal.problem.get("code") == "unknown_agreement"
        why = words.t("effects.unpublished") if unknown else words.t("effects.refused", why=refusal.text.rstrip("."))
        return Priced(why=why)
    effects = Effects.of(month, found)
    return Priced(effects) if effects.known else Priced(why=words.t("effects.nobody"))


async def _covered(visit: Visit, agreement: str) -> int:
    """How many agents the accord covers, as far as the person may count them."""
    found = await visit.api.maybe("/v1/statistics/cover")
    return sum(row["agents"] for row in found["covered"] if row["agreement"] == agreement) if found else 0


def replaced(visit: Visit, compared: Any, spoken: Container[str]) -> list[tuple[str, int]]:
    """The versions asked for, of those that `spoken` names, that speak of no day any more; and which stands instead."""
    asked = [(visit.query[name], compared[side]) for name, side in (("left", "before"), ("right", "after")) if compared]
    named = [(text.removeprefix("v"), side["version"]) for text, side in asked if text in spoken]
    return [(version, instead) for version, instead in named if instead is not None and version != str(instead)]
