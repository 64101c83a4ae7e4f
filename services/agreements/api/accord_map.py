"""The map of a day: regional schemes, their lots, the accords under each, the employers party to them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Self

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.http.auth import requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText, SiretText
from services.agreements.adapters import accord_map, organisations, schemes
from services.agreements.adapters.document_parts import KEY_PATTERN
from services.agreements.adapters.scheme_document import AwardDocument, SchemeDocument
from services.agreements.api.schemes import ConventionAnswer
from services.agreements.domain.accord_map import MappedAccord, MappedLot, Override, Party, lots_of, lots_under
from services.agreements.domain.agreement import InsurerParty
from services.agreements.domain.lifecycle import Force, Status
from services.agreements.domain.scheme import ConventionState

router = service_router(tags=["Accords"])
# Of each branch so many are shown, and how many there are is said; the list has them all.
SHOWN: Final = 20
MOST: Final = 200
AsOf = Annotated[DateText | None, Query(description="Jour de la carte ; aujourd'hui sinon.")]
Named = Annotated[str | None, Query(max_length=64, pattern=KEY_PATTERN)]


class MapOverride(Answer):
    """What an accord says otherwise for one employer: the groups of terms of an exception."""

    start: date = Field(serialization_alias="from")
    end: date | None = Field(serialization_alias="to")
    terms: list[str]
    source: str

    @classmethod
    def of(cls, one: Override) -> Self:
        return cls(start=one.period.start, end=one.period.end, terms=list(one.terms), source=one.source)


class MapParty(Answer):
    """An employer party to an accord, and how its adhesion stands on the day."""

    employer: str
    name: str
    start: date = Field(serialization_alias="from")
    end: date | None = Field(serialization_alias="to")
    state: ConventionState
    assumption: bool
    overrides: list[MapOverride]

    @classmethod
    def of(cls, one: Party, day: date) -> Self:
        return cls(**_party(one, day))


class MapInsurer(Answer):
    """Who insures an accord. `convention` null: it is not said."""

    code: str
    name: str
    start: date = Field(serialization_alias="from")
    end: date | None = Field(serialization_alias="to")
    convention: str | None
    assumption: bool

    @classmethod
    def of(cls, one: InsurerParty) -> Self:
        dated = {"start": one.period.start, "end": one.period.end}
        return cls(code=one.code, name=one.name, convention=one.convention, assumption=one.assumption, **dated)


class MapAgreement(Answer):
    """An accord on the day. `employers` counts those party to it then, `overridden` those with terms of their own."""

    agreement: str
    title: str
    version: int
    status: Status
    force: Force
    start: date = Field(serialization_alias="from")
    end: date | None = Field(serialization_alias="to")
    insured_until: date | None
    insurers: list[MapInsurer]
    locks: list[str]
    inherited: list[str]
    employers: int
    overridden: int
    parties: list[MapParty]

    @classmethod
    def of(cls, one: MappedAccord, day: date, each: int) -> Self:
        bound = one.bound_on(day)
        return cls(
            agreement=one.id,
            title=one.title,
            version=one.version,
            status=one.status,
            force=one.force,
            start=one.effective.start,
            end=one.effective.end,
            insured_until=one.insured_until,
            insurers=[MapInsurer.of(insurer) for insurer in one.insurers_on(day)],
            locks=list(one.locks),
            inherited=list(one.inherited),
            employers=len(bound),
            overridden=sum(any(day in o.period for o in party.overrides) for party in bound),
            parties=[MapParty.of(party, day) for party in bound[:each]],
        )


class MapLot(Answer):
    """A lot; `number` null: what stands under no lot that is known. Accords and employers are counted whole."""

    number: int | None
    holder: str | None
    population: str | None
    conventions: list[ConventionAnswer]
    accords: int
    employers: int
    agreements: list[MapAgreement]

    @classmethod
    def of(cls, lot: MappedLot, scheme: str, day: date, each: int) -> Self:
        return cls(
            number=lot.number,
            holder=lot.holder,
            population=lot.population,
            conventions=[ConventionAnswer.of(scheme, one, day) for one in lot.conventions],
            **_branch(lot.accords, day, each),
        )


class MapScheme(Answer):
    """A regional scheme and its lots. `awards`: how many lots each holder has, where which ones is not published."""

    scheme: str
    title: str
    signed_on: date
    start: date = Field(serialization_alias="from")
    end: date | None = Field(serialization_alias="to")
    rates_guaranteed_to: date | None
    locks: list[str]
    source: str
    awards: list[AwardDocument]
    lots: list[MapLot]

    @classmethod
    def of(cls, document: SchemeDocument, accords: list[MappedAccord], day: date, each: int) -> Self:
        return cls(
            scheme=document.scheme,
            title=document.title,
            signed_on=document.signed_on,
            start=document.market.start,
            end=document.market.end,
            rates_guaranteed_to=document.rates_guaranteed_to,
            locks=document.locks,
            source=document.source,
            awards=document.awards,
            lots=[MapLot.of(lot, document.scheme, day, each) for lot in lots_of(document.to_domain(), accords, day)],
        )


class MapAnswer(Answer):
    """The map. `alone`: the accords under no scheme that is known. `names`: insurers and managers by their code."""

    as_of: date
    schemes: list[MapScheme]
    alone: MapLot
    names: dict[str, str]


class PartyRow(MapParty):
    """An employer party to an accord, with the accord, its scheme and the lots it stands under; none: not known."""

    agreement: str
    force: Force
    scheme: str | None
    lots: list[int]
    insurers: list[str]
    locks: list[str]


@router.get(
    "/v1/agreements/map",
    dependencies=[requires("agreements:read")],
    summary="Carte d'un jour : régimes, lots, accords et leurs employeurs",
)
async def read_map(
    tx: Tx,
    clock: Now,
    as_of: AsOf = None,
    each: Annotated[int, Query(ge=1, le=MOST, description="Éléments montrés par branche, au plus.")] = SHOWN,
) -> MapAnswer:
    """Every scheme with its lots, and the accords of the caller's employers under each; long branches are cut."""
    day = as_of or clock.day()
    documents, accords = await _read(tx, day)
    apart = MappedLot(None, accords=[one for one in accords if one.scheme not in documents])
    found = [
        MapScheme.of(document, [one for one in accords if one.scheme == key], day, each)
        for key, document in documents.items()
    ]
    codes = {
        code for document in documents.values() for one in document.conventions for code in (one.insurer, one.manager)
    }
    known = await organisations.current(tx, [code for code in codes if code])
    names = {key: one.name for key, one in sorted(known.items())}
    return MapAnswer(as_of=day, schemes=found, alone=MapLot.of(apart, "", day, each), names=names)


