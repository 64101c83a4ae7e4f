"""What people come for, done in a browser: with the keyboard alone, in both languages."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from playwright.async_api import Page

from gateway.dashboard.pages import agreement_effects
from gateway.dashboard.words import Words
from kit.clock import SystemClock
from kit.http.language import Language
from relais.clients import demo_employers
from relais.demo.hiring import titulaire
from relais.demo.world import CITY
from relais.persons import APPROVER, HR, MANAGER
from relais.synthetic.identity import fictitious_nir
from rules.book import RuleBook
from tests.gateway.dashboard.conftest import OUTSIDER, Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_look import AGREEMENT, SIMULATION, faults
from tests.platform import PASSWORD, TestPlatform

MONTH = "2026-06"  # months before are over


async def text_of(page: Page, selector: str) -> str:
    return (await page.locator(selector).first.inner_text()).replace("\u202f", " ").replace("\xa0", " ")


def send_the_other_documents(platform: TestPlatform, claim: str) -> None:
    """As the employer's software does."""
    with platform.api("demo-hris") as hris:
        for code in hris.get(f"/v1/claims/{claim}/file")["missing"]:
            body = {"document": code, "reference": "GED-2", "received_on": "2026-06-01"}
            hris.post(f"/v1/claims/{claim}/documents", body)


def covered_agents(platform: TestPlatform) -> int:
    with platform.api("demo-staff") as staff:
        return sum(row["agents"] for row in staff.get("/v1/statistics/cover")["covered"])


def a_month_of_the_accord(platform: TestPlatform) -> dict[str, Any]:
    """As a study of the same month has it: by way of another operation."""
    body = {"month": f"{SystemClock().day():%Y-%m}", "agreements": [AGREEMENT.rpartition("/")[2]]}
    with platform.api("demo-staff") as staff:
        asked = {**body, "scenarios": [{"name": "=", "changes": []}]}
        found: dict[str, Any] = staff.post("/v1/simulations/contributions/what-if", asked)["current"]
        return found


async def act(page: Page, button: str) -> None:
    """Press a button with the keyboard, and see that what it sent was accepted."""
    await Hands(page).act(button)


async def test_signing_in_and_out_with_the_keyboard_alone(pages: Pages) -> None:
    page = await pages.open()
    await page.goto("/app/agents")
    await page.focus("#login")
    await page.keyboard.type(MANAGER)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/app/agents")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.focus(".bar form .link")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/app/sign-in?out=1")
    await page.goto("/app/agents")
    assert "/app/sign-in" in page.url


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_journey_is_gone_by_the_keyboard_alone(
    pages: Pages, sick_leave: dict[str, Any], language: Language
) -> None:
    page, words = await pages.signed_in(language=language), Words(language)
    hands = Hands(page, words)
    await from_the_work_list_to_reasons(hands, sick_leave)
    await from_the_scheme_to_an_employer(hands)
    await an_accord_side_by_side(hands)
    await what_the_terms_of_two_days_cost(hands, pages.platform)
    await a_simulation(hands)
    await a_month_beside_the_one_before(hands)
    await a_client_and_its_calls(hands)
    await figures_by_lot(hands)
    await who_may_do_what(hands)
    await a_search_in_two_strokes(hands)
    await whatever_names_it_finds_it(hands, sick_leave)


