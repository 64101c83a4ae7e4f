"""A leave is changed, taken over and stood in for; annuities are raised; notices deposited: with the keyboard alone."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from gateway.dashboard.words import Words
from kit.clock import SystemClock
from relais.demo.hiring import titulaire
from relais.persons import HR
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_acts import ACCORD, LOOKS, hired
from tests.gateway.dashboard.test_pages_journeys import text_of
from tests.gateway.dashboard.test_pages_look import AGREEMENT, faults
from tests.platform import TestPlatform

START, END = date(2026, 2, 1), date(2026, 4, 30)


def on_leave(platform: TestPlatform, matricule: str, kind: str = "CMO") -> str:
    """The page of somebody's leave of three months."""
    with platform.api("demo-hris") as hris:
        agent = hired(hris, matricule, titulaire("2025-02-01"))
        said = {"kind": kind, "start": str(START), "end": str(END)}
        leave = hris.post(f"/v1/agents/{agent}/leaves", said)["id"]
    with platform.api("demo-staff") as staff:
        staff.until(lambda: staff.get("/v1/entitlements", agent=agent)["periods"], "rights")
    return f"/app/agents/{agent}/leaves/{leave}"


async def wrong_at(page: Page, field: str) -> str:
    """What is said at a field that was refused, as it is read out with it."""
    found = page.locator(field)
    assert await found.get_attribute("aria-invalid") == "true", field
    said = (await found.get_attribute("aria-describedby") or "").split()
    return await text_of(page, f"#{next(one for one in said if one.endswith('-fault'))}")


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_a_leave_is_requalified_and_what_is_wrong_is_said_at_the_field(
    pages: Pages, platform: TestPlatform, language: Any, width: int, theme: str
) -> None:
    path = await asyncio.to_thread(on_leave, platform, f"REQUALIFY-{language}")
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto(path.partition("/leaves/")[0])
    await hands.press(f"#leaves a[href='{path}']")
    assert await faults(page, "a leave") == []
    await hands.open(page.locator("#change summary", has_text=words.t("leaves.requalify")))
    await hands.choose("#requalify-kind", "CLM")
    await page.evaluate("document.getElementById('requalify-from').removeAttribute('max')")
    await page.fill("#requalify-from", str(END + timedelta(days=9)))
    await hands.press(page.get_by_role("button", name=words.t("leaves.requalify_go")))
    assert await wrong_at(page, "#requalify-from") != ""
    assert await page.input_value("#requalify-kind") == "CLM", "what was chosen stays"
    assert await page.locator("[aria-invalid]").count() == 1
    assert await faults(page, "a leave that was refused") == []
    pages.met(422)
    await page.fill("#requalify-from", str(START))
    await hands.act(words.t("leaves.requalify_go"))
    assert words.t("leave_done.requalify") in await text_of(page, ".note.good")
    assert words.of("leave", "CLM") in await text_of(page, "#entries tbody")


async def test_a_leave_is_renewed_ended_earlier_and_cancelled(pages: Pages, platform: TestPlatform) -> None:
    path = await asyncio.to_thread(on_leave, platform, "LEAVE-LIFE")
    page, words = await pages.signed_in(), Words("fr")
    hands = Hands(page, words)
    await page.goto(path)
    await hands.open(page.locator("#change summary", has_text=words.t("leaves.renew")))
    assert await page.input_value("#renew-start") == "2026-05-01", "the day after the last"
    await page.fill("#renew-end", "2026-05-31")
    await hands.act(words.t("leaves.renew_go"))
    assert await page.locator("#entries tbody tr").count() == 2
    read_before = await page.locator("input[name=version]").first.get_attribute("value")
    await hands.open(page.locator("#change summary", has_text=words.t("leaves.shorten")))
    await page.fill("#shorten-end", "2026-04-15")
    await hands.act(words.t("leaves.shorten_go"))
    assert await page.locator("#entries tbody tr").count() == 1
    await page.evaluate(
        "version => document.querySelectorAll('input[name=version]').forEach((one) => { one.value = version })",
        read_before,
    )
    await hands.open(page.locator("#change summary", has_text=words.t("leaves.cancel")))
    await hands.open("#cancel-sure")
    await hands.press(page.get_by_role("button", name=words.t("leaves.cancel_go")))
    assert await text_of(page, ".note.bad") != "", "somebody changed the file meanwhile"
    pages.met(412)
    await hands.open("#cancel-sure")
    await hands.act(words.t("leaves.cancel_go"))
    assert words.t("agent_done.leave_cancelled") in await text_of(page, ".note.good")
    gone = await page.goto(path)
    assert gone is not None
    assert gone.status == 404
    pages.met(404)


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_a_claim_is_taken_over_and_given_back(
    pages: Pages, platform: TestPlatform, language: Any, width: int, theme: str
) -> None:
    path = await asyncio.to_thread(on_leave, platform, f"TAKEN-{language}")
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto(path)
    await hands.open(page.locator("#takeover summary", has_text=words.t("takeover.take")))
    await hands.write("#take-former", "Ancien assureur")
    await page.fill("#take-from", str(START - timedelta(days=40)))
    await hands.choose("#take-agreement", ACCORD)
    await hands.press(page.get_by_role("button", name=words.t("takeover.take_go")))
    assert await wrong_at(page, "#take-from") != "", "the leave had not begun"
    pages.met(422)
    await page.fill("#take-from", "2026-03-01")
    await page.fill("#take-month", "2026-01")
    await hands.write("#take-tib", "deux")
    await hands.press(page.get_by_role("button", name=words.t("takeover.take_go")))
    assert await wrong_at(page, "#take-tib") != ""
    assert await wrong_at(page, "#take-nbi") != "", "a reference pay is told whole"
    pages.met(422)
    for name, text in (("tib", "2 067,57"), ("nbi", "0"), ("ri", "300")):
        await hands.write(f"#take-{name}", text)
    await hands.act(words.t("takeover.take_go"))
    shown = await text_of(page, "#takeover .facts")
    assert "Ancien assureur" in shown
    assert words.amount("2067.57").replace("\xa0", " ").replace("\u202f", " ") in shown.replace("\u202f", " ")
    assert await faults(page, "a claim taken over") == []
    await hands.open(page.locator("#takeover summary", has_text=words.t("takeover.give_back")))
    await hands.write("#give-back-reason", "L'ancien assureur le garde.")
    await hands.act(words.t("takeover.give_back_go"))
    assert "L'ancien assureur le garde." in await text_of(page, "#takeover .empty")


