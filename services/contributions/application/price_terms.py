"""Price another version of an accord from our own copies: its terms, who is covered, and what each is paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Month
from rules.book import Rules
from services.contributions.adapters import agents, pay, terms
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.errors import InvalidTerms, UnknownAgreement
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import KEPT, read_terms
from services.contributions.domain.terms_price import TermsPrice, price


async def price_terms(
    tx: AsyncConnection,
    agreement: str,
    document: Mapping[str, Any],
    month: Month,
    *,
    employers: Collection[str] | None,
    rules: Rules,
) -> TermsPrice:
    """Compare the terms we know with those of `document` in a month, at the employers given (None: all of the accord).

    Raises UnknownAgreement, InvalidTerms.
    """
    known = (await terms.documents(tx, [agreement])).get(agreement)
    if known is None:
        raise UnknownAgreement(pointer="/agreement")
    before, after = read_terms(known), _read(agreement, document)
    bound = {member.code for one in (before, after) for member in one.employers}
    files: list[AgentFile] = []
    for employer in sorted(bound if employers is None else bound & set(employers)):
        files += await _files(tx, employer, agreement, month)
    return price(files, before, after, month, rules)


def _read(agreement: str, document: Mapping[str, Any]) -> Terms:
    try:
        return read_terms({**document, "agreement": agreement, "version": 0})
    except KeyError as missing:
        # A name that the reader asks for, never one that was sent.
        name = missing.args[0]
        raise InvalidTerms(
            pointer="/document",
            detail_fr=f"Il manque « {name} » : envoyez le document entier, celui de GET /v1/agreements/{{agreement}}.",
            detail_en=f'"{name}" is missing: send the whole document, that of GET /v1/agreements/{{agreement}}.',
        ) from None
    except (ValueError, TypeError, AttributeError):
        said = ", ".join(KEPT)
        raise InvalidTerms(
            pointer="/document",
            detail_fr=f"Une valeur n'est pas de la forme attendue, dans l'une de : {said}.",
            detail_en=f"A value is not of the form expected, in one of: {said}.",
        ) from None


async def _files(tx: AsyncConnection, employer: str, agreement: str, month: Month) -> list[AgentFile]:
    """The agents that the accord covers at an employer, in as many statements as there are kinds of facts."""
    known = await agents.known(tx, employer)
    lines: dict[UUID, list[PayLine]] = defaultdict(list)
    for version in await pay.of_employer(tx, employer, month):
        if version.agent is not None:
            lines[version.agent] += version.lines()
    return [
        AgentFile(employer, str(agent), one.employments, one.affiliations, one.elections, lines[agent])
        for agent, one in sorted(known.items())
        if any(affiliation.agreement == agreement for affiliation in one.affiliations)
    ]
