"""Every page, wide and narrow, light and dark: nothing overflows, axe-core finds nothing serious."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from relais.persons import MANAGER
from tests.gateway.dashboard.conftest import Pages

SIMULATION = (
    "/app/simulator?regime=CNRACL&category=C&tib=2067.57&nbi=73.84&ri=300.00&kind=CMO&start=2026-02-01&end=2026-12-31"
)
SERIOUS = {"serious", "critical"}
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
AGREEMENT = "/app/agreements/la-roche-sur-yon-2025"
# Before it began and now: every term, and what each guarantee comes to.
COMPARED = f"{AGREEMENT}?left=2024-12-31&right=v1"
# Lists made like others that are looked at whole.
ALIKE = {
    "/app/runs?month=2026-01",
    "/app/runs/parked",
    "/app/statements",
    "/app/statements?state=owed",
    "/app/payments",
    "/app/accounts",
    "/app/integration",
    "/app/integration/components/claims",
    "/app/agreements/parties?state=RUNNING",
}
MORE = (
    "/app/runs/99985001900012?month=2026-01",
    "/app/payments/new",
    *sorted(ALIKE),
    "/app/integration/demo-hris",
)
ADMINISTRATION = (
    "/app/account/password",
    f"{AGREEMENT}/end",
    f"{AGREEMENT}/revaluations",
    "/app/agreements/map?date=2026-06-01",
    "/app/delegations",
    "/app/delegations/new",
    "/app/steering?year=2026&by=lot",
    "/app/admin/users",
    "/app/admin/users/demo-rh",
    "/app/admin/new-user",
    "/app/admin/clients",
    "/app/admin/clients/demo-hris",
    "/app/admin/new-client",
    "/app/admin/roles",
    "/app/admin/sessions",
    "/app/admin/audit?changes=1",
)
ALIKE |= {f"{AGREEMENT}/end", "/app/admin/new-client", "/app/admin/clients", "/app/admin/sessions"}
# Levels of headings that skip one, in the order they are read.
SKIPPED = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((one, place, all) =>
    +one.tagName[1] > (place ? +all[place - 1].tagName[1] : 0) + 1).map((one) => one.outerHTML)"""
# Tables without a title, or with a header that does not say of what; fields that must be filled in and do not say so.
UNSAID = """() => [...document.querySelectorAll(`table:not(:has(caption)), th:not([scope]),
    .field:has(:required):not(:has(.must, .only-read), .door *)`)].map((one) => one.outerHTML)"""
# What a validator of HTML has refused here, and names of elements that two have; languages that are none of ours.
INVALID = r"""() => [
    ...document.querySelectorAll('select[required], input:is([type=month], [type=date])[pattern], p :is(p, ul, div)'),
    ...[...document.querySelectorAll('time[datetime]')].filter((one) => /\.\d{4,}/.test(one.dateTime)),
    ...[...document.querySelectorAll('[id]')].filter((one) => document.getElementById(one.id) !== one),
    ...document.querySelectorAll('[lang]:not([lang=fr], [lang=en])')].map((one) => one.outerHTML.slice(0, 200))"""
# Codes of the API where there should be words; what is shown as a code bears that class.
RAW = r"""() => [...document.querySelectorAll('main :not(.code, .code *, code, textarea, [value])')].flatMap((one) =>
    [...one.childNodes].filter((text) => text.nodeType === Node.TEXT_NODE).map((text) => text.data)).filter((text) =>
    /^\s*([a-z]+([_.][a-z]+)+|[A-Z]{2,}(_[A-Z]+)+)\s*$/.test(text))"""