async def from_the_work_list_to_reasons(hands: Hands, sick_leave: dict[str, Any]) -> None:
    page, words = hands.page, hands.words
    await hands.press(".chips a[href*='claim-open']")
    assert "kind=claim-open" in page.url
    await hands.press(f"a[href='/app/claims/{sick_leave['id']}']")
    assert words.t("stage.DETECTED") == await text_of(page, ".head .tag")
    await hands.press("h1 a")
    await page.goto(f"/app/agents/{sick_leave['agent']}?from=2026-01-01&to=2026-12-31")
    assert await page.locator("main .picture .f-half").count() > 1
    await hands.open("#timeline summary")
    assert words.t("leg.HALF") in await text_of(page, "#timeline details table")
    assert await page.locator("#timeline details a[href^='/app/decisions/']").count() > 1, "benefits, month by month"
    await hands.press("#timeline details a[href^='#pay-']")
    assert await page.locator("#pay tr:target").is_visible(), "each month of pay opens what was received"
    await hands.press("#timeline .chips a[href*='span=hire']")
    assert "from=" not in page.url
    drawn = await page.input_value("#from")
    assert drawn < "2026-01-01", "as far as the hire"
    await page.goto(f"/app/agents/{sick_leave['agent']}?from=2026-01-01&to=2026-12-31")
    await hands.press("#claims td a[href^='/app/decisions/']")
    assert "CGFP L. 822" in await text_of(page, ".trace")
    assert words.t("input.statutory_net") in await text_of(page, ".trace")


async def from_the_scheme_to_an_employer(hands: Hands) -> None:
    """What nobody has published is said to be unknown; long branches lead to the list."""
    page, words, employer = hands.page, hands.words, min(demo_employers())
    await hands.to("agreements")
    await hands.press(".tabs a[href='/app/agreements/map']")
    await page.fill("#date", "2026-06-01")
    await hands.press(page.get_by_role("button", name=words.t("map.see")))
    scheme = await text_of(page, "#pays-de-la-loire-2024")
    assert f"{words.t('map.lot', number=6)}\n{words.t('map.holder')}" in scheme
    assert scheme.count(words.t("map.unknown")) >= 3 * 6
    branch = page.locator("#pays-de-la-loire-2024 .lots > li").last
    assert words.t("map.no_lot") in await branch.locator("h3").inner_text()
    assert words.t("agreements.assumption") in await branch.locator(".conventions").inner_text()
    assert await branch.locator("details").filter(has_text=employer).count() == 1
    await hands.press(".tabs a[href='/app/agreements/parties?date=2026-06-01']")
    await hands.choose("#state", "RUNNING")
    await hands.choose("#employer", employer)
    await hands.press(page.get_by_role("button", name=words.t("filter")))
    assert words.t("party_state.RUNNING") in await text_of(page, "main tbody")
    csv = await (
        await page.context.request.get(f"/app/agreements/parties.csv?date=2024-06-01&employer={employer}")
    ).text()
    assert f";{employer};" in csv
    assert words.t("party_state.FUTURE") in csv


async def an_accord_side_by_side(hands: Hands) -> None:
    await hands.to("agreements")
    await hands.press("main th a")
    await hands.reach("#left")
    await hands.page.keyboard.press("ArrowDown")
    await hands.press(hands.page.get_by_role("button", name=hands.words.t("agreements.compare")))
    assert "left=" in hands.page.url
    assert hands.words.t("guarantee.BASE") in await text_of(hands.page, "#terms table")
    await hands.press("main a[href$='/end']")
    await hands.reach("#on")
    await hands.page.keyboard.type("12312027")  # as Chromium asks: month, day, year
    await hands.write("#reason", "Nouvel accord")
    await hands.act(hands.words.t("agreement_end.see"))
    assert hands.words.t("effect.AGREEMENT_DENOUNCED") in await text_of(hands.page, "#preview table")