@router.get(
    "/v1/agreements/parties",
    dependencies=[requires("agreements:read")],
    summary="Employeurs parties aux accords, avec leurs dates et leurs exceptions",
)
async def list_parties(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    clock: Now,
    as_of: AsOf = None,
    scheme: Annotated[Named, Query(description="Régime dont relève l'accord.")] = None,
    lot: Annotated[int | None, Query(ge=0, le=1_000_000, description="Numéro du lot ; 0, aucun n'est connu.")] = None,
    agreement: Annotated[Named, Query(description="Accord qui les lie.")] = None,
    employer: Annotated[SiretText | None, Query(description="Cet employeur seul.")] = None,
    state: Annotated[ConventionState | None, Query(description="Où en est leur adhésion ce jour-là.")] = None,
) -> Page[PartyRow]:
    """Each employer of each accord, by accord and SIRET."""
    day = as_of or clock.day()
    documents, accords = await _read(tx, day)
    above = {key: document.to_domain() for key, document in documents.items()}
    rows = []
    for one in accords:
        lots = lots_under(one, above.get(one.scheme or ""), day)
        if agreement in {None, one.id} and scheme in {None, one.scheme} and (lot is None or (lot or None) in lots):
            rows += [(one, party, lots) for party in one.parties]
    kept = [
        (_key(one, party), one, party, lots)
        for one, party, lots in rows
        if employer in {None, party.employer.siret} and state in {None, party.state(day)}
    ]
    after = page.start(lambda key, siret, since: (str(key), str(siret), date.fromisoformat(str(since)).isoformat()))
    kept = sorted((row for row in kept if after is None or row[0] > after), key=lambda row: row[0])[: page.fetch]
    items = [
        PartyRow(
            **_party(party, day),
            agreement=one.id,
            force=one.force,
            scheme=one.scheme,
            lots=sorted(number for number in lots if number is not None),
            insurers=[insurer.code for insurer in one.insurers_on(day)],
            locks=list(one.locks),
        )
        for _, one, party, lots in kept
    ]
    return paged(request, response, page, items, lambda row: (row.agreement, row.employer, row.start))


async def _read(tx: AsyncConnection, day: date) -> tuple[dict[str, SchemeDocument], list[MappedAccord]]:
    documents = {document.scheme: document for _, document in await schemes.all_latest(tx)}
    return documents, await accord_map.on(tx, day, documents)


def _branch(accords: list[MappedAccord], day: date, each: int) -> dict[str, object]:
    return {
        "accords": len(accords),
        "employers": sum(len(one.bound_on(day)) for one in accords),
        "agreements": [MapAgreement.of(one, day, each) for one in accords[:each]],
    }


def _party(one: Party, day: date) -> dict[str, object]:
    return {
        "employer": one.employer.siret,
        "name": one.employer.name,
        "start": one.employer.period.start,
        "end": one.employer.period.end,
        "state": one.state(day),
        "assumption": one.employer.assumption,
        "overrides": [MapOverride.of(override) for override in one.overrides],
    }


def _key(accord: MappedAccord, party: Party) -> tuple[str, str, str]:
    return accord.id, party.employer.siret, party.employer.period.start.isoformat()
