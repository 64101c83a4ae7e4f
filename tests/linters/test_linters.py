"""Each rule of the house on a line that breaks it and on one that keeps it."""

from pathlib import Path

import pytest

from tests.linters import clock, database, imports, law, privacy, rule_ids, tenancy, tests
from tests.linters.__main__ import main
from tests.linters.run import LINTERS, Linter, findings
from tests.linters.source import Source, read

DOMAIN = "services/claims/domain/leave.py"
APPLICATION = "services/claims/application/decide.py"
ADAPTER = "services/claims/adapters/claims.py"

# What each linter must find, and what it must leave alone: linter, file, code.
BREAKS: list[tuple[Linter, str, str]] = [
    (law.check, DOMAIN, "limit = 90"),
    (law.check, DOMAIN, "limit = -365"),
    (law.check, DOMAIN, "days = timedelta(days=30)"),
    (law.check, DOMAIN, "start = date(2025, 3, 1)"),
    (law.check, DOMAIN, "first = date(year, 1, 1)"),
    (law.check, DOMAIN, "start = date.fromisoformat('2025-03-01')"),
    (law.check, DOMAIN, "start = Month.parse('2025-01')"),
    (law.check, DOMAIN, "START = '2025-01-01'"),
    (law.check, DOMAIN, "rate = Decimal('0.9')"),
    (law.check, DOMAIN, "rate = Decimal('1')"),
    (law.check, DOMAIN, "rate = Rate.parse('0.95')"),
    (law.check, DOMAIN, "flat = Money.parse('7')"),
    (law.check, DOMAIN, "flat = Money(700)"),
    (law.check, DOMAIN, "half = Fraction(1, 2)"),
    (law.check, DOMAIN, "if rate >= Rate(Decimal('0.66')): pass"),
    (law.check, DOMAIN, "RATES = {'BASE': '0.0205'}"),
    (law.check, DOMAIN, "scaled = 2**10"),
    (law.check, DOMAIN, "match days:\n    case 90: pass"),
    (law.check, DOMAIN, "x = 1.0"),
    (law.check, DOMAIN, "def f(x: float) -> None: ..."),
    (law.check, DOMAIN, "x = float(y)"),
    (law.check, "services/claims/domain/deep/leave.py", "limit = 90"),
    (imports.check, DOMAIN, "import pydantic"),
    (imports.check, DOMAIN, "from kit.db.database import Database"),
    (imports.check, DOMAIN, "from kit import settings"),
    (imports.check, DOMAIN, "from services.claims.adapters import claims"),
    (imports.check, DOMAIN, "from services.eligibility.domain import agent"),
    (imports.check, DOMAIN, "from . import leave"),
    (imports.check, DOMAIN, "import os"),
    (imports.check, DOMAIN, "from dateutil.relativedelta import relativedelta"),
    (database.check, APPLICATION, "from sqlalchemy import select"),
    (database.check, APPLICATION, "import asyncpg"),
    (database.check, APPLICATION, "import sqlalchemy as sa"),
    (database.check, APPLICATION, "await tx.execute(statement)"),
    (database.check, APPLICATION, "await self.tx.scalar(statement)"),
    (database.check, APPLICATION, "q = 'SELECT 1'"),
    (database.check, APPLICATION, "q = f'  INSERT INTO {table} VALUES (1)'"),
    (database.check, "services/claims/api/claims.py", "q = 'UPDATE claim SET x = 1'"),
    (database.check, "services/claims/events.py", "from sqlalchemy import text"),
    (database.check, "gateway/proxy.py", "await connection.execute(statement)"),
    (database.check, APPLICATION, "await tx.commit()"),
    (database.check, ADAPTER, "await tx.commit()"),
    (database.check, "relais/demo.py", "connection.commit()"),
    (database.check, "kit/db/jobs.py", "q = 'SET LOCAL synchronous_commit = off'"),
    (database.check, ADAPTER, "q = f\"{x}, set_config('synchronous_commit', 'off', true)\""),
    (clock.check, DOMAIN, "today = date.today()"),
    (clock.check, APPLICATION, "now = datetime.now(UTC)"),
    (clock.check, "services/claims/api/claims.py", "now = datetime.datetime.utcnow()"),
    (clock.check, "kit/http/auth.py", "now = time.time()"),
    (clock.check, "gateway/proxy.py", "now = datetime.now(tz=UTC)"),
    (rule_ids.check, DOMAIN, "x = rules.at('leave.cmo.half_rate', day)"),
    (rule_ids.check, APPLICATION, "x = book.table('leave.contractual', day)"),
    (rule_ids.check, DOMAIN, "x = rules.at('leave.cmo.full_days', day).money"),
    (rule_ids.check, DOMAIN, "x = rules.at('pss.monthly', day).rate"),
    (tenancy.check, ADAPTER, "t = Table('claim', metadata, Column('employer', Text))"),
    (
        tenancy.check,
        ADAPTER,
        "t = Table('claim', metadata, Column('id', Id), sa.Column('employer', Text), Column('x'))",
    ),
    (tenancy.check, ADAPTER, "t = Table('claim', metadata, employer())"),
    (privacy.check, ADAPTER, "c = Column('nir', Text)"),
    (privacy.check, ADAPTER, "c = Column('nir')"),
    (privacy.check, ADAPTER, "c = Column('agent_nir', String(15))"),
    (privacy.check, "services/claims/migrations/versions/0001_first.py", "c = sa.Column('nir', sa.Text())"),
    (privacy.check, "services/eligibility/events.py", "class Hired(EventData):\n    nir: str"),
    (privacy.check, "services/eligibility/events.py", "class Started(EventData):\n    pathology_group: str | None"),
    (privacy.check, "services/claims/events.py", "class Opened(EventData):\n    cause_key: bytes"),
    (tests.check, "tests/kit/test_a.py", "from unittest.mock import MagicMock"),
    (tests.check, "tests/kit/test_a.py", "from unittest import mock"),
    (tests.check, "tests/kit/test_a.py", "import pytest_mock"),
    (tests.check, "tests/kit/test_a.py", "@pytest.mark.skip\ndef test_a(): assert x"),
    (tests.check, "tests/kit/test_a.py", "@pytest.mark.xfail(strict=True)\ndef test_a(): assert x"),
    (tests.check, "tests/kit/test_a.py", "def test_a():\n    pytest.skip('no')"),
    (tests.check, "tests/kit/test_a.py", "async def test_a():\n    await asyncio.sleep(1)\n    assert x"),
]

