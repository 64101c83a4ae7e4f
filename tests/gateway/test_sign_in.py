"""Signing in: what is refused, what is asked, and when a session ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest

from gateway.application.hashing import WAITING
from gateway.application.sign_in import register_account
from gateway.domain.accounts import ABSOLUTE, FAILURES_BEFORE_LOCK, IDLE, LOCKED_FOR, Account, Session
from gateway.domain.clients import Client
from kit.clock import SystemClock
from kit.db.database import Scope
from tests.gateway.conftest import EVERYTHING, MINE, Door

PASSWORD = "correct horse battery staple"
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@dataclass
class Visitor:
    """A browser without a screen."""

    http: httpx.AsyncClient

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """A form of the page at that address, with its token."""
        page = await self.http.get(path)
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert token is not None, page.text
        return await self.http.post(path, data={"csrf": token[1], **fields})

    async def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        return await self.send("/app/sign-in", login="anne", password=password)

    async def is_in(self) -> bool:
        return (await self.http.get("/app/account")).status_code == 200


@asynccontextmanager
async def visitor(door: Door, *, demo: bool = True) -> AsyncIterator[Visitor]:
    async with door.database.worker.transaction(Scope.all()) as tx:
        person = Client("anne", "Anne", EVERYTHING, frozenset({MINE}), assumption=demo)
        await register_account(tx, person, "Ville", PASSWORD, SystemClock())
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as http:
        yield Visitor(http)


async def test_a_wrong_password_and_nobodys_login_look_the_same(door: Door) -> None:
    async with visitor(door) as anne:
        wrong = await anne.sign_in("another password")
        nobody = await anne.send("/app/sign-in", login="nobody", password=PASSWORD)
        assert wrong.status_code == nobody.status_code == 401
        assert re.search("<div class=.note bad.*?</div>", wrong.text, re.DOTALL)[0] in nobody.text  # type: ignore[index]
        assert not await anne.is_in()


async def test_the_cookie_is_kept_from_scripts_and_signing_out_ends_it(door: Door) -> None:
    async with visitor(door) as anne:
        answer = await anne.sign_in()
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("relais_session="))
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert await anne.is_in()
        kept = anne.http.cookies["relais_session"]
        page = await anne.http.get("/app/account")
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert token is not None
        await anne.http.post("/app/sign-out", data={"csrf": token[1]})
        anne.http.cookies.set("relais_session", kept, path="/app")
        assert not await anne.is_in()


async def test_five_failures_lock_the_account_even_for_the_right_password(door: Door) -> None:
    async with visitor(door) as anne:
        for _ in range(FAILURES_BEFORE_LOCK):
            await anne.sign_in("another password")
        assert (await anne.sign_in()).status_code == 401


async def test_a_flood_of_passwords_is_sent_away_and_holds_nobody_up(door: Door) -> None:
    async with visitor(door) as anne:
        await anne.sign_in()
        page = await anne.http.get("/app/sign-in")
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert token is not None
        sent = {"csrf": token[1], "login": "nobody", "password": PASSWORD}
        flood = [asyncio.create_task(anne.http.post("/app/sign-in", data=sent)) for _ in range(3 * WAITING)]
        assert await anne.is_in()
        answers = await asyncio.gather(*flood)
        assert {answer.status_code for answer in answers} == {401, 503}
        assert "recommencez dans quelques secondes" in next(a.text for a in answers if a.status_code == 503)


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {"origin": "http://["}]
)
async def test_a_form_from_elsewhere_is_refused(door: Door, headers: dict[str, str]) -> None:
    async with visitor(door) as anne:
        await anne.sign_in()
        page = await anne.http.get("/app/account")
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert token is not None
        fields = {"csrf": token[1]} if headers else {}
        assert (await anne.http.post("/app/sign-out", data=fields, headers=headers)).status_code == 403
        assert await anne.is_in()


async def test_what_is_no_address_is_no_server_error_to_who_is_not_signed_in(door: Door) -> None:
    for path in ("//[", "http://[", "//[::1]x]/app"):
        answer = await door.http.get("/app/sign-in", params={"back": path})
        assert answer.status_code == 200
    for page, status in (("sign-in", 401), ("sign-out", 403), ("account/password", 303)):
        fields = {"login": "a", "password": "b"}
        answer = await door.http.post(f"/app/{page}", headers={"origin": "http://["}, data=fields)
        assert answer.status_code == status, page


async def test_the_second_factor_is_asked_once_enrolled_and_each_code_serves_once(door: Door) -> None:
    async with visitor(door) as anne:
        await anne.sign_in()
        page = await anne.http.get("/app/account")
        shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
        assert shown is not None
        totp = pyotp.TOTP(shown[1].replace(" ", ""))
        assert (await anne.send("/app/account", code="000000")).status_code == 422
        enrolled_at = datetime.now(UTC)
        used = totp.at(enrolled_at)
        enrolled = await anne.send("/app/account", code=used)
        assert enrolled.status_code == 303
        anne.http.cookies.clear()
        asked = await anne.sign_in()
        assert asked.headers["location"].startswith("/app/sign-in/code")
        assert not await anne.is_in()
        assert (await anne.send("/app/sign-in/code", code=used)).status_code == 401
        later = totp.at(enrolled_at + timedelta(seconds=30))
        assert (await anne.send("/app/sign-in/code", code=later)).status_code == 303
        assert await anne.is_in()


async def test_who_must_have_a_second_factor_sees_nothing_before(door: Door) -> None:
    async with visitor(door, demo=False) as anne:
        await anne.sign_in()
        assert (await anne.http.get("/app/agents")).headers["location"] == "/app/account"


def test_a_session_ends_when_idle_when_old_and_when_left_half_way() -> None:
    session = Session("anne", NOW, NOW, complete=True)
    moment = timedelta(seconds=1)
    assert not session.is_over(NOW + IDLE - moment)
    assert session.is_over(NOW + IDLE)
    assert Session("anne", NOW, NOW + ABSOLUTE - moment, complete=True).is_over(NOW + ABSOLUTE)
    assert Session("anne", NOW, NOW, complete=False).is_over(NOW + timedelta(minutes=5))


def test_a_lock_ends_by_itself_and_the_count_begins_again() -> None:
    account = Account(Client("anne", "Anne", EVERYTHING), "Ville", "hash")
    for _ in range(FAILURES_BEFORE_LOCK):
        account = account.after_failure(NOW)
    assert account.is_locked(NOW + LOCKED_FOR - timedelta(seconds=1))
    assert not account.is_locked(NOW + LOCKED_FOR)
    assert account.failures == 0
    assert not account.after_success().is_locked(NOW)


async def test_a_person_changes_the_password_and_the_other_sessions_end(door: Door) -> None:
    chosen = "another phrase, and longer"
    async with visitor(door) as anne, httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as http:
        elsewhere = Visitor(http)
        await anne.sign_in()
        await elsewhere.sign_in()

        async def change(current: str, new: str, again: str) -> int:
            return (await anne.send("/app/account/password", current=current, new=new, again=again)).status_code

        assert await change("not that one", chosen, chosen) == 422
        assert await change(PASSWORD, chosen, "something else") == 422
        assert await change(PASSWORD, "short", "short") == 422
        assert await change(PASSWORD, PASSWORD, PASSWORD) == 422
        assert await elsewhere.is_in()
        assert await change(PASSWORD, chosen, chosen) == 303
        assert await anne.is_in()
        assert not await elsewhere.is_in()
        assert (await elsewhere.sign_in()).status_code == 401
        assert (await elsewhere.sign_in(chosen)).status_code == 303