async def what_the_terms_of_two_days_cost(hands: Hands, platform: TestPlatform) -> None:
    """Before the accord nothing was due: from one day to the other, a year of all that is paid under it."""
    page, words = hands.page, hands.words
    month = await asyncio.to_thread(a_month_of_the_accord, platform)
    await page.goto(f"{AGREEMENT}?left=2024-12-31&right=v1")
    employer, agent = (words.amount(12 * Decimal(month["total"][who])) for who in ("employer", "agent"))
    assert Decimal(month["total"]["employer"]) > 0
    base = next(one for one in month["guarantees"] if one["guarantee"] == "BASE")
    by_guarantee = page.locator(f"#terms tbody tr:has(th:has-text('{words.t('guarantee.BASE')}'))").first
    assert words.amount(12 * Decimal(base["employer"])) in await by_guarantee.inner_text()
    assert (await page.locator("#effect").inner_text()).split("\n")[1::2] == [f"+{employer}", agent]
    changes = await text_of(page, "#changes")
    assert "2,05 %" in changes.replace("2.05%", "2,05 %")
    assert "annexe, taux de cotisations ; art. 5.1 ; art. 5.3" in changes
    with pytest.MonkeyPatch.context() as few:
        few.setattr(agreement_effects, "AGENTS_AT_ONCE", 0)
        await page.goto(f"{AGREEMENT}?left=2024-12-31&right=v1")
        assert await page.locator("#effect").count() == 0, "of many agents only when it is asked for"
        await hands.press("a.button[href*='effect=1']")
        assert (await page.locator("#effect").inner_text()).split("\n")[1::2] == [f"+{employer}", agent]
    await page.goto(f"{AGREEMENT}?left=v1&right=2025-01-01")
    assert words.t("agreements.same") in await text_of(page, "#terms")


async def a_simulation(hands: Hands) -> None:
    """The figures of tests/golden/cases/benefits.yaml: half pay, and 95 % with the contract."""
    page, words = hands.page, hands.words
    await hands.to("simulator")
    for field, value in (("tib", "2067,57"), ("nbi", "73,84"), ("ri", "300")):
        await hands.write(f"#{field}", value)
    await hands.choose("#kind", "CMO")
    await hands.act(hands.words.t("simulator.go"))
    await page.goto(SIMULATION)
    rows = page.locator("section:has(svg.picture .target) table tbody tr")
    assert await rows.count() == 11
    assert await page.locator("svg .f-benefit").count() > 5
    june = (await rows.nth(4).inner_text()).split("\t")
    assert (june[0], june[-2], june[-1]) == (words.month("2026-06"), words.amount("849.82"), words.amount("1846.93"))


async def a_month_beside_the_one_before(hands: Hands) -> None:
    page, words = hands.page, hands.words
    await hands.to("runs")
    await hands.press("a[rel=prev]")
    await hands.press("main td a[href^='/app/runs/'], main th a[href^='/app/runs/']")
    await hands.act(hands.words.t("runs.simulate"))
    assert "preview=" in page.url
    assert words.t("runs.compared") in await text_of(page, "#preview h2")


async def a_client_and_its_calls(hands: Hands) -> None:
    await hands.to("integration")
    await hands.press(".chips a[href*='kind=INSURER']")
    await hands.press("main th a[href^='/app/integration/']")
    assert "demo-insurer" in hands.page.url


async def figures_by_lot(hands: Hands) -> None:
    await hands.to("steering")
    await hands.choose("#by", "lot")
    await hands.act(hands.words.t("filter"))
    assert "by=lot" in hands.page.url
    # Which lot serves the demonstration's accord is not published, and its few absences are nobody's business.
    assert hands.words.t("steering.lot_unknown") in await text_of(hands.page, "#groups table")
    assert hands.words.t("steering.masked") in await text_of(hands.page, "#absence table")


async def who_may_do_what(hands: Hands) -> None:
    await hands.to("administration")
    await hands.press("main nav a[href$='/admin/audit']")
    await hands.press("main nav a[href$='/admin/users']")
    await hands.press("main a[href='/app/admin/users/demo-rh']")
    assert "demo-rh" in await text_of(hands.page, "main")


async def a_search_in_two_strokes(hands: Hands) -> None:
    page, keys = hands.page, hands.page.keyboard
    await keys.press("Control+k")
    await keys.type("Demonstration")
    assert not await page.locator(".search kbd").is_visible(), "the cross that empties the field is in its place"
    await page.wait_for_selector("#suggestions [role=option]")
    assert "DÉMONSTRATION" in await text_of(page, "#suggestions")
    await keys.press("Escape")
    await keys.press("Enter")
    await page.wait_for_url("**/app/search?q=Demonstration")
    assert "DÉMONSTRATION" in await text_of(page, "main table")
    await keys.press("Control+k")
    await keys.type("roche")
    await page.wait_for_selector("#suggestions [role=option]")
    await keys.press("ArrowDown")
    assert await page.get_attribute("#search", "aria-activedescendant") == "suggestion-1"
    await keys.press("Enter")
    await page.wait_for_url("**/app/agents*")