KEEPS: list[tuple[Linter, str, str]] = [
    (law.check, DOMAIN, "if days == 0 or n > -1: n += 1"),
    (law.check, DOMAIN, "months = 12 * years + 2"),
    (law.check, DOMAIN, "flag = True"),
    (law.check, DOMAIN, "zero = Money(0), Rate(Decimal(0)), Fraction(0), Decimal(1)"),
    (law.check, DOMAIN, "full = rules.at('leave.cmo.full_days', day).integer"),
    (law.check, DOMAIN, "last = date.max, row.date('born_from')"),
    (law.check, DOMAIN, "def f():\n    '''Since 2025-03-01, 90 days at 0.90.'''"),
    (law.check, DOMAIN, "year = text[:4], text[5:7], row[3]"),
    (law.check, DOMAIN, "scaled = euros * 10**decimals"),
    (law.check, DOMAIN, "@lru_cache(maxsize=1 << 16)\ndef f(): ..."),
    (law.check, DOMAIN, "class E(RelaisError):\n    status = 404"),
    (law.check, DOMAIN, "class E(RelaisError):\n    status: int = 409"),
    (law.check, DOMAIN, "reference = 'décret 2022-581 art. 3'"),
    (law.check, DOMAIN, "day = date.fromisoformat(text)"),
    (law.check, APPLICATION, "page = 200"),
    (law.check, "gateway/domain/tokens.py", "seconds = 600"),
    (law.check, "kit/money.py", "CENTS = 100"),
    (law.check, "tests/services/claims/domain/test_leave.py", "days = 90"),
    (imports.check, DOMAIN, "from datetime import date\nimport functools\nfrom collections.abc import Iterator"),
    (imports.check, DOMAIN, "from kit.money import Money\nfrom kit import rate\nfrom rules.book import Rules"),
    (imports.check, DOMAIN, "from services.claims.domain.leave import Leave\nfrom services.claims.domain import leave"),
    (imports.check, APPLICATION, "import os, pydantic"),
    (database.check, APPLICATION, "from sqlalchemy.ext.asyncio import AsyncConnection"),
    (database.check, APPLICATION, "from sqlalchemy.exc import IntegrityError"),
    (database.check, APPLICATION, "claim = await claims.load(tx, id)"),
    (database.check, APPLICATION, "def f():\n    '''\n    SELECT what to pay.\n    '''"),
    (database.check, APPLICATION, "label = 'Select an agent', 'UPDATE', 'WITH a view'"),
    (database.check, APPLICATION, "await use_case.execute(command)"),
    (database.check, ADAPTER, "await tx.execute(select(claim))"),
    (database.check, "services/claims/migrations/versions/0001_first.py", "op.execute('CREATE TABLE a ()')"),
    (database.check, "kit/db/database.py", "await connection.commit()"),
    (database.check, "tests/kit/db/test_a.py", "await connection.commit()"),
    (database.check, "kit/events/relay.py", "q = 'SET synchronous_commit = off'"),
    (clock.check, "kit/clock.py", "return datetime.now(UTC)"),
    (clock.check, "services/claims/main.py", "return datetime.now(UTC)"),
    (clock.check, ADAPTER, "q = select(func.now())"),
    (clock.check, APPLICATION, "now = clock.now(), clock.day(), time.monotonic()"),
    (clock.check, "tests/kit/test_a.py", "now = datetime.now(UTC)"),
    (rule_ids.check, DOMAIN, "x = rules.at('leave.cmo.full_days', day).integer, rules.at('pss.monthly', day).value"),
    (rule_ids.check, DOMAIN, "x = rules.table('leave.contractual.cmo', day), rules.at(name, day).rate, terms.at(day)"),
    (rule_ids.check, "tests/rules/test_book.py", "x = rules.at('no.such.rule', day)"),
    (tenancy.check, ADAPTER, "t = Table('kind', metadata, Column('name', Text))"),
    (tenancy.check, ADAPTER, "t = Table('kind', metadata, Index('ix', 'employer'))"),
    (tenancy.check, "kit/db/schema.py", "t = Table('claim', metadata, Column('employer', Text))"),
    (privacy.check, ADAPTER, "c = Column('nir', LargeBinary)"),
    (privacy.check, ADAPTER, "c = Column('nir_sealed', sa.LargeBinary(), nullable=False)"),
    (privacy.check, ADAPTER, "c = Column('nir_index', Text)"),
    (privacy.check, ADAPTER, "c = Column('avenir', Text)"),
    (privacy.check, "services/eligibility/events.py", "class Started(EventData):\n    kind: str\n    causation: str"),
    (privacy.check, "services/eligibility/api/agents.py", "class Hire(Request):\n    nir: NirText"),
    (tests.check, "tests/kit/test_a.py", "def test_a():\n    rows.skip(3)\n    assert rows"),
    (tests.check, "tests/postgres.py", "def wait():\n    time.sleep(0.1)"),
    (tests.check, "kit/retry.py", "async def test_once():\n    await asyncio.sleep(1)"),
]


