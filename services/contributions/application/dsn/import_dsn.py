"""Read a DSN chunk by chunk: every line goes into a part of a declaration, mapped or raw, or is refused by number.

A file that another employer is meant by, or none, is refused line by line: nothing of it is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db.jobs import Applied, Chunk, Job, Reject
from kit.events.file_applied import tell_applied
from kit.ids import new_id
from services.contributions.adapters import agents
from services.contributions.adapters.dsn import store
from services.contributions.adapters.dsn.store import Declaration, NewPart
from services.contributions.application.dsn.reconcile_dsn import Means
from services.contributions.application.dsn.reconcile_later import reconcile_all
from services.contributions.application.payloads.file import ImportApplied
from services.contributions.domain.dsn.lines import TOLD, Why
from services.contributions.domain.dsn.mapping import Mapped, map_part
from services.contributions.domain.dsn.norm import REPLACES
from services.contributions.domain.dsn.reading import Context, Part, Reader

# Declarations of one file: those of a region's employers, and no more, as they are compared when its end is there.
MAX_DECLARATIONS: Final = 2_000

# Why a line is refused or kept raw, in the words of the rejects file. Never what the line holds.
REASONS: Final[dict[str, str]] = {
    Why.UNREADABLE: "Ligne illisible : « Sxx.Gxx.xx.xxx,'valeur' » est attendu. Conservée telle quelle.",
    Why.ENCODING: "La ligne n'est pas dans le jeu de caractères annoncé. Conservée telle quelle.",
    Why.TOO_LONG: "Ligne trop longue pour une DSN.",
    Why.VALUE: "Valeur d'une autre forme que celle de la rubrique. Conservée telle quelle.",
    Why.IDENTITY: "Identifiant de personne mal formé ou mal placé. Conservé telle quelle, scellé.",
    Why.PART_TOO_LONG: "Individu trop long : la suite est conservée telle quelle, sans être lue.",
    "employer_not_yours": "Employeur hors de votre périmètre.",
    "siret": "SIRET de l'établissement (S21.G00.06.001 et S21.G00.11.001) invalide.",
    "employer_missing": "Établissement non indiqué (S21.G00.06.001 et S21.G00.11.001).",
    "truncated": "Fichier tronqué : la structure finale S90.G00.90 manque.",
    "too_many_declarations": f"Plus de {MAX_DECLARATIONS} déclarations dans un fichier : envoyez-en plusieurs.",
    "month_missing": "Mois principal déclaré (S20.G00.05.005) absent : rapprochement impossible.",
}


async def apply_chunk(tx: AsyncConnection, chunk: Chunk, content: bytes, means: Means, at: datetime) -> Applied:
    """Read the lines of one chunk, where the one before left off."""
    work = _Work(tx, chunk, means, at, await store.carried(tx, chunk.job.id, means.crypto))
    await work.read(content)
    return Applied(work.rejects, partial(_leave, work=work, chunk=chunk, crypto=means.crypto))


async def _leave(tx: AsyncConnection, *, work: _Work, chunk: Chunk, crypto: KeyRing) -> None:
    await tell_applied(tx, ImportApplied, chunk, work.agents)
    await store.carry(tx, chunk.job.id, work.state(), crypto)


class _Work:
    """One chunk. In a dry run lines are read and refused as they would be, and nothing is stored."""

    def __init__(
        self, tx: AsyncConnection, chunk: Chunk, means: Means, at: datetime, carried: Mapping[str, Any] | None
    ) -> None:
        self._tx, self._chunk, self._means, self._crypto, self._at = tx, chunk, means, means.crypto, at
        self._job: Job = chunk.job
        self._reader = Reader(self._job.options["charset"]) if carried is None else Reader.take_up(carried["reader"])
        opened = carried and carried["declaration"]
        self._declaration: UUID | None = UUID(opened) if opened else None
        self._employer: str | None = carried["employer"] if carried else None
        self._opened: int = carried["opened"] if carried else 0
        self._last = chunk.first_line + chunk.lines > self._job.lines
        self._new: dict[str, list[NewPart]] = defaultdict(list)
        self.rejects: list[Reject] = []
        self.agents: set[UUID] = set()

    async def read(self, content: bytes) -> None:
        for number, raw in enumerate(_lines(content), start=self._chunk.first_line):
            for part in self._reader.feed(number, raw):
                await self._take(part)
        if self._last:
            for part in self._reader.finish():
                await self._take(part)
        for employer, parts in self._new.items():
            await self._store(employer, parts)
        if self._last:
            await self._end()

    def state(self) -> dict[str, Any] | None:
        """Where the next chunk takes up; None after the last."""
        if self._last:
            return None
        opened = self._declaration and str(self._declaration)
        return {
            "reader": self._reader.put_down(),
            "declaration": opened,
            "employer": self._employer,
            "opened": self._opened,
        }

    async def _take(self, part: Part) -> None:
        employer = self._employer_of(part.context)
        opens = part.opens or self._declaration is None or employer != self._employer
        if opens and self._opened >= MAX_DECLARATIONS:
            employer = "too_many_declarations"
        if employer in REASONS:
            self.rejects += [Reject(line.number, "/", employer, REASONS[employer]) for line in part.lines]
            self._declaration = None
            return
        mapped = map_part(part)
        self.rejects += [
            Reject(kept.line, "/", kept.why.value, REASONS[kept.why]) for kept in mapped.kept if kept.why in TOLD
        ]
        if opens:
            await self._open(part, employer)
        assert self._declaration is not None
        self._new[employer].append(NewPart(self._declaration, part, mapped))

    def _employer_of(self, said: Context) -> str:
        """The employer a part belongs to, or the code of why it belongs to none."""
        siret = said.siret
        if siret is not None:
            return siret if self._job.employer in (None, siret) else "employer_not_yours"
        if said.siren is not None or said.nic is not None:
            return "siret"
        return self._job.employer or "employer_missing"

    async def _open(self, part: Part, employer: str) -> None:
        self._declaration, self._employer = new_id(), employer
        self._opened += 1
        said, first = part.context, part.lines[0].number
        if said.month is None and said.known_norm:
            self.rejects.append(Reject(first, "/month", "month_missing", REASONS["month_missing"]))
        if self._job.dry_run:
            return
        await store.open_declaration(
            self._tx,
            Declaration(
                id=self._declaration,
                employer=employer,
                month=said.month,
                norm=said.norm,
                nature=said.nature,
                type=said.type,
                job=self._job.id,
                first_line=first,
                lines=0,
                mapped=0,
                individuals=0,
                truncated=True,
                digest=None,
                recorded_at=self._at,
                recorded_by=self._job.client,
                reconciled_at=None,
                fraction=said.fraction,
            ),
        )

    async def _store(self, employer: str, parts: Sequence[NewPart]) -> None:
        """Say who the individuals are, by matricule, else by fingerprint; remember the fingerprints of those known."""
        if self._job.dry_run:
            return
        indexed = [replace(one, person_index=self._index(one.mapped)) for one in parts]
        names = {(employer, one.mapped.matricule) for one in indexed if one.mapped.matricule}
        by_matricule = await agents.linked(self._tx, names) if names else {}
        prints = {one.person_index for one in indexed if one.person_index}
        by_person = await store.persons(self._tx, employer, prints) if prints else {}
        new: dict[str, UUID] = {}
        known: list[NewPart] = []
        for one in indexed:
            named = by_matricule.get((employer, one.mapped.matricule or ""))
            index = one.person_index or ""
            before = by_person.get(index) or new.get(index)
            if named is not None and before is None and index:
                new[index] = named
            known.append(
                replace(one, agent=named or before, other_person=None not in (named, before) and named != before)
            )
        if new:
            await store.learn(self._tx, employer, new)
        await store.add_parts(self._tx, employer, known, self._crypto)
        self.agents |= {one.agent for one in known if one.agent is not None}

    def _index(self, mapped: Mapped) -> str | None:
        """A fingerprint under a purpose of its own: no other table of the platform holds the same."""
        if mapped.nir is not None:
            return self._crypto.blind_index(mapped.nir, "contributions.dsn.nir")
        return None if mapped.ntt is None else self._crypto.blind_index(mapped.ntt, "contributions.dsn.ntt")

    async def _end(self) -> None:
        """The file is all there, or its end is missing: say so, and compare what it declares."""
        truncated = not self._reader.ended
        if truncated:
            self.rejects.append(Reject(self._job.lines, "/end", "truncated", REASONS["truncated"]))
        if self._job.dry_run:
            return
        found = await store.close(self._tx, self._job.id, self._reader.digest, truncated=truncated)
        dated = [one for one in found if one.month is not None and not truncated]
        await store.lock_replacing(self._tx, {one.employer for one in dated})
        for one in dated:
            await store.give_way_to_later(self._tx, one, REPLACES)
            if one.type in REPLACES:
                await store.replace_earlier(self._tx, one)
        whole = await store.of_job(self._tx, self._job.id)
        await reconcile_all(self._tx, whole, self._means, self._at, (self._job.client, self._job.employer))


def _lines(content: bytes) -> Iterator[bytes]:
    *whole, rest = content.split(b"\n")
    yield from (line + b"\n" for line in whole)
    if rest:
        yield rest