async def test_a_replacement_is_noted_and_withdrawn(pages: Pages, platform: TestPlatform) -> None:
    path = await asyncio.to_thread(on_leave, platform, "REPLACED", "CLM")
    page, words = await pages.signed_in(language="en"), Words("en")
    hands = Hands(page, words)
    await page.goto(path)
    await hands.open(page.locator("#replacements summary"))
    await page.fill("#replace-start", "2026-03-01")
    await page.fill("#replace-end", "2026-02-01")
    await hands.press(page.get_by_role("button", name=words.t("replaced.state_go")))
    assert await wrong_at(page, "#replace-end") != ""
    pages.met(422)
    await page.fill("#replace-end", "")
    await hands.act(words.t("replaced.state_go"))
    assert words.day("2026-03-01") in await text_of(page, "#replacements tbody")
    assert await faults(page, "a replacement") == []
    await hands.act(words.t("replaced.withdraw"))
    assert words.t("replaced.withdrawn") in await text_of(page, "#replacements tbody")


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_annuities_are_raised_on_the_page_of_the_accord(
    pages: Pages, language: Any, width: int, theme: str
) -> None:
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto(AGREEMENT)
    await hands.press(f"main a[href='{AGREEMENT}/revaluations']")
    await page.fill("#from", "2026-07-01" if language == "fr" else "2027-07-01")
    await hands.write("#rate", "beaucoup")
    await hands.press(page.get_by_role("button", name=words.t("revaluations.go")))
    assert await wrong_at(page, "#rate") != ""
    assert await page.input_value("#rate") == "beaucoup"
    assert await faults(page, "a revaluation that was refused") == []
    pages.met(422)
    await hands.write("#rate", "1,1")
    await hands.act(words.t("revaluations.go"))
    assert words.rate("0.011").replace("\xa0", " ") in await text_of(page, "#stated tbody")
    assert await faults(page, "revaluations") == []


async def test_an_employer_does_not_raise_annuities(pages: Pages) -> None:
    page = await pages.signed_in(HR)
    await page.goto(AGREEMENT)
    assert await page.locator(f"a[href='{AGREEMENT}/revaluations']").count() == 0
    refused = await page.goto(f"{AGREEMENT}/revaluations")
    assert refused is not None
    assert refused.status == 403
    pages.met(403)


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_a_notice_is_deposited_by_its_digest(
    pages: Pages, tmp_path: Path, language: Any, width: int, theme: str
) -> None:
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto(AGREEMENT)
    await hands.open(page.locator("#notices summary", has_text=words.t("notices.deposit")))
    await hands.write("#notice-reference", f"NOTICE-{language}")
    await hands.write("#notice-digest", "abc")
    await hands.press(page.get_by_role("button", name=words.t("notices.deposit_go")))
    assert await wrong_at(page, "#notice-digest") != ""
    assert await page.input_value("#notice-reference") == f"NOTICE-{language}"
    assert await faults(page, "a notice that was refused") == []
    pages.met(422)
    content = f"la notice, {language}".encode()
    file = tmp_path / "notice.pdf"
    await asyncio.to_thread(file.write_bytes, content)
    await page.set_input_files("#notice-file", file)
    digest = hashlib.sha256(content).hexdigest()
    await page.wait_for_function("digest => document.getElementById('notice-digest').value === digest", arg=digest)
    await hands.act(words.t("notices.deposit_go"))
    assert digest in await text_of(page, "#notices table")
    assert words.t("agreement_done.deposited") in await text_of(page, ".note.good")
    assert words.day(SystemClock().day(), short=True).replace("\xa0", " ") in await text_of(page, "#notices table")
