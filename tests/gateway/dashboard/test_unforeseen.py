"""What nobody foresaw on a page: a page of ours, in the visitor's language, with what finds it in the logs."""

from __future__ import annotations

import re
from types import SimpleNamespace

import httpx
import pytest
from starlette.datastructures import State

from gateway.dashboard.app import create_dashboard
from gateway.dashboard.security import SESSION


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Une erreur est survenue"), ("en", "Something went wrong")], ids=["fr", "en"]
)
async def test_an_unforeseen_error_is_a_page_with_a_reference(language: str, said: str) -> None:
    # Whose cookie it is cannot be asked: this state has no database.
    broken = State({"settings": SimpleNamespace(sandbox=False, demo_login="")})
    transport = httpx.ASGITransport(create_dashboard(broken, 1_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://relais.test") as http:
        answer = await http.get("/app", headers={"accept-language": language, "cookie": f"{SESSION}=x"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert f"<h1>{said}</h1>" in answer.text
    assert "relais.css" in answer.text
    assert re.search(r": [0-9a-f]{32}<", answer.text), answer.text
    assert "Traceback" not in answer.text
    assert "AttributeError" not in answer.text
    assert "content-security-policy" in answer.headers
