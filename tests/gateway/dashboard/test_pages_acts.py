"""What the work list asks for is done on the page that it leads to, with the keyboard alone."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from gateway.dashboard.words import Words
from kit.clock import SystemClock
from kit.period import Month
from relais.demo.hiring import contractuel, titulaire
from relais.demo.world import CITY
from relais.persons import MANAGER
from relais.synthetic.identity import fictitious_nir
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_journeys import text_of
from tests.gateway.dashboard.test_pages_look import AGREEMENT, faults
from tests.platform import TestPlatform

ACCORD = AGREEMENT.rpartition("/")[2]
# Two ways to look at a page: as wide and as narrow as they come, in either theme and language.
LOOKS = [("fr", 1440, "dark"), ("en", 390, "light")]


def hired(hris: Any, matricule: str, employment: dict[str, Any], *, employer: str = CITY) -> str:
    """Somebody new of an employer, the city unless it is said; the agent's id."""
    who = {"employer": employer, "matricule": matricule, "last_name": "AGIR", "first_name": matricule}
    body = {**who, "nir": fictitious_nir(Random(matricule), 1985, 3), "birth_date": "1985-03-04"}
    return str(hris.post("/v1/agents", {**body, "employment": employment}, key=matricule)["id"])


def whose_proof_is_due(platform: TestPlatform, matricule: str) -> str:
    """A contractuel who was dispensed almost a year ago: the proof of this year is due soon."""
    start, today = SystemClock().day() - timedelta(days=340), SystemClock().day()
    with platform.api("demo-hris") as hris:
        agent = hired(hris, matricule, contractuel(str(start), str(today + timedelta(days=300))))
        asked = {"requested_on": str(start), "individual_cover": True, "proofs": [str(start)]}
        hris.post(f"/v1/agents/{agent}/dispenses", asked)
    waits_for(platform, agent, "dispense-proof")
    return agent


def whose_allowances_are_unknown(platform: TestPlatform, matricule: str) -> str:
    """A contractuel at half pay, with a month of pay before the leave: the benefit is worked out without allowances."""
    today = SystemClock().day()
    leave = today - timedelta(days=150)
    before = Month.of(leave.replace(day=1) - timedelta(days=1))
    with platform.api("demo-hris") as hris:
        start = date(leave.year - 1, leave.month, 1)
        agent = hired(hris, matricule, contractuel(str(start), str(today + timedelta(days=300))))
        hris.put(f"/v1/pay/{CITY}/{matricule}/{before}", {"tib": "1900.00"})
        said = {"kind": "CMO", "start": str(leave), "end": str(today + timedelta(days=20)), "waiting_days": 0}
        hris.post(f"/v1/agents/{agent}/leaves", said)
    waits_for(platform, agent, "daily-allowance-missing")
    return agent


def waits_for(platform: TestPlatform, agent: str, kind: str, *, many: int = 1) -> None:
    """Until the work list says so of the agent; 0: until it no longer does."""
    with platform.api("demo-staff") as staff:
        staff.until(
            lambda: len(staff.get("/v1/work-items", agent=agent, kind=kind)["items"]) == many, f"{kind}: {many}"
        )


