"""What stands in the address of a page may be anything, and fails no page."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from gateway.dashboard.pages.agreements import _to_hand
from gateway.dashboard.visit import Visit
from gateway.dashboard.words import Words

NONE = {"endless": "9" * 5000, "superscript": "²", "letter": "x", "empty": ""}


@pytest.mark.parametrize(("version", "shown"), [("2", 1), *((one, 0) for one in NONE.values())], ids=["version", *NONE])
def test_a_notice_is_named_by_a_version_or_by_none(version: str, shown: int) -> None:
    query = f"agent=a&employer=b&version={version}".encode()
    request = Request({"type": "http", "path_params": {}, "headers": [], "query_string": query})
    assert len(_to_hand(Visit(request, Words("fr"), "light"), None)) == shown