async def whatever_names_it_finds_it(hands: Hands, sick_leave: dict[str, Any]) -> None:
    """A case, a SIRET or its beginning, a matricule: suggested, and opened by the last keystroke."""
    page, keys = hands.page, hands.page.keyboard
    matricule = (await text_of(page, "main tbody tr td")).strip()
    asked = {
        sick_leave["id"]: f"**/app/claims/{sick_leave['id']}",
        CITY: f"**/app/agents?employer={CITY}",
        matricule: "**/app/agents/*",
        CITY[:9]: f"**/app/agents?employer={CITY}",
    }
    for text, leads_to in asked.items():
        await keys.press("Control+k")
        await keys.press("Control+a")
        await keys.type(text)
        await page.wait_for_selector("#suggestions [role=option]")
        await keys.press("ArrowDown")
        await keys.press("Enter")
        await page.wait_for_url(leads_to)


async def test_from_the_work_list_to_an_approval_by_another_person(pages: Pages, sick_leave: dict[str, Any]) -> None:
    page, claim = await pages.signed_in(), sick_leave["id"]
    await Hands(page).press(f"a[href='/app/claims/{claim}']")
    assert "Sinistre" in await text_of(page, "h1")
    await act(page, "Déclarer")
    await Hands(page).open(page.get_by_text(Words("fr").t("claim.change_payee")))
    await Hands(page).choose("#payee", "EMPLOYER")
    await act(page, Words("fr").t("claim.change_payee_go"))
    assert Words("fr").t("payee.EMPLOYER") in await text_of(page, ".facts")
    await Hands(page).write("#reference", "GED-1")
    await act(page, "Noter la pièce")
    await act(page, "Mettre en instruction")
    await Hands(page).press(page.get_by_role("button", name="Proposer le montant dû"))
    refused = await text_of(page, ".note.bad")
    assert (Words("fr").t("document.BANK_DETAILS") in refused, "_" in refused) == (True, False), refused
    await asyncio.to_thread(send_the_other_documents, pages.platform, claim)
    await page.goto(f"/app/claims/{claim}")
    assert await page.locator("#document").count() == 0
    await another_amount_and_no_refusal(Hands(page))
    await act(page, "Proposer le montant dû")
    other = await pages.signed_in(APPROVER, language="en")
    await other.goto(f"/app/claims/{claim}")
    threshold = RuleBook.load().at("claim.four_eyes.threshold", SystemClock().day()).money
    assert Words("en").amount(str(threshold)) in await text_of(other, "form:has([value=APPROVE])")
    await act(other, "Approve")
    assert await text_of(other, ".head .tag") == "Approved"
    hands = Hands(other, Words("en"))
    await hands.open(other.get_by_text(hands.words.t("claim.note_decision")))
    await hands.write("#decision-reference", "ASSUREUR-1")
    await other.locator("#insurer form").first.get_by_role("button").click()
    assert "ASSUREUR-1" in await text_of(other, "#insurer table")
    await hands.open(other.get_by_text(hands.words.t("claim.note_payment")))
    await hands.write("#paid-amount", "10,50")
    await hands.write("#paid-reference", "VIR-1")
    await other.locator("#insurer form").last.get_by_role("button").click()
    assert hands.words.amount("10.50") in await other.locator("#insurer table").last.inner_text()
    await too_much_is_paid_and_returned(hands)
    assert await faults(other, claim) == []
    history = await text_of(other, "main")
    assert all(name in history for name in ("Camille Gestion", "Dominique Direction")), "who proposed, who approved"
    assert "user-" not in history
    for path in ("/app/claims", f"/app/agents/{sick_leave['agent']}"):
        await other.goto(path)
        assert "Approved" in await text_of(other, f"tr:has(a[href='/app/claims/{claim}'])"), path
    found = await asyncio.to_thread(back_to_work_earlier, pages.platform, sick_leave)
    await what_was_paid_for_nothing_comes_back(Hands(page), found)
    pages.met(409)
    pages.met(422)