def with_a_notice(platform: TestPlatform) -> dict[str, Any]:
    """The insurer's notice is deposited; somebody of the city who waits for it."""
    digest = "0123456789abcdef" * 4
    with platform.api("demo-staff") as staff:
        insurer = staff.get(f"/v1/agreements/{ACCORD}")["document"]["insurers"][0]["code"]
        notice = {"insurer": insurer, "issued_on": str(SystemClock().day()), "reference": "NOTICE-1", "digest": digest}
        staff.post(f"/v1/agreements/{ACCORD}/notices", notice)
        rows: list[dict[str, Any]] = staff.get(f"/v1/agreements/{ACCORD}/notices/waiting")["items"]
        return next(one for one in rows if one["employer"] == CITY)


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_a_proof_of_a_dispense_is_noted_from_the_work_list(
    pages: Pages, platform: TestPlatform, language: Any, width: int, theme: str
) -> None:
    agent = await asyncio.to_thread(whose_proof_is_due, platform, f"PROOF-{language}")
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto("/app?kind=dispense-proof")
    await hands.press(f"a.button[href='/app/agents/{agent}#dispenses']")
    today = SystemClock().day()
    await hands.act(words.t("dispenses.proof_go"))
    shown = await text_of(page, "#dispenses table")
    assert words.day(today).replace("\xa0", " ") in shown
    assert words.t("event.proof") in await text_of(page, "#events")
    await asyncio.to_thread(waits_for, platform, agent, "dispense-proof", many=0)
    await hands.open(page.locator("#dispenses summary", has_text=words.t("dispenses.give_up")))
    await hands.act(words.t("dispenses.give_up_go"))
    assert words.t("dispenses.until", day=words.day(today, short=True)).replace("\xa0", " ") in await text_of(
        page, "#dispenses table"
    )
    assert await faults(page, "an agent with a dispense") == []


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_an_option_is_elected_and_given_up_and_stays_in_the_events(
    pages: Pages, platform: TestPlatform, language: Any, width: int, theme: str
) -> None:
    def hire() -> str:
        with platform.api("demo-hris") as hris:
            return hired(hris, f"OPTION-{language}", titulaire("2025-02-01"))

    agent = await asyncio.to_thread(hire)
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto(f"/app/agents/{agent}")
    assert words.t("options.none") in await text_of(page, "#options")
    await hands.open(page.get_by_text(words.t("options.elect")))
    await hands.choose("#option-guarantee", "RETIREMENT_LOSS")
    await hands.act(words.t("options.elect_go"))
    assert words.of("guarantee", "RETIREMENT_LOSS") in await text_of(page, "#options table")
    # The same choice twice is refused, and the page says why.
    await hands.open(page.get_by_text(words.t("options.elect")))
    await hands.choose("#option-guarantee", "RETIREMENT_LOSS")
    await page.fill("#option-from", str(SystemClock().day() + timedelta(days=3)))
    await hands.press(page.get_by_role("button", name=words.t("options.elect_go")))
    assert await text_of(page, ".note.bad") != ""
    pages.met(422)
    await page.goto(f"/app/agents/{agent}")
    await hands.open(page.locator("#options summary", has_text=words.t("options.withdraw")))
    await page.fill("#option-to-1", str(SystemClock().day() + timedelta(days=30)))
    await hands.act(words.t("options.withdraw_go"))
    assert await page.locator("#options summary", has_text=words.t("options.withdraw")).count() == 0
    events = await text_of(page, "#events")
    assert all(words.t(f"event.{one}") in events for one in ("hired", "cover", "option", "option_end")), events
    assert await faults(page, "an agent with an option") == []
    # The file as it was known on a day is only read.
    await page.goto(f"/app/agents/{agent}?known_at={SystemClock().day()}")
    assert await page.locator("#options form, #dispenses form").count() == 0


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_daily_allowances_are_entered_and_looked_into_from_the_work_list(
    pages: Pages, platform: TestPlatform, language: Any, width: int, theme: str
) -> None:
    agent = await asyncio.to_thread(whose_allowances_are_unknown, platform, f"IJ-{language}")
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto("/app?kind=daily-allowance-missing")
    await hands.press(f"a.button[href='/app/agents/{agent}/daily-allowances?employer={CITY}']")
    today = SystemClock().day()
    first = today - timedelta(days=140)
    assert await page.input_value("#stop_start") == str(today - timedelta(days=150))
    await page.fill("#start", str(first))
    await page.fill("#end", str(first - timedelta(days=1)))
    await hands.write("#daily", "900,00")
    await hands.press(page.get_by_role("button", name=words.t("allowances.go")))
    assert await text_of(page, ".note.bad") != "", "the end is before the start"
    assert await page.input_value("#daily") == "900,00"
    pages.met(422)
    await page.fill("#end", str(today))
    await hands.act(words.t("allowances.go"))
    row = await text_of(page, "#notified tbody")
    assert words.amount("900.00").replace("\xa0", " ") in row
    assert words.of("allowance_doubt", "ABOVE_CAP") in row
    await asyncio.to_thread(waits_for, platform, agent, "daily-allowance-missing", many=0)
    await asyncio.to_thread(waits_for, platform, agent, "daily-allowance-doubtful")
    assert await faults(page, "daily allowances") == []
    await hands.press(page.get_by_role("link", name=words.t("allowances.change")))
    await hands.open("#checked")
    await hands.act(words.t("allowances.go"))
    assert words.t("allowances.checked") in await text_of(page, "#notified tbody")
    await asyncio.to_thread(waits_for, platform, agent, "daily-allowance-doubtful", many=0)
    await hands.press(".head a.button[href^='/app/claims/']")
    await hands.press("#why a[href*='/daily-allowances?employer=']")
    assert await page.locator("#notified tbody tr").count() == 1


