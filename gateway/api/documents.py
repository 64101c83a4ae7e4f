"""`/openapi.json`, merged, and `/docs`, a page a person can read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from gateway.api.page import CONTENT_SECURITY_POLICY, page
from gateway.application.documents import MergedDocument

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    document: MergedDocument = request.app.state.document
    return JSONResponse(await document.get())


@router.get("/")
async def home() -> Response:
    """Whoever types the address alone is shown what there is."""
    return RedirectResponse("/docs")


@router.get("/docs")
async def docs(request: Request) -> Response:
    document: MergedDocument = request.app.state.document
    headers = {"content-security-policy": CONTENT_SECURITY_POLICY, "x-content-type-options": "nosniff"}
    return HTMLResponse(page(await document.get()), headers=headers)
