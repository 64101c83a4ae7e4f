"""Pay of nothing but amounts goes in by columns: what is read, stored and told is what the usual way would."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kit.db.database import Scope
from kit.events.context import chained
from kit.events.envelope import Envelope
from kit.http.import_lines import at_once
from kit.http.problem import Problem
from kit.http.strict_json import loads
from services.contributions.adapters.pay import PayVersion
from services.contributions.api.pay_schemas import PayItem
from services.contributions.api.plain_pay import read_plain
from services.contributions.application.payloads.pay import PayRecorded, plain_payload
from services.contributions.application.record_pay import record_plain
from services.contributions.domain.intake import PlainPay
from tests.services.client import Service
from tests.services.contributions.dsn.files import NIRS
from tests.services.contributions.facts import CITY
from tests.services.contributions.test_import_pay import LINE, counts, imported, lines
from tests.services.contributions.world import NOW, RECEPTION, World
from tests.waiting import eventually

AGENT = UUID(int=1)
OTHERS_BETWEEN = 1_000
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"
KEYS: dict[str, list[Any]] = {
    "employer": [CITY, "99985001900013", "", 1],
    "matricule": ["M1", "é", "M/1", f"M{NIRS[0]}", "x" * 65, "M1\n", ""],
    "month": ["2025-06", "2025-13", "1899-12", "2025-06-01", None],
}
OTHERS: dict[str, list[Any]] = {
    "employment": ["C-1/2", "C 1", NIRS[1], ""],
    "share_of_pay": ["0.5"],
    "version": [1],
    "other": [{"CTI": "1.00"}],
    "unknown": ["x"],
}
AMOUNTS = ("tib", "nbi", "ri", "sft", "ir", "tpp", "cabinet", "gross")
GOOD: list[Any] = ["0", "2067.5", "0.07", "999999999.99"]
BAD: list[Any] = ["-1.00", "1e3", "1.234", "", "1,5", "\u0663", "1.00 ", 12, None, True]
fields = st.fixed_dictionaries(
    {name: st.sampled_from([values[0]] * 6 + values) for name, values in KEYS.items()},
    optional={
        **{name: st.sampled_from(values) for name, values in OTHERS.items()},
        **dict.fromkeys(AMOUNTS, st.sampled_from(GOOD * 6 + BAD)),
    },
)


@given(fields)
def test_what_is_read_as_plain_is_what_the_usual_way_reads_and_tells(sent: dict[str, Any]) -> None:
    plain = read_plain(sent)
    try:
        item = PayItem.model_validate(sent)
    except ValidationError:
        assert plain is None
        return
    if sent.keys() & {"share_of_pay", "version", "other"}:
        assert plain is None
        return
    assert plain is not None, "what is plain and right is read as such"
    assert (*plain[:3], plain.month) == (*item.key[:3], item.key.month.first)
    told = PayRecorded.of(str(AGENT), PayVersion(item.key, 1, item.to_domain(), NOW))
    assert f'{{"agent":"{AGENT}",{plain_payload(plain)}' == told.model_dump_json()


pieces = st.sampled_from(
    ['"a"', '"b"', '""', ":", ",", "{", "}", " ", "\t", "\x00", "\x7f", "é", "\\", '"\\u0000"', "1", "null", "[", "]"]
)


members = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(['"x"', '""', '"é"', "true", "null", '{"a": "x", "b": null}'])),
    max_size=4,
)


@given(
    st.one_of(
        st.dictionaries(st.text(max_size=3), st.one_of(st.text(max_size=5), st.integers()), max_size=4).map(json.dumps),
        members.map(lambda pairs: "{" + ", ".join(f'"{name}": {value}' for name, value in pairs) + "}"),
        st.lists(pieces, max_size=14).map("".join),
    )
)
def test_texts_read_at_once_are_those_of_strict_json(line: str) -> None:
    found = at_once(line.encode())
    if found is not None:
        assert found == loads(line.encode())


def test_a_name_that_comes_twice_is_left_to_strict_json() -> None:
    twice = b'{"tib": "1.00", "ri": "2.00", "tib": "3.00"}'
    assert at_once(twice) is None
    assert at_once(twice.replace(b'"tib": "3.00"', b'"nbi": "3.00"')) == {"tib": "1.00", "ri": "2.00", "nbi": "3.00"}
    with pytest.raises(Problem) as told:
        loads(twice)
    assert told.value.code == "ambiguous_json"


async def test_plain_lines_among_others_are_stored_and_told_alike(service: Service, world: World) -> None:
    """The same months of two agents, one in plain lines, the other in lines that say a `share_of_pay` of 1."""
    plain, usual = await world.hire("M1"), await world.hire("M2")
    months = ("2025-05", "2025-06", "2025-04")
    said = {"tib": "2000.5", "ri": "300.00", "gross": "1.00", "cabinet": "10.00", "employment": "C-1"}
    file = lines(
        *({**LINE, **said, "month": month} for month in months),
        *({**LINE, **said, "month": month, "matricule": "M2", "share_of_pay": "1"} for month in months),
        {**LINE, "matricule": "nobody"},
    )
    for _ in range(2):
        job, rejects = await imported(service, world, file)
        assert (counts(job), rejects) == (("done", 7, 7, 0), [])
    rows = await world.rows("SELECT to_jsonb(p) - 'share_of_pay' AS row FROM pay_version p ORDER BY matricule, month")
    stored = [row["row"] if isinstance(row["row"], dict) else json.loads(row["row"]) for row in rows]
    ours, theirs = ([row for row in stored if row["matricule"] == name] for name in ("M1", "M2"))
    assert ours == [{**row, "matricule": "M1"} for row in theirs]
    assert len(ours) == len(months)
    events = [
        (row["version"], row["recorded_at"], Envelope.read(row["text"]), row["text"])
        for row in await world.rows(
            "SELECT version, recorded_at, CAST(envelope AS text) AS text FROM outbox WHERE topic LIKE '%pay%'"
            " ORDER BY key, version"
        )
    ]
    assert all(one.json_text() == text for _, _, one, text in events), "written as any event is"
    told = {
        agent: [(version, one.sequence, one.data["month"]) for version, _, one, _ in events if one.key == str(agent)]
        for agent in (plain, usual)
    }
    assert told[plain] == told[usual] == [(n, n, month) for n, month in enumerate(months, 1)]
    absent = {"id", "time", "partitionkey", "sequence", "correlationid", "traceparent", "data"}
    assert len({one.model_dump_json(exclude=absent) for _, _, one, _ in events}) == 1
    assert all(one.id.version == 7 and one.time == at for _, at, one, _ in events)
    assert len(await world.rows("SELECT * FROM pay_waiting")) == 1


async def test_a_plain_line_does_not_overtake_one_of_its_month_that_came_long_before(
    service: Service, world: World
) -> None:
    await world.hire("M1")
    others = ({**LINE, "matricule": f"N{n}"} for n in range(OTHERS_BETWEEN))
    file = lines({**LINE, "share_of_pay": "1"}, *others, {**LINE, "tib": "1.00"})
    job, rejects = await imported(service, world, file)
    assert counts(job) == ("done", OTHERS_BETWEEN + 2, OTHERS_BETWEEN + 1, 1)
    assert rejects == [[str(OTHERS_BETWEEN + 2), "version", "if_match_missing"]]
    (kept,) = await world.rows("SELECT tib FROM pay_version WHERE matricule = 'M1'")
    assert kept["tib"] == 200_000


async def test_of_two_who_write_a_month_at_once_the_second_is_left_to_the_usual_way(world: World) -> None:
    agent = await world.hire("M1")
    pay = read_plain(LINE)
    assert isinstance(pay, PlainPay)
    pays = [pay, pay._replace(matricule="M2")]
    database = world.database.api
    async with database.transaction(Scope.all()) as first, database.transaction(Scope.all()) as second:
        assert await record_plain(first, pays[:1], RECEPTION) == []
        with chained(correlation='c-"1"', causation="e-0"):
            waiting = asyncio.create_task(record_plain(second, pays, RECEPTION))
            await eventually(lambda: world.database.admin.fetchval(WAITS), "the second waits for the first")
        assert not waiting.done()
        await first.commit()
        assert await waiting == [0, 1]
    (one,) = await world.rows("SELECT key, version FROM outbox WHERE topic LIKE '%pay%'")
    assert (one["key"], one["version"]) == (str(agent), 1)