async def too_much_is_paid_and_returned(hands: Hands) -> None:
    """What was paid above anything decided is shown, until somebody says what became of it."""
    page, words = hands.page, hands.words
    await hands.open(page.get_by_text(words.t("claim.note_payment")))
    await hands.write("#paid-amount", "9000")
    await hands.write("#paid-reference", "VIR-2")
    await page.locator("#insurer form").last.get_by_role("button").click()
    await hands.write("#review-reference-1", "REV-1")
    await hands.write("#review-note-1", "Paid back by transfer.")
    assert await faults(page, "an excess") == []
    await page.locator("form:has(#review-note-1)").get_by_role("button").click()
    assert words.of("payment_review", "RETURNED") in await page.locator("#insurer table").last.inner_text()
    assert await page.locator("#insurer .note.warn, #insurer .tag.warn").count() == 0


async def another_amount_and_no_refusal(hands: Hands) -> None:
    """A refusal is said before it is sent, and may be left; an amount decided is shown beside what was worked out."""
    page, words = hands.page, hands.words
    await hands.open(page.get_by_text(f"{words.t('step.REFUSE')}…"))
    await hands.press(page.locator("form:has(#reason-REFUSE) button"))
    assert words.t("reason.NOT_COVERED") in await text_of(page, "#refusing")
    assert await page.get_by_role("button", name=words.t("claim.refuse_go")).count() == 1
    assert await faults(page, "refusing") == []
    await hands.press("#refusing a")
    assert words.t("stage.UNDER_REVIEW") == await text_of(page, ".head .tag")
    for amount, said in (("1,50", words.amount("1.50")), ("", words.t("claim.override_lifted"))):
        await hands.open(page.get_by_text(words.t("claim.override"), exact=True))
        await hands.write("#override-amount", amount)
        await hands.write("#override-note", "Lettre du 3 juin")
        await hands.act(words.t("claim.override_go"))
        shown = await page.locator("#overrides li").last.inner_text()
        assert said.replace("\u202f", " ") in shown.replace("\u202f", " ")
    assert words.t("trace_code.PART_REFUSED") in shown


def back_to_work_earlier(platform: TestPlatform, sick_leave: dict[str, Any]) -> dict[str, Any]:
    """The leave ended before the last month that was approved for it; what of that month must come back."""
    claim, agent = sick_leave["id"], sick_leave["agent"]
    with platform.api("demo-staff") as staff:
        due = [one for one in staff.get("/v1/benefits", claim=claim)["items"] if one["benefit"] != "0.00"]
        etag = staff.respond("GET", f"/v1/agents/{agent}").headers["etag"]
        over = max(one["month"] for one in due if one["month"] < MONTH)
        last = date.fromisoformat(f"{over}-01") - timedelta(days=1)
        staff.patch(f"/v1/agents/{agent}/leaves/{sick_leave['leave']}", {"end": str(last)}, etag=etag)

        def opened() -> dict[str, Any] | None:
            rows = staff.get("/v1/overpayments", agent=agent, open="true")["items"]
            return next((row for row in rows if row["month"] == over), None)

        return staff.until(opened, "an overpayment")


def dies(platform: TestPlatform) -> str:
    """Somebody is hired, dies, and a proof of it is sent; the agent's id."""
    pdf = {"content-type": "application/pdf"}
    with platform.api("demo-hris") as hris:
        nir = fictitious_nir(Random("dies"), 1970, 2)
        who = {"employer": CITY, "matricule": "DEATH-1", "nir": nir, "last_name": "DÉCÈS", "first_name": "Camille"}
        body = who | {"birth_date": "1970-02-01", "employment": titulaire("2025-02-01")}
        agent = str(hris.post("/v1/agents", body, key="dies-hire")["id"])
        said = {"date": "2026-03-15", "kind": "DEATH"}
        hris.post(f"/v1/agents/{agent}/death", said, key="dies")
        proof = {"purpose": "DEATH"}
        hris.send("POST", f"/v1/agents/{agent}/proofs", params=proof, headers=pdf, content=b"%PDF-1.7 acte")
    return agent


