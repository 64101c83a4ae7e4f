"""When what is due ends (§5.2): benefits by the end of the employment or a retirement for invalidity, annuities by
death, by the recognition that follows or at an age.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from kit.period import ONE_DAY
from rules.book import NoValueAt, Rules
from rules.vocabulary import Regime
from services.claims.domain.agent_file import AgentFile, DatedTerms, Recognition
from services.claims.domain.annuity import Run
from services.claims.domain.legal_age import legal_age_day
from services.claims.domain.spell import Spell
from services.claims.domain.terms import AnnuityEnd


def last_paid_day(file: AgentFile, spell: Spell) -> date:
    """The last day of a spell that may be paid for.

    The end of the employment ends it, and so does the retirement for invalidity of a CNRACL agent, backdated or not:
    from its day the annuity takes over. A death has ended the spell. The end of cover does not: what has begun goes on.
    """
    ends = [spell.end, file.employed_until(spell.start) or spell.end]
    if spell.employment.regime is Regime.CNRACL:
        retired = (one.invalidity.start for one in file.recognitions if one.invalidity.cnracl_rate is not None)
        ends += [start - ONE_DAY for start in retired if start >= spell.start]
    return min(ends)


def run_of(file: AgentFile, version: DatedTerms, recognition: Recognition, rules: Rules) -> Run:
    """How long an annuity runs, by death, by the recognition that follows or as the terms say, and its revaluations."""
    start = recognition.invalidity.start
    ends = [*([file.died_on] if file.died_on else []), *_followed(file, recognition)]
    if version.terms.income.annuity.until is AnnuityEnd.LEGAL_AGE and file.birth_date is not None:
        with suppress(NoValueAt):  # nobody vouches for the age of that time
            ends.append(legal_age_day(file.birth_date, start, rules)[0] - ONE_DAY)
    return Run(min(ends, default=None), file.revaluations.get(version.terms.agreement, ()))


def _followed(file: AgentFile, recognition: Recognition) -> Iterator[date]:
    """The day before the recognition that follows, as told or as it is known: no day has two annuities."""
    if recognition.until is not None:
        yield recognition.until
    starts = (one.invalidity.start for one in file.recognitions)
    yield from (start - ONE_DAY for start in starts if start > recognition.invalidity.start)