# Our short name of a source, without whose it is.
SHORT = re.compile(r"(?<!Relais )rulebook")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def faults(page: Page, path: str, *, quick: bool = False) -> list[str]:
    """What is wrong with a page as it stands; `quick` leaves axe-core out."""
    found = [f"{path}: overflows"] if await page.evaluate(OVERFLOW) > 0 else []
    found += [f"{path}: does not say of what: {one}" for one in await page.evaluate(UNSAID)]
    found += [f"{path}: invalid: {one}" for one in await page.evaluate(INVALID)]
    found += [f"{path}: has no word for {one}" for one in await page.evaluate(RAW)]
    found += [f"{path}: {one}" for one in SHORT.findall(await page.locator("body").inner_text())]
    found += [f"{path}: skips a heading before {one}" for one in await page.evaluate(SKIPPED)]
    found += [f"{path}: no title"] if not re.fullmatch(r"\S.* · Relais", await page.title()) else []
    if quick:
        return found
    violations = (await Axe().run(page, options=LEVELS)).response["violations"]
    return found + [
        f"{path}: {one['id']} {one['nodes'][0]['target']}" for one in violations if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(1440, "light", "fr"), (390, "dark", "en"), (1440, "dark", "en"), (390, "light", "fr")],
)
async def test_pages_are_whole_and_accessible(
    pages: Pages, sick_leave: dict[str, Any], width: int, theme: str, language: str
) -> None:
    page = await pages.open(width=width, theme=theme, language=language)
    await page.goto("/app/sign-in")
    found = await faults(page, "/app/sign-in")
    page = await pages.signed_in(MANAGER, width=width, theme=theme, language=language)
    claim, agent = f"/app/claims/{sick_leave['id']}", f"/app/agents/{sick_leave['agent']}"
    allowances = f"{agent}/daily-allowances?employer={sick_leave['employer']}"
    lists = ("/app", "/app/agents", "/app/claims", "/app/overpayments", "/app/agreements", "/app/search?q=zzzz", *MORE)
    for path in (
        *lists,
        agent,
        claim,
        allowances,
        f"{AGREEMENT}/committee",
        COMPARED,
        SIMULATION,
        "/app/account",
        *ADMINISTRATION,
    ):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert await page.locator("h1").count() == 1, path
        assert await page.get_attribute("html", "lang") == language
        # The rules of axe-core do not depend on the width, and colours differ by theme: a few pages show them all.
        quick = path in ALIKE or (width < 800 and path not in {"/app", claim, agent})
        found += await faults(page, path, quick=quick)
    await page.goto(claim)
    decision = await page.get_attribute("main a[href^='/app/decisions/']", "href")
    assert decision is not None
    await page.goto(decision)
    assert await page.locator("#inputs tbody tr").count() > 2
    assert await page.locator("#alternatives p").count() > 1, "none bears, or those that have no effect"
    found += await faults(page, decision, quick=width < 800)
    assert found == []


# A table that goes on beyond its card, and what scrolls without a shade where it goes on.
HANGS = """() => [...document.querySelectorAll('.card table')].filter((one) => !one.closest('.scroll')
    && one.getBoundingClientRect().right > one.closest('.card').getBoundingClientRect().right).map((one) =>
    one.caption.textContent)"""
BETWEEN = (700, 768, 820, 900, 1024, 1280)


async def test_pages_are_whole_on_screens_between_a_phone_and_a_desk(pages: Pages, sick_leave: dict[str, Any]) -> None:
    page = await pages.signed_in(MANAGER)
    claim, agent = f"/app/claims/{sick_leave['id']}", f"/app/agents/{sick_leave['agent']}"
    allowances = f"{agent}/daily-allowances?employer={sick_leave['employer']}"
    lists = ("/app", "/app/agents", "/app/claims", "/app/overpayments", "/app/agreements", *MORE)
    found = []
    for path in (*lists, agent, claim, allowances, f"{AGREEMENT}/committee", COMPARED, SIMULATION, *ADMINISTRATION):
        await page.goto(path)
        for width in BETWEEN:
            await page.set_viewport_size({"width": width, "height": 900})
            found += [f"{path} {width}: overflows"] if await page.evaluate(OVERFLOW) > 0 else []
            found += [f"{path} {width}: hangs: {one}" for one in await page.evaluate(HANGS)]
            found += [f"{path} {width}: no shade" for shaded in await page.evaluate(SHADED) if not shaded]
    assert found == []


