"""What an avenant may change: nothing before its date of effect, no rate while it is guaranteed (art. 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kit.period import ONE_DAY
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.agreements.domain.agreement import Agreement, GuaranteeTerm, RateTerm
from services.agreements.domain.finding import Finding, error
from services.agreements.domain.terms import highest_after_revision, rate_on

SOURCE = "accord art. 5.3"


def revision_findings(before: Agreement, after: Agreement, since: date) -> list[Finding]:
    """Why `after` cannot replace `before` from the day `since` on."""
    found = [*_whole(before, after)]
    for index, guarantee in enumerate(after.guarantees):
        old = _guarantee(before, guarantee.code)
        if old is not None:
            place = f"/guarantees/{index}/rates"
            found += _past(old, guarantee, since, place)
            found += _rates(before, old, guarantee, since, place)
    return found


def revised_rates(before: Agreement, after: Agreement) -> list[tuple[Guarantee, RateTerm, Rate | None]]:
    """Each rate that is new or other, with the rate it replaces on its first day, if there was one."""
    found = []
    for guarantee in after.guarantees:
        old = _guarantee(before, guarantee.code)
        known = () if old is None else old.rates
        for rate in guarantee.rates:
            replaced = None if old is None else rate_on(old, rate.period.start)
            same = replaced is not None and (replaced.rate, replaced.employer_share) == (rate.rate, rate.employer_share)
            if rate not in known and not same:
                found.append((guarantee.code, rate, None if replaced is None else replaced.rate))
    return found


def _whole(before: Agreement, after: Agreement) -> Iterator[Finding]:
    """An avenant is of the same accord, and does not move its first day."""
    if after.id != before.id:
        yield error("another_agreement", "/agreement", "accord art. 8", "L'avenant porte sur un autre accord.")
    if after.effective.start != before.effective.start:
        message = "Un avenant ne déplace pas la prise d'effet de l'accord."
        yield error("effect_moved", "/effective/from", "accord art. 9", message)


def _past(old: GuaranteeTerm, new: GuaranteeTerm, since: date, place: str) -> Iterator[Finding]:
    """Rates before the date of effect stay as they are."""
    for day in _first_days(old, new):
        if day < since and _said(old, day) != _said(new, day):
            message = "Un taux change avant la prise d'effet de l'avenant."
            yield error("changed_before_effect", place, "accord art. 8", message)
            return


def _rates(accord: Agreement, old: GuaranteeTerm, new: GuaranteeTerm, since: date, place: str) -> Iterator[Finding]:
    """Against what was applicable until then: frozen while guaranteed, then raised by a limited part of itself."""
    for day in (d for d in (*_first_days(old, new), since) if d >= since):
        held, said = rate_on(old, day), rate_on(new, day)
        if held is None or said is None or said.rate == held.rate:
            continue
        if held.guaranteed_to is not None and day <= held.guaranteed_to:
            yield error("rate_frozen", place, SOURCE, "Le taux change alors qu'il est garanti.")
            return
    eve = rate_on(old, since - ONE_DAY)
    said = rate_on(new, since)
    ceiling = None if eve is None else highest_after_revision(accord, eve.rate)
    if ceiling is not None and said is not None and said.rate > ceiling:
        yield error("increase_too_high", place, SOURCE, "La hausse dépasse le plafond d'une révision.")


def _first_days(*guarantees: GuaranteeTerm) -> list[date]:
    """The days on which one of them says something new: it is enough to look at these."""
    days = {rate.period.start for guarantee in guarantees for rate in guarantee.rates}
    days |= {r.period.end + ONE_DAY for g in guarantees for r in g.rates if r.period.end is not None}
    return sorted(days)


def _said(guarantee: GuaranteeTerm, day: date) -> tuple[Rate, Rate] | None:
    rate = rate_on(guarantee, day)
    return None if rate is None else (rate.rate, rate.employer_share)


def _guarantee(accord: Agreement, code: Guarantee) -> GuaranteeTerm | None:
    return next((guarantee for guarantee in accord.guarantees if guarantee.code is code), None)
