"""A case and its decision as JSON, and back: what is kept of a decision is enough to take it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from kit.trace import Snapshot, Trace, plain
from rules.book import RuleBook
from rules.pay import PayElements
from rules.vocabulary import Category, Guarantee, LeaveKind, Regime
from services.claims.domain.annuity import ENDLESS, Annuity, Revaluation, Run
from services.claims.domain.benefits import MonthBenefit
from services.claims.domain.capitals import Capital, Death, DeathKind
from services.claims.domain.case import Case, Decision, decide
from services.claims.domain.entitlement import NO_PAY
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave_document import entry_document, person_document, read_entry, read_person
from services.claims.domain.override import Override, OverrideReason
from services.claims.domain.part_time import PartTime
from services.claims.domain.reference import Insured, ReferencePay, References
from services.claims.domain.situation import DailyAllowance, RiMaintained
from services.claims.domain.temporary_invalidity import TemporaryInvalidity
from services.claims.domain.terms_document import Document, kept, read_terms

KIND: Final = "benefits"
# What a person decided in place of what is worked out, by the fields of a case.
OVERRIDES: Final = ("override", "ri_override", "annuity_override", "capital_override")
Json = dict[str, Any]


def decided(
    case: Case, terms: Document, rules: RuleBook, references: References | None = None
) -> tuple[Decision, Snapshot]:
    """The decision of a case, and all that it rests on. `terms` is the document its terms were read from, as JSON."""
    recorder = rules.recorder()
    decision = decide(case, recorder, references)
    inputs = case_document(case, kept(terms))
    return decision, Snapshot(KIND, inputs, recorder.snapshot(), decision_document(decision), decision.trace.json())


def recomputed(snapshot: Snapshot) -> Snapshot:
    """The same decision taken again, from the snapshot alone."""
    _, again = decided(read_case(snapshot.inputs), snapshot.inputs["terms"], RuleBook.from_snapshot(snapshot.rules))
    return again


def decision_document(decision: Decision) -> Json:
    """A decision as interfaces show it."""
    return {
        "months": [month_document(month) for month in decision.months],
        "annuity": annuity_document(decision.annuity) if decision.annuity else None,
        "capitals": [capital_document(capital) for capital in decision.capitals],
    }


def month_document(month: MonthBenefit) -> Json:
    return {
        "month": str(month.month),
        "target_net": str(month.target_net),
        "statutory_net": str(month.statutory_net),
        "social_security": str(month.social_security),
        "benefit": str(month.benefit),
        "ri_full_pay": str(month.ri_full_pay),
        "decree_floor": str(month.decree_floor),
        "alerts": [alert.value for alert in month.alerts],
        **({} if month.computed is None else {"computed": str(month.computed)}),
        **({} if month.ri_computed is None else {"ri_computed": str(month.ri_computed)}),
    }


def annuity_document(annuity: Annuity) -> Json:
    later = [{"from": step.start.isoformat(), "monthly": str(step.monthly)} for step in annuity.steps]
    return {
        **({} if annuity.computed is None else {"computed": str(annuity.computed)}),
        **({"until": annuity.until.isoformat()} if annuity.until else {}),
        **({"steps": later} if later else {}),
        **({"doubts": [doubt.value for doubt in annuity.doubts]} if annuity.doubts else {}),
        "from": annuity.start.isoformat(),
        "full": str(annuity.full),
        "monthly": str(annuity.monthly),
        "formula": annuity.formula.value,
        "decree_floor": str(annuity.decree_floor),
        "alerts": [alert.value for alert in annuity.alerts],
    }


def capital_document(capital: Capital) -> Json:
    return {
        "guarantee": capital.guarantee.value,
        "amount": str(capital.amount),
        "due": capital.due.isoformat(),
        **({"alerts": [alert.value for alert in capital.alerts]} if capital.alerts else {}),
        **({} if capital.computed is None else {"computed": str(capital.computed)}),
        **({} if capital.kept is None else {"kept": capital.kept.isoformat()}),
    }


def case_document(case: Case, terms: Json) -> Json:
    """A case as JSON. What a CLD is about is written nowhere; leaves of one cause share a number."""
    found = plain(
        {
            "agent": {
                **person_document(case.person),
                "category": case.insured.category,
                "birth_date": case.insured.birth_date,
            },
            "reference_pay": reference_document(case.reference),
            "leaves": [entry_document(entry, case.person) for entry in case.leaves],
            "period": case.period,
            "days": case.days,
            "options": sorted(case.options),
            "maintenance": {
                kind.value: {"full": kept_.full.value, "half": kept_.half.value, "stated": kept_.stated}
                for kind, kept_ in sorted(case.maintenance.items())
            },
            "social_security": [{"period": a.period, "daily": a.daily} for a in case.allowances],
            "invalidity": _invalidity(case.invalidity),
            "death": _death(case.death),
            **_sometimes(case),
        }
    )
    assert isinstance(found, dict)
    return {"terms": terms, **found}


def _sometimes(case: Case) -> Json:
    """What few cases have, and is left out of the others."""
    found: Json = {"acquired": case.acquired} if case.acquired else {}
    for name in OVERRIDES:
        said = getattr(case, name)
        if said is not None:
            found[name] = {"amount": said.amount, "reason": said.reason, "computed": said.computed}
    if case.reference.found is not None:
        found["reference_found"] = case.reference.found.json()
    if case.part_time:
        found["part_time"] = [{"period": one.period, "quotity": one.quotity.value} for one in case.part_time]
    if case.ait:
        found["ait"] = [{"period": one.period, "group": one.group, "monthly": one.monthly} for one in case.ait]
    if case.replaced:
        found["replaced"] = [{"period": one} for one in case.replaced]
    if case.run != ENDLESS:
        raised = [{"from": one.start, "rate": one.rate.value} for one in case.run.revaluations]
        found["run"] = {"until": case.run.until, "revaluations": raised}
    return found


def _read_run(item: Mapping[str, Any] | None) -> Run:
    if item is None:
        return ENDLESS
    raised = [Revaluation(date.fromisoformat(one["from"]), Rate.parse(one["rate"])) for one in item["revaluations"]]
    return Run(_day(item["until"]), tuple(raised))


def reference_document(reference: ReferencePay) -> Json:
    pay = reference.pay
    found = {"month": reference.month, "tib": pay.tib, "nbi": pay.nbi, "ri": pay.ri, "tpp": pay.tpp}
    others = (("sft", pay.sft), ("ir", pay.ir), ("other", pay.other), ("net", reference.net))
    return {**found, **{name: amount for name, amount in others if amount}}


def read_case(document: Mapping[str, Any]) -> Case:
    """The case of a snapshot's inputs."""
    agent, death = document["agent"], document["death"]
    return Case(
        person=read_person(agent),
        insured=Insured(
            Regime(agent["regime"]),
            Category(agent["category"]) if agent["category"] else None,
            _day(agent["birth_date"]),
        ),
        terms=read_terms(document["terms"]),
        reference=_read_reference(document["reference_pay"], document.get("reference_found")),
        leaves=tuple(read_entry(entry) for entry in document["leaves"]),
        period=_read_period(document["period"]),
        days=_read_period(document["days"]),
        options=frozenset(Guarantee(code) for code in document["options"]),
        maintenance={
            LeaveKind(kind): RiMaintained(Rate.parse(item["full"]), Rate.parse(item["half"]), item["stated"])
            for kind, item in document["maintenance"].items()
        },
        allowances=tuple(_read_allowance(item) for item in document["social_security"]),
        invalidity=_read_invalidity(document["invalidity"]),
        death=_read_death(death) if death else None,
        acquired=tuple(map(_read_days, document.get("acquired", ()))),
        run=_read_run(document.get("run")),
        part_time=tuple(_read_part_time(item) for item in document.get("part_time", ())),
        ait=tuple(_read_ait(item) for item in document.get("ait", ())),
        replaced=tuple(_read_days(item["period"]) for item in document.get("replaced", ())),
        **{name: _read_override(document.get(name)) for name in OVERRIDES},
    )


