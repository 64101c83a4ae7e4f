"""The account of a contract for a year, out of what was issued, what was paid and what claims told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.contributions.adapters import accounts, benefits, terms
from services.contributions.adapters.accounts import YearOfContract
from services.contributions.domain.account import BenefitAccount, benefit_account
from services.contributions.domain.errors import UnknownContract
from services.contributions.domain.terms_document import read_terms


@dataclass(frozen=True, slots=True)
class AccountReport:
    """Contributions and benefits of one contract and year, of one employer or of all in scope."""

    agreement: str
    insurer: str
    year: int
    contributions: YearOfContract
    benefits: BenefitAccount


async def report_account(
    tx: AsyncConnection, agreement: str, insurer: str, year: int, employer: str | None
) -> AccountReport:
    """Raises UnknownContract."""
    document = (await terms.documents(tx, [agreement])).get(agreement)
    found = await accounts.of_year(tx, agreement, insurer, year, employer)
    if found is None or document is None:
        raise UnknownContract
    told = await benefits.of_year(tx, agreement, year, employer)
    insurers = read_terms(document).insurers
    return AccountReport(agreement, insurer, year, found, benefit_account(told, insurers, insurer, year))
