"""The pages: path below `/app`, what answers, by which methods."""

from __future__ import annotations

from typing import Final

from gateway.dashboard.pages import account, agent, agents, agreements, claims, sign_in, simulator, worklist
from gateway.dashboard.visit import Endpoint, open_page, signed_page

_READ, _BOTH, _SEND = ["GET", "HEAD"], ["GET", "HEAD", "POST"], ["POST"]
PAGES: Final[tuple[tuple[str, Endpoint, list[str]], ...]] = (
    ("/sign-in", open_page(sign_in.sign_in), _BOTH),
    ("/sign-in/code", open_page(sign_in.code), _BOTH),
    ("/sign-out", open_page(sign_in.sign_out), _SEND),
    ("/account", signed_page(account.account), _BOTH),
    ("", signed_page(worklist.worklist), _READ),
    ("/worklist.{format}", signed_page(worklist.export), _READ),
    ("/search", signed_page(agents.search), _READ),
    ("/agents", signed_page(agents.agents), _READ),
    ("/agents.{format}", signed_page(agents.export), _READ),
    ("/agents/{agent:uuid}", signed_page(agent.agent), _READ),
    ("/contributions/{line:uuid}", signed_page(agent.contribution), _READ),
    ("/decisions/{decision:uuid}", signed_page(agent.decision), _READ),
    ("/claims", signed_page(claims.claims), _READ),
    ("/claims.{format}", signed_page(claims.export), _READ),
    ("/claims/{claim:uuid}", signed_page(claims.claim), _READ),
    ("/claims/{claim:uuid}/steps", signed_page(claims.step), _SEND),
    ("/claims/{claim:uuid}/declaration", signed_page(claims.declaration), _SEND),
    ("/claims/{claim:uuid}/documents", signed_page(claims.document), _SEND),
    ("/agreements", signed_page(agreements.agreements), _READ),
    ("/agreements.{format}", signed_page(agreements.export), _READ),
    ("/agreements/{agreement}", signed_page(agreements.agreement), _READ),
    ("/simulator", signed_page(simulator.simulator), _READ),
)