def _invalidity(invalidity: Invalidity | None) -> Json | None:
    if invalidity is None:
        return None
    return {
        "from": invalidity.start,
        "cnracl_rate": invalidity.cnracl_rate and invalidity.cnracl_rate.value,
        "ss_category": invalidity.ss_category,
        "atmp_rate": invalidity.atmp_rate and invalidity.atmp_rate.value,
        "pension_net": invalidity.pension_net,
    }


def _death(death: Death | None) -> Json | None:
    if death is None:
        return None
    advanced = {"advanced": death.advanced.value} if death.advanced > NO_PAY else {}
    kept_ = {"kept": death.kept} if death.kept is not None else {}
    return {"on": death.on, "kind": death.kind, **advanced, **kept_}


def _read_death(item: Mapping[str, Any]) -> Death:
    advanced, kept_ = _rate(item.get("advanced")) or NO_PAY, _day(item.get("kept"))
    return Death(date.fromisoformat(item["on"]), DeathKind(item["kind"]), advanced, kept_)


def _read_part_time(item: Mapping[str, Any]) -> PartTime:
    return PartTime(_read_days(item["period"]), Rate.parse(item["quotity"]))


def _read_override(item: Mapping[str, Any] | None) -> Override | None:
    if item is None:
        return None
    return Override(Money.parse(item["amount"]), OverrideReason(item["reason"]), Money.parse(item["computed"]))


def _read_ait(item: Mapping[str, Any]) -> TemporaryInvalidity:
    return TemporaryInvalidity(_read_days(item["period"]), item["group"], _money(item["monthly"]))


def _read_reference(item: Mapping[str, Any], found: Mapping[str, Any] | None) -> ReferencePay:
    pay = {name: Money.parse(item[name]) for name in ("tib", "nbi", "ri", "sft", "ir", "other") if name in item}
    return ReferencePay(
        Month.parse(item["month"]),
        PayElements(**pay, tpp=_money(item["tpp"])),
        _money(item.get("net")),
        Trace.read(found) if found else None,
    )


def _read_allowance(item: Mapping[str, Any]) -> DailyAllowance:
    return DailyAllowance(_read_days(item["period"]), Money.parse(item["daily"]))


def _read_invalidity(item: Mapping[str, Any] | None) -> Invalidity | None:
    if item is None:
        return None
    return Invalidity(
        start=date.fromisoformat(item["from"]),
        cnracl_rate=_rate(item["cnracl_rate"]),
        ss_category=item["ss_category"],
        atmp_rate=_rate(item["atmp_rate"]),
        pension_net=Money.parse(item["pension_net"]),
    )


def _read_period(item: Mapping[str, Any] | None) -> Period | None:
    return None if item is None else _read_days(item)


def _read_days(item: Mapping[str, Any]) -> Period:
    return Period(date.fromisoformat(item["start"]), _day(item["end"]))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _rate(text: str | None) -> Rate | None:
    return None if text is None else Rate.parse(text)


def _money(text: str | None) -> Money | None:
    return None if text is None else Money.parse(text)