async def test_a_notice_is_handed_over_and_nobody_waits_for_it_twice(pages: Pages, platform: TestPlatform) -> None:
    waiting = await asyncio.to_thread(with_a_notice, platform)
    page, words = await pages.signed_in(MANAGER, width=390, theme="dark"), Words("fr")
    hands = Hands(page, words)
    path = f"{AGREEMENT}?agent={waiting['agent']}&employer={waiting['employer']}&version={waiting['version']}"
    await page.goto(path)
    assert await page.locator("#to-hand tbody tr").first.locator("details[open]").count() == 1
    assert await faults(page, "a notice to hand over") == []
    await hands.choose("#channel-1", "POST")
    await hands.write("#proof-1", "recommandé 1A 234")
    await hands.act(words.t("agreements.hand_over_go"))
    assert words.t("agreement_done.notice") in await text_of(page, ".note.good")
    left = page.locator(f"#to-hand tr:has(a[href='/app/agents/{waiting['agent']}']) td.n")
    assert str(waiting["version"]) not in await left.all_inner_texts()
    await page.goto(path)
    await hands.write("#proof-1", "une seconde fois")
    await hands.press(page.locator("#to-hand button").first)
    assert await text_of(page, ".note.bad") != ""
    pages.met(409)


async def test_the_committee_meets_decides_and_sends_its_record(pages: Pages) -> None:
    page, words = await pages.signed_in(language="en"), Words("en")
    hands = Hands(page, words)
    await page.goto("/app?kind=committee-late")
    await hands.press(f"a.button[href='{AGREEMENT}/committee']")
    assert "2025" in await text_of(page, ".note.warn")
    await hands.open(page.get_by_text(words.t("committee.seat")))
    union = await page.locator("#for option[value^='UNION:']").first.get_attribute("value")
    assert union is not None
    await hands.choose("#for", union)
    await hands.write("#member", "Camille EXEMPLE")
    await page.fill("#since", "2025-01-01")
    await hands.act(words.t("committee.seat_go"))
    assert "Camille EXEMPLE" in await text_of(page, "#members table")
    await page.fill("#held-on", "2025-11-20")
    assert (await page.input_value("#attendees")).split() == ["Camille", "EXEMPLE"]
    await hands.write("#decisions", "Bilan de l'année approuvé.")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Taux maintenus.")
    await hands.act(words.t("committee.meet_go"))
    assert await page.locator("#meetings li").all_inner_texts() == ["Bilan de l'année approuvé.", "Taux maintenus."]
    assert await page.locator(".note.warn").count() == 0, "no year is missed any more"
    assert await faults(page, "a committee") == []
    await hands.open(page.get_by_text(words.t("committee.send")))
    await hands.act(words.t("committee.send_go"))
    assert words.t("committee.unsent") not in await text_of(page, "#meetings")
    # A meeting to come is none; what was typed stays.
    await page.evaluate("document.getElementById('held-on').removeAttribute('max')")
    await page.fill("#held-on", str(SystemClock().day() + timedelta(days=9)))
    await hands.write("#decisions", "Trop tôt.")
    await hands.press(page.get_by_role("button", name=words.t("committee.meet_go")))
    assert await text_of(page, ".note.bad") != ""
    assert await page.input_value("#decisions") == "Trop tôt."
    await hands.open(page.get_by_text(words.t("committee.leave")))
    await hands.act(words.t("committee.leave_go"))
    assert words.t("committee_done.left") in await text_of(page, ".note.good")
    await page.goto("/app?kind=committee-late")
    assert await page.locator(f"a.button[href='{AGREEMENT}/committee']").count() == 0
    pages.met(422)