# WCAG 1.4.12 (RGAA 10.12): lines, letters and words further apart than the page has them.
SPACED = """() => document.styleSheets[0].insertRule(`*, ::before, ::after {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }`)"""
# Text that its own box cuts off; what is for ears only is, on purpose, and what scrolls is not.
CUT = """() => [...document.querySelectorAll('main *, .bar *, .rail *')].filter((one) =>
    one.children.length === 0 && one.textContent.trim() && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).overflowX !== 'visible' && !one.closest('.only-read, .scroll, .rail ul, .tabs, thead, svg')
    ).map((one) => one.outerHTML)"""


async def test_pages_stand_a_narrow_screen_a_large_zoom_and_spaced_text(
    pages: Pages, sick_leave: dict[str, Any]
) -> None:
    claim, agent = f"/app/claims/{sick_leave['id']}", f"/app/agents/{sick_leave['agent']}"
    found: list[str] = []
    for width in (320, 640):  # 1280 seen four times and twice as large
        page = await pages.signed_in(MANAGER, width=width)
        for path in ("/app", agent, claim, COMPARED, SIMULATION, "/app/statements", "/app/admin/users"):
            await page.goto(path)
            await page.evaluate(SPACED)
            found += await faults(page, f"{path} {width}", quick=True)
            found += [f"{path} {width}: cut {one}" for one in await page.evaluate(CUT)]
    assert found == []


# What is wider than its place, and whether it has a shade where it goes on.
SHADED = """() => [...document.querySelectorAll('.scroll, .tabs ul, .rail ul')].filter((one) =>
    one.scrollWidth > one.clientWidth + 1).map((one) => getComputedStyle(one)).map((style) =>
    style.backgroundAttachment === 'local, local, scroll, scroll'
    && style.backgroundImage.split('linear-').length === 5)"""
# How far one thing is below another, in pixels.
BELOW = """(names) => {
    const [above, below] = names.map((name) => document.querySelector(name).getBoundingClientRect());
    return below.top - above.bottom }"""


async def test_what_goes_on_beyond_a_narrow_screen_shows_that_it_does(pages: Pages, sick_leave: dict[str, Any]) -> None:
    page = await pages.signed_in(MANAGER, width=390)
    for path, least in (("/app", 1), (f"/app/agents/{sick_leave['agent']}", 3), (f"/app/claims/{sick_leave['id']}", 2)):
        await page.goto(path)
        shaded = await page.evaluate(SHADED)
        assert len(shaded) >= least, f"{path}: nothing is wider than the screen"
        assert all(shaded), path


async def test_nothing_touches_what_is_above_it(pages: Pages) -> None:
    page = await pages.open()
    await page.goto("/app/sign-in")
    gaps = [await page.evaluate(BELOW, [".door-form h1", ".door-form h1 + *"])]
    page = await pages.signed_in()
    await page.goto("/app/account")
    gaps.append(await page.evaluate(BELOW, ["main .facts", "main .facts + .actions"]))
    assert min(gaps) >= 12, gaps


async def test_the_policy_allows_nothing_inline(pages: Pages) -> None:
    page = await pages.open()
    answer = await page.goto("/app/sign-in")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_reasons_and_doubts_are_english_and_what_stays_french_says_so(
    pages: Pages, sick_leave: dict[str, Any]
) -> None:
    page = await pages.signed_in(MANAGER, language="en")
    await page.goto(f"/app/agents/{sick_leave['agent']}")
    cover = page.locator("#cover tbody")
    assert "Compulsory membership" in await cover.inner_text()
    assert "Adhésion obligatoire" in await cover.locator("[lang=fr]").first.inner_text()
    await page.goto(AGREEMENT)
    assert await page.get_attribute("h1 > *", "lang") == "fr", "nobody translates the name of an accord"
    sources = page.locator("#terms tbody .small")
    assert await sources.count() == await page.locator("#terms tbody .small [lang=fr]").count() > 0
    doubts = await page.locator("#doubts li").all_inner_texts()
    assert any("It takes effect before it was signed" in one for one in doubts), doubts
    assert await page.locator("#doubts li:not(:has([lang=fr]))").count() == 0
    french = await pages.signed_in(MANAGER)
    await french.goto(AGREEMENT)
    assert await french.locator("main [lang=fr]").count() == 0
    assert "prend effet avant d'être signé" in await french.locator("#doubts").inner_text()
