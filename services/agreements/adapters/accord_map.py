"""Every accord the caller sees as it speaks on a day, read at once, of each what a map shows and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Period
from services.agreements.adapters.document import EmployerDocument, InsurerDocument
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.adapters.standings import steps_of
from services.agreements.adapters.tables import agreement_version
from services.agreements.domain.accord_map import MappedAccord, Override, Party
from services.agreements.domain.lifecycle import force
from services.agreements.domain.validity import insured_until

_PARTS: Final = ("title", "scheme", "effective", "insurers", "employers", "exceptions", "locks", "inherited")
# The groups of terms that an exception may state, beside guarantees.
_GROUPS: Final = ("contribution_base", "rate_revision", "eligibility")


async def on(tx: AsyncConnection, day: date, schemes: Mapping[str, SchemeDocument]) -> list[MappedAccord]:
    """The accords, by id, in two statements however many there are; those that do not speak yet are left out."""
    version = agreement_version.c
    parts = [version.document[name].label(name) for name in _PARTS]
    latest = select(version.agreement, version.version, *parts).ext(distinct_on(version.agreement))
    latest = latest.where(func.coalesce(version.effective_from, day) <= day)
    rows = (await tx.execute(latest.order_by(version.agreement, version.version.desc()))).mappings().all()
    taken = await steps_of(tx)
    above = {key: document.to_domain() for key, document in schemes.items()}
    found = []
    for row in rows:
        insurers = tuple(InsurerDocument.model_validate(one).to_domain() for one in row["insurers"])
        until, effective = insured_until(insurers, above.get(row["scheme"])), _period(row["effective"])
        steps = taken[row["agreement"]]
        found.append(
            MappedAccord(
                id=row["agreement"],
                title=row["title"].strip(),
                version=row["version"],
                scheme=row["scheme"],
                status=steps[-1].status,
                force=force(steps, effective, day, until),
                effective=effective,
                insured_until=until,
                insurers=insurers,
                locks=tuple(row["locks"] or ()),
                inherited=tuple(row["inherited"] or ()),
                parties=_parties(row["employers"], row["exceptions"] or ()),
            )
        )
    return found


def _parties(employers: Any, exceptions: Any) -> tuple[Party, ...]:
    overrides: dict[str, list[Override]] = defaultdict(list)
    for one in exceptions:
        overrides[one["employer"]].append(Override(_period(one), _stated(one), one["source"]))
    read = [EmployerDocument.model_validate(one).to_domain() for one in employers]
    parties = [Party(one, tuple(overrides.get(one.siret, ()))) for one in read]
    return tuple(sorted(parties, key=lambda one: (not one.overrides, one.employer.name, one.employer.siret)))


def _stated(exception: Mapping[str, Any]) -> tuple[str, ...]:
    codes = [f"guarantees/{one['code']}" for one in exception.get("guarantees") or ()]
    return (*codes, *(group for group in _GROUPS if exception.get(group)))


def _period(document: Mapping[str, Any]) -> Period:
    end = document.get("to")
    return Period(date.fromisoformat(document["from"]), None if end is None else date.fromisoformat(end))
