"""What the regional scheme asks of an accord: its market, its catalogue of levels, its floor of what employers pay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from services.agreements.domain.agreement import Agreement
from services.agreements.domain.benefit import IncomeBenefit
from services.agreements.domain.finding import Finding, error, warning
from services.agreements.domain.scheme import Scheme
from services.agreements.domain.terms import rate_on


def scheme_findings(agreement: Agreement, scheme: Scheme | None) -> Iterator[Finding]:
    """What does not depend on the day: the market the accord stands in, and the levels on offer."""
    if scheme is None:
        yield warning("scheme_unknown", "/scheme", "préambule", "Le régime régional n'est pas enregistré.")
        return
    if not scheme.market.meets(agreement.effective):
        yield error("outside_market", "/effective", "dossier de presse", "L'accord sort de la période du marché.")
    elif agreement.effective.last > scheme.market.last:
        yield warning(
            "outlives_market",
            "/effective/to",
            "accord art. 8 ; rulebook S20",
            "L'accord dure au-delà du marché : il devient caduc si ses conventions prennent fin sans suite.",
        )
    yield from _conventions(agreement, scheme)
    for index, guarantee in enumerate(agreement.guarantees):
        benefit = guarantee.benefit
        if guarantee.mandatory and isinstance(benefit, IncomeBenefit) and benefit.target not in scheme.levels:
            yield error(
                "level_not_in_catalogue",
                f"/guarantees/{index}/benefit/target",
                "annexe",
                "Ce niveau n'est pas au catalogue régional.",
            )


def _conventions(agreement: Agreement, scheme: Scheme) -> Iterator[Finding]:
    """Contracts stand on one convention (art. 8): it is known, and said where the insurer holds several at once."""
    for index, insurer in enumerate(agreement.insurers):
        place = f"/insurers/{index}/convention"
        known = scheme.of_insurer(insurer.code, insurer.convention)
        if insurer.convention is not None and not known:
            message = "Le régime régional n'a pas cette convention de cet assureur."
            yield error("convention_unknown", place, "accord art. 8", message)
        shared = [one for one in known if one.period.meets(insurer.period)]
        if any(later.period.meets(earlier.period) for earlier, later in combinations(shared, 2)):
            message = "L'assureur tient plusieurs conventions : celle des contrats reste à préciser."
            yield warning("convention_not_said", place, "accord art. 8 ; rulebook S19", message)


def scheme_findings_on(agreement: Agreement, scheme: Scheme | None, day: date) -> Iterator[Finding]:
    """The scheme's own floor of the employer's share, on the days of its market."""
    if scheme is None or day not in scheme.market:
        return
    for index, guarantee in enumerate(agreement.guarantees):
        rate = rate_on(guarantee, day)
        if guarantee.mandatory and rate is not None and rate.employer_share < scheme.minimum_employer_share:
            yield error(
                "share_below_scheme",
                f"/guarantees/{index}/rates/{guarantee.rates.index(rate)}/employer_share",
                "accord régional du 9 juillet 2024",
                "La part de l'employeur est inférieure au minimum du régime régional.",
            )
