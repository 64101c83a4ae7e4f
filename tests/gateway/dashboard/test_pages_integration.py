"""What somebody who looks after the exchanges sees and does: a client that errs, an event set aside and tried again."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from kit.db.database import Scope
from kit.events.applying import Batch
from kit.events.delivery import Delivery
from kit.events.envelope import Envelope
from kit.ids import new_id
from relais.api import Refused
from relais.persons import HR
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_journeys import act, text_of
from tests.platform import TestPlatform


@pytest.fixture
async def parked(platform: TestPlatform) -> AsyncIterator[Delivery]:
    """The gateway could not apply an accord's event, and another waits behind; once mended, it changes nothing."""
    deliveries: list[Delivery] = list(platform.apps["gateway"].state.runtime.deliveries.values())
    (reader,) = (one for one in deliveries if one.subscription.name == "agreements")
    async with reader.database.transaction(Scope.all()) as tx:
        place = text("SELECT epoch FROM consumer_cursor WHERE consumer = :consumer")
        epoch = (await tx.execute(place, {"consumer": reader.consumer})).scalar_one()
    await reader.deliver(Batch(epoch, [accord(1, {}), accord(2, WHOLE)]))
    yield reader
    async with reader.database.transaction(Scope.all()) as tx:
        await tx.execute(text("DELETE FROM parked_event WHERE key = :key"), {"key": KEY})


KEY = f"accord-{new_id()}"
WHOLE = {
    "agreement": KEY,
    "version": 1,
    "effective": {"from": "2025-01-01", "to": None},
    "employers": [],
    "insurers": [],
}

MENDED = text("""
    UPDATE parked_event SET envelope = jsonb_set(envelope::jsonb, '{data}', CAST(:data AS jsonb))::json WHERE key = :key
""")


def accord(version: int, data: dict[str, Any]) -> Envelope:
    kind = "agreement.published"
    return Envelope(
        id=new_id(),
        source="/agreements",
        type=f"fr.psc.agreements.{kind}.v1",
        time="2026-06-01T12:00:00Z",
        topic="psc.agreements.agreement.v1",
        partitionkey=KEY,
        sequence=version,
        data=data,
    )


async def test_what_went_wrong_is_seen_and_tried_again(pages: Pages, parked: Delivery) -> None:
    await asyncio.to_thread(an_insurer_reads_and_errs, pages.platform)
    await pages.platform.apps["gateway"].state.activity.flush()
    page = await pages.signed_in()
    hands = Hands(page)
    set_aside = "tr:has(a[href='/app/integration/components/gateway'])"
    assert "gateway (2)" in await text_of(page, set_aside), "it is on the work list"
    await page.goto("/app?kind=documents-missing")
    assert await page.locator(set_aside).count() == 0
    exported = await page.context.request.get("/app/worklist.csv?kind=events-parked")
    assert "gateway (2)" in await exported.text()
    await page.goto("/app/integration?attention=1")
    assert "Appels refusés" in await text_of(page, "tr:has(a[href='/app/integration/demo-insurer-b'])")
    await hands.press("a[href='/app/integration/demo-insurer-b']")
    assert "GET /v1/webhooks" in await text_of(page, ".note.warn")
    assert await page.locator(".picture .f-half").count() > 1
    await page.goto("/app/integration")
    await hands.press("#components a[href='/app/integration/components/gateway']")
    assert KEY in await text_of(page, "main table")
    await hands.open("#all-1")
    await act(page, "Tout rejouer")
    assert "Appliqués : 0" in await text_of(page, ".note"), "what made it poison is still there"
    async with parked.database.transaction(Scope.all()) as tx:
        await tx.execute(MENDED, {"data": json.dumps(WHOLE), "key": KEY})
    mine = page.locator("tr", has_text=KEY)
    await hands.open(mine.get_by_text(re.compile("^Rejouer…")))
    await hands.open(mine.get_by_role("checkbox"))
    await act(page, "Appliquer cette clé")
    assert "Appliqués : 2" in await text_of(page, ".note")
    assert "demo-insurer-b" in await (await page.context.request.get("/app/integration.csv?kind=INSURER")).text()
    hr = await pages.signed_in(HR)
    assert await hr.locator(".rail a[href='/app/integration']").count() == 0


def an_insurer_reads_and_errs(platform: TestPlatform) -> None:
    with platform.api("demo-insurer-b") as insurer:
        insurer.get("/v1/events", limit=1)
        with pytest.raises(Refused):
            insurer.get(f"/v1/webhooks/{new_id()}")