@pytest.mark.parametrize(("linter", "path", "code"), BREAKS)
def test_what_breaks_a_rule_is_found(linter: Linter, path: str, code: str) -> None:
    found = list(linter([Source.of(path, code)]))
    assert found
    assert all(str(finding).startswith(f"{path}:") for finding in found)


@pytest.mark.parametrize(("linter", "path", "code"), KEEPS)
def test_what_keeps_it_is_left_alone(linter: Linter, path: str, code: str) -> None:
    assert list(linter([Source.of(path, code)])) == []


TABLES = Source.of(ADAPTER, "t = Table('claim', metadata, Column('employer', Text))")


@pytest.mark.parametrize(
    "migration",
    [
        "rls.enable(op, 'claim')",
        "enable(op, 'claim', column='employer')",
        "rls.enable_through(op, 'claim', parent='agent', column='agent')",
        "for table in ('agent', 'claim'):\n    rls.enable(op, table)",
        "TENANT = ['agent', 'claim']\nfor table in TENANT:\n    rls.enable(op, table)",
        "TENANT: Final = ('claim',)\nfor name in TENANT:\n    rls.enable(op, name)",
        "A = ('agent',)\nB = ['claim']\nfor name in (*A, *B):\n    rls.enable(op, name)",
        "A = ('agent',)\nB = ('claim',)\nfor name in A + B:\n    rls.enable(op, name)",
    ],
)
def test_a_migration_secures_a_table(migration: str) -> None:
    assert list(tenancy.check([TABLES, Source.of("services/claims/migrations/versions/0001.py", migration)])) == []