async def test_a_death_shows_who_said_it_when_and_its_proof(pages: Pages, platform: TestPlatform) -> None:
    agent = await asyncio.to_thread(dies, platform)
    for language, width, words in (
        ("fr", 1440, ("Dit par l'employeur", "reçu le")),
        ("en", 390, ("Said by", "received")),
    ):
        page = await pages.signed_in(language=language, width=width)
        await page.goto(f"/app/agents/{agent}")
        shown = await text_of(page, "#deaths")
        assert all(word in shown for word in (*words, "demo-hris", "2026")), shown
        assert await faults(page, "the agent who died") == []
    await page.click("main a[href*='/admin/audit?agent=']")
    assert "/v1/agents" in await text_of(page, "main tbody")
    assert await faults(page, "who read that file") == []


async def what_was_paid_for_nothing_comes_back(hands: Hands, found: dict[str, Any]) -> None:
    page, path = hands.page, f"/app/overpayments/{found['id']}"
    await hands.to("claims")
    await hands.press(".tabs a[href='/app/overpayments']")
    await hands.press("main a[href^='/app/overpayments/']")
    await page.goto(path)
    assert hands.words.amount(found["balance"]) in await page.locator(".facts").inner_text()
    await hands.write("#recovered", "999999")
    await hands.press(page.get_by_role("button", name=hands.words.t("overpayments.recover_go")))
    assert await text_of(page, ".note.bad") != ""
    assert await page.input_value("#recovered") == "999999"
    await hands.write("#recovered", "10,50")
    await hands.act(hands.words.t("overpayments.recover_go"))
    await hands.open(page.get_by_text(hands.words.t("overpayments.spread")))
    await hands.write("#instalments", "3")
    await page.fill("#first-due", "2027-03-01")
    await hands.act(hands.words.t("overpayments.spread_go"))
    assert await page.locator("#schedule tbody tr").count() == 3
    assert await faults(page, path) == []
    await hands.open(page.get_by_text(hands.words.t("overpayments.waive")))
    await hands.choose("#ground", "SMALL_AMOUNT")
    await hands.act(hands.words.t("overpayments.waive_go"))
    assert await text_of(page, ".head .tag") == hands.words.t("overpayments.settled")
    assert "10,50" in await text_of(page, "#movements")
    file = await page.context.request.get("/app/overpayments.csv?show=all")
    assert found["month"] in await file.text()


async def test_what_is_another_employers_is_not_there(pages: Pages, foreign: list[str]) -> None:
    page = await pages.signed_in(OUTSIDER)
    for path in foreign:
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
        assert await text_of(page, "h1") == "Page introuvable"
    pages.met(404)


async def test_lists_leave_as_files(pages: Pages) -> None:
    page = await pages.signed_in()
    csv = await page.context.request.get("/app/agents.csv")
    book = await page.context.request.get("/app/agents.xlsx")
    assert (await csv.text()).splitlines()[0] == "\ufeffNom;Prénom;Matricule;Employeur;Nom de l'employeur"
    assert "DÉMONSTRATION" in await csv.text()
    assert (await book.body())[:2] == b"PK"
    assert (await page.context.request.get("/app/agents.pdf")).status == 404


