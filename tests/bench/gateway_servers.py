"""Python servers of the gateway's benchmark: `worker PORT`, one FastAPI worker; `httpx PORT UPSTREAM`, the reference.

The reference is what a gateway is commonly written as: a FastAPI route that asks through one pooled httpx client.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response


def worker() -> FastAPI:
    app = FastAPI()

    @app.get("/{path:path}")
    async def answer(path: str) -> dict[str, str]:
        return {"accord": "demo", "title": "Accord collectif", "path": path}

    return app


def reference(upstream: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=256, max_keepalive_connections=256)
        async with httpx.AsyncClient(base_url=upstream, limits=limits, trust_env=False) as app.state.http:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/{path:path}")
    async def forward(path: str, request: Request) -> Response:
        headers = {"authorization": request.headers.get("authorization", "")}
        answer = await app.state.http.get(f"/{path}", headers=headers)
        return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])

    return app


def main(kind: str, port: str, *arguments: str) -> None:
    app = worker() if kind == "worker" else reference(*arguments)
    uvicorn.run(app, host="127.0.0.1", port=int(port), access_log=False, log_level="error", timeout_keep_alive=75)


if __name__ == "__main__":
    main(*sys.argv[1:])
