"""Price an accord as it reads on two days: the same agents, on the last pay known of each, under either."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Month
from rules.book import Rules
from services.contributions.adapters import agents, terms
from services.contributions.application.study_region import take_all
from services.contributions.domain.errors import TermsNotComparable, UnknownAgreement
from services.contributions.domain.terms_document import read_terms
from services.contributions.domain.what_if import Scenario, Study, WhatIf

_AS_IT_IS = Scenario("")


async def price_days(
    tx: AsyncConnection,
    agreement: str,
    days: tuple[date, date],
    month: Month,
    *,
    employers: Collection[str] | None,
    rules: Rules,
) -> tuple[WhatIf, WhatIf]:
    """A month as the accord reads on either day, at the employers given (None: all of it). Changes nothing.

    Raises UnknownAgreement, and TermsNotComparable where an agent is priced under one alone: no difference is guessed.
    """
    known = (await terms.documents(tx, [agreement])).get(agreement)
    if known is None:
        raise UnknownAgreement(pointer="/agreement")
    accord = read_terms(known)
    bound = {member.code for member in accord.employers}
    asked = [one for one in await agents.employers(tx) if one in bound and (employers is None or one in employers)]
    studies = [Study(month, {agreement: accord.held_on(day)}, rules) for day in days]
    await take_all(tx, studies, asked, {agreement})
    before, after = [await asyncio.to_thread(study.outcome, [_AS_IT_IS]) for study in studies]
    if before.unpriced != after.unpriced:
        raise TermsNotComparable(pointer="/after")
    return before, after