async def test_a_person_is_invited_and_a_client_registered_renewed_and_revoked(pages: Pages) -> None:
    page = await pages.signed_in()
    await page.goto("/app/admin/new-user")
    for field, value in (("login", "zoe"), ("name", "Zoé Martin"), ("organisation", "Ville")):
        await Hands(page).write(f"#{field}", value)
    await Hands(page).choose("#role", "AUDITOR")
    await Hands(page).choose("#stands", "all_employers")
    assert not await page.locator("#employers").is_visible()
    await act(page, "Ouvrir et créer le lien")
    theirs = await pages.open()
    await theirs.goto(await page.input_value("#link"))
    for field in ("password", "again"):
        await Hands(theirs).write(f"#{field}", PASSWORD)
    await act(theirs, "Choisir ce mot de passe")
    assert "connectez-vous" in await text_of(theirs, ".note.good")
    await page.goto("/app/admin/new-client")
    for field, value in (("id", "sirh-de-zoe"), ("name", "SIRH de Zoé"), ("employers", min(demo_employers()))):
        await Hands(page).write(f"#{field}", value)
    await Hands(page).open("[name='scope.agents:read']")
    await act(page, "Enregistrer")
    first = await page.input_value("#secret")
    await Hands(page).press(page.get_by_role("link", name="Voir le client"))
    await act(page, "Renouveler la preuve")
    assert await page.input_value("#secret") not in {"", first}
    await page.goto("/app/admin/clients/sirh-de-zoe")
    await Hands(page).open(page.get_by_text("Révoquer…"))
    await act(page, "Révoquer")
    assert "sirh-de-zoe est révoqué" in await text_of(page, ".note.good")
    await page.goto("/app/admin/audit?changes=1&client=user-demo-gestion")
    assert "DELETE /v1/clients/sirh-de-zoe" in await text_of(page, "main table")


async def test_an_employer_delegates_and_ends_it_by_keyboard_in_either_language(pages: Pages) -> None:
    page = await pages.signed_in(HR)
    hands = Hands(page)
    await page.goto("/app/delegations/new")
    await hands.choose("#kind", "client")
    await hands.write("#client", "sirh-inconnu")
    for field, day in (("from", "2026-01-01"), ("to", "2025-12-31")):
        await page.fill(f"#{field}", day)
    await hands.open("[name='scope.agents:read']")
    await hands.press("form .primary")
    assert await text_of(page, ".note.bad") != ""
    assert await page.input_value("#client") == "sirh-inconnu"
    await page.fill("#to", "2027-12-31")
    await hands.choose("#kind", "department")
    await hands.write("#department", "44")
    await hands.act("Donner la délégation")
    assert "Centre de gestion, département 44" in await text_of(page, "main table")
    theirs = await pages.signed_in(HR, language="en")
    await theirs.goto("/app/delegations")
    await theirs.focus("main td.act button")
    await theirs.keyboard.press("Enter")
    await theirs.wait_for_url("**/app/delegations?done=ended")
    assert await text_of(theirs, "main .tag") == "Ended"
    pages.met(422)


async def test_steering_counts_who_is_covered_and_leaves_as_the_committees_paper(pages: Pages) -> None:
    page = await pages.signed_in()
    await page.goto("/app/steering")
    await Hands(page).choose("#by", "lot")
    await act(page, "Filtrer")
    covered = await asyncio.to_thread(covered_agents, pages.platform)
    assert f"Agents couverts\n{covered}\n" in await text_of(page, ".tiles")
    paper = await page.context.request.get("/app/steering.pdf?by=lot")
    assert (await paper.body())[:5] == b"%PDF-"
    csv = await page.context.request.get("/app/steering/absence.csv")
    assert "masqué;masqué;masqué" in await csv.text()


async def test_language_and_theme_are_chosen_by_their_links_and_stay(pages: Pages) -> None:
    page = await pages.open()
    await page.goto("/app/sign-in?back=/app/agents")
    await Hands(page).press(page.get_by_role("link", name="English"))
    assert await page.get_attribute("html", "lang") == "en"
    await Hands(page).press(page.get_by_role("link", name="Dark theme"))
    await page.wait_for_url("**/app/sign-in?back=*agents")
    await page.reload()
    assert (await page.get_attribute("html", "lang"), await page.get_attribute("html", "data-theme")) == ("en", "dark")
    kept = {one["name"]: one for one in await page.context.cookies()}
    assert all(one["httpOnly"] and one["path"] == "/app" for one in kept.values())
    await Hands(page).press(page.get_by_role("link", name="Français"))
    assert await page.get_attribute("html", "lang") == "fr"