@pytest.mark.parametrize(
    ("path", "migration"),
    [
        ("services/claims/migrations/versions/0001.py", "rls.enable(op, 'agent')"),
        ("services/claims/migrations/versions/0001.py", "for table in ('agent',):\n    rls.enable(op, table)"),
        (
            "services/claims/migrations/versions/0001.py",
            "for t in ('agent',):\n    rls.enable(op, t)\nfor t in ('claim',):\n    append_only(op, t)",
        ),
        ("services/claims/migrations/versions/0001.py", "A = (*A, 'agent')\nfor t in A:\n    rls.enable(op, t)"),
        ("services/eligibility/migrations/versions/0001.py", "rls.enable(op, 'claim')"),
        ("services/claims/migrations/versions/0001.py", "op.create_table('claim')"),
    ],
)
def test_another_table_or_another_component_does_not(path: str, migration: str) -> None:
    assert len(list(tenancy.check([TABLES, Source.of(path, migration)]))) == 1


def test_a_comment_with_a_reason_lets_one_rule_through_on_its_line() -> None:
    allowed = "percent = 100  # lint(law) because it only shows a rate\nlimit = 90"
    found = findings([Source.of(DOMAIN, allowed)])
    assert [(f.line, f.rule) for f in found] == [(2, "law")]


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("limit = 90  # lint(law) because", ["law"]),
        ("limit = 90  # lint(float) because it is exact", ["law", "stale"]),
        ("limit = 1  # lint(law) because it was ninety once", ["stale"]),
        ("text = '# lint(law) because of nothing'", []),
    ],
)
def test_no_reason_another_rule_or_nothing_to_let_through(code: str, rules: list[str]) -> None:
    assert sorted(f.rule for f in findings([Source.of(DOMAIN, code)])) == rules


def test_a_finding_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main() == 0
    folder = tmp_path / "services" / "claims" / "domain"
    folder.mkdir(parents=True)
    (folder / "leave.py").write_text("\n\nlimit = 90\n", encoding="utf-8")
    found = findings(read(tmp_path))
    assert [str(f) for f in found] == [f"{DOMAIN}:3: law: the number 90 belongs in rules/, or needs a reason"]
    assert main() == 1
    assert capsys.readouterr().out.splitlines() == [str(f) for f in found]


def test_every_linter_finds_something_and_leaves_something_alone() -> None:
    assert {linter for linter, _, _ in BREAKS} == {linter for linter, _, _ in KEEPS} == set(LINTERS)
