"""`/openapi.json`, merged, and `/docs`, a page a person can read."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from gateway.api.page import CONTENT_SECURITY_POLICY, page
from gateway.application.documents import MergedDocument

# Where the dashboard begins.
PAGES: Final = "/app"
router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    document: MergedDocument = request.app.state.document
    return JSONResponse(await document.get())


@router.get("/")
async def home(request: Request) -> Response:
    """Whoever types the address alone in a browser is led to the pages, a program to what it may call."""
    browser = "text/html" in request.headers.get("accept", "")
    return RedirectResponse(PAGES if browser else "/docs", headers={"vary": "accept"})


@router.get("/docs")
async def docs(request: Request) -> Response:
    document: MergedDocument = request.app.state.document
    headers = {"content-security-policy": CONTENT_SECURITY_POLICY, "x-content-type-options": "nosniff"}
    return HTMLResponse(page(await document.get()), headers=headers)
