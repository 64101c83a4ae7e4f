"""Accords in the database: versions of the document and steps of its life, all appended, none changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ids import new_id
from kit.recording import Recording
from services.agreements.adapters import schemes
from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.tables import agreement, agreement_employer, agreement_step, agreement_version
from services.agreements.domain.agreement import Agreement
from services.agreements.domain.finding import Finding, Severity
from services.agreements.domain.lifecycle import Force, Status, Step, force
from services.agreements.domain.validity import insured_until

# Documents of a region's accords, some megabytes each once read.
KEPT: Final = 32


@dataclass(frozen=True, slots=True)
class StoredAgreement:
    """An accord as it was known at an instant; `accord` is what `document` says, as the domain has it.

    `revision` counts every change recorded until now.
    `insured_until`: the last day of its conventions as they were known then; None: open or unknown.
    """

    id: str
    revision: int
    version: int
    document: AgreementDocument
    accord: Agreement
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    insured_until: date | None

    @property
    def status(self) -> Status:
        return self.steps[-1].status

    @property
    def published_on(self) -> date | None:
        """The day of its publication (CGFP L. 226-1); None before it."""
        return next((step.on for step in self.steps if step.status is Status.PUBLISHED), None)

    def force(self, day: date) -> Force:
        return force(self.steps, self.document.period, day, self.insured_until)


async def register(tx: AsyncConnection, key: str) -> bool:
    """Take an id; False when it is taken. Waits for whoever is taking it."""
    done = await tx.execute(insert(agreement).values(id=key, revision=1).on_conflict_do_nothing())
    return done.rowcount == 1


async def lock(tx: AsyncConnection, key: str) -> int | None:
    """The revision of an accord the caller sees, its row locked; None when there is none."""
    query = select(agreement.c.revision).where(agreement.c.id == key).with_for_update()
    return (await tx.execute(query)).scalar_one_or_none()


async def count_change(tx: AsyncConnection, key: str) -> None:
    """A change is recorded: the ETag read before it is outdated."""
    await tx.execute(update(agreement).where(agreement.c.id == key).values(revision=agreement.c.revision + 1))


async def add_version(
    tx: AsyncConnection,
    document: AgreementDocument,
    version: int,
    findings: Sequence[Finding],
    recording: Recording,
    *,
    effective_from: date | None = None,
) -> None:
    """Append a version, with who may see it."""
    key = document.agreement
    parties = [
        {"id": new_id(), "agreement": key, "version": version, "employer": e.siret, "valid": e.period}
        for e in document.employers
    ]
    await tx.execute(insert(agreement_employer), parties)
    await tx.execute(
        insert(agreement_version).values(
            agreement=key,
            version=version,
            document=document.dump(),
            findings=[_kept(finding) for finding in findings],
            effective_from=effective_from,
            recorded_at=recording.at,
            recorded_by=recording.by,
            reason=recording.reason,
        )
    )


async def add_step(tx: AsyncConnection, key: str, status: Status, on: date | None, recording: Recording) -> None:
    """Append a step of the accord's life."""
    taken = select(func.count()).select_from(agreement_step).where(agreement_step.c.agreement == key)
    await tx.execute(
        insert(agreement_step).values(
            agreement=key,
            number=taken.scalar_subquery() + 1,
            status=status.value,
            on=on,
            recorded_at=recording.at,
            recorded_by=recording.by,
            reason=recording.reason,
        )
    )


async def get(
    tx: AsyncConnection, key: str, known_at: datetime | None = None, on: date | None = None
) -> StoredAgreement | None:
    """The accord as it is known now, or was at an instant; None when unknown then, or not the caller's to see.

    `on` gives the version that speaks of that day; without it, the latest.
    """
    version, step = agreement_version.c, agreement_step.c
    text = cast(version.document, Text).label("text")
    versions = select(version.version, version.findings, text).where(version.agreement == key)
    steps = select(step.status, step.on).where(step.agreement == key)
    if known_at is not None:
        versions = versions.where(version.recorded_at <= known_at)
        steps = steps.where(step.recorded_at <= known_at)
    if on is not None:
        versions = versions.where(func.coalesce(version.effective_from, on) <= on)
    row = (await tx.execute(versions.order_by(version.version.desc()).limit(1))).mappings().one_or_none()
    if row is None:
        return None
    taken = [Step(Status(found.status), found.on) for found in await tx.execute(steps.order_by(step.number))]
    revision = (await tx.execute(select(agreement.c.revision).where(agreement.c.id == key))).scalar_one()
    document, accord = _read(row["text"])
    above = None if document.scheme is None else await schemes.latest(tx, document.scheme, known_at)
    return StoredAgreement(
        id=key,
        revision=revision,
        version=row["version"],
        document=document,
        accord=accord,
        findings=tuple(_finding(f) for f in row["findings"]),
        steps=tuple(taken),
        insured_until=insured_until(accord.insurers, None if above is None else above.to_domain()),
    )


@lru_cache(maxsize=KEPT)
def _read(text: str) -> tuple[AgreementDocument, Agreement]:
    """A document as it is stored, and the accord it says: with the employers of a region, long to read.

    By its text, which no version ever changes; nobody changes what is given.
    """
    document = AgreementDocument.model_validate_json(text)
    return document, document.to_domain()


async def versions(tx: AsyncConnection, key: str) -> list[dict[str, Any]]:
    """Every version: its document, from which day it speaks, who recorded it, when and why; oldest first."""
    query = select(agreement_version).where(agreement_version.c.agreement == key)
    return [dict(row) for row in (await tx.execute(query.order_by(agreement_version.c.version))).mappings()]


async def steps(tx: AsyncConnection, key: str) -> list[dict[str, Any]]:
    """Every step, oldest first."""
    query = select(agreement_step).where(agreement_step.c.agreement == key)
    return [dict(row) for row in (await tx.execute(query.order_by(agreement_step.c.number))).mappings()]


async def of_scheme(tx: AsyncConnection, scheme: str) -> list[str]:
    """The accords whose document ever named a scheme, by id."""
    version = agreement_version.c
    query = select(version.agreement).where(version.document["scheme"].astext == scheme).distinct()
    return list((await tx.execute(query.order_by(version.agreement))).scalars())


async def known(tx: AsyncConnection, document: AgreementDocument) -> bool:
    """Whether this very document is a version of its accord."""
    version = agreement_version.c
    query = select(version.version).where(version.agreement == document.agreement, version.document == document.dump())
    return (await tx.execute(query.limit(1))).scalar_one_or_none() is not None


async def after(tx: AsyncConnection, key: str, limit: int) -> list[str]:
    """The ids of the accords the caller sees, from the one that follows `key`."""
    query = select(agreement.c.id).where(agreement.c.id > key).order_by(agreement.c.id).limit(limit)
    return list((await tx.execute(query)).scalars())


def _kept(finding: Finding) -> dict[str, str | None]:
    return {**asdict(finding), "since": None if finding.since is None else finding.since.isoformat()}


def _finding(stored: dict[str, str]) -> Finding:
    since = stored.get("since")
    return Finding(
        Severity(stored["severity"]),
        stored["code"],
        stored["pointer"],
        stored["reference"],
        stored["detail_fr"],
        None if since is None else date.fromisoformat(since),
    )
