"""Background tasks that outlive what goes wrong around them: a database or a broker that is away comes back."""

from __future__ import annotations

import asyncio
import random
import sysconfig
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog

PAUSE_SECONDS: Final = 0.1
PAUSE_LIMIT_SECONDS: Final = 5.0
# Work that ran this long before it failed is not failing in a row.
STEADY_SECONDS: Final = 10.0

_LIBRARIES: Final = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})

log = structlog.get_logger(__name__)


async def supervise(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` until cancelled; when it ends or fails, again after a pause that grows, with jitter.

    Libraries that end tasks of their own let the CancelledError of those through, and others keep ours to themselves:
    whether this task is to end is asked of the task.
    """
    loop, this = asyncio.get_running_loop(), asyncio.current_task()
    assert this is not None, "supervise runs in a task"
    pause = PAUSE_SECONDS
    while True:
        started = loop.time()
        try:
            await work()
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - stopping would stop a whole service
            if not this.cancelling():
                # Once may pass, as while the others start; in a row it is somebody's business.
                say = log.warning if pause == PAUSE_LIMIT_SECONDS else log.info
                say("event_task_failed", task=name, error=describe(error))
        if this.cancelling():
            raise asyncio.CancelledError
        if loop.time() - started > STEADY_SECONDS:
            pause = PAUSE_SECONDS
        await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - jitter, not a secret
        pause = min(2 * pause, PAUSE_LIMIT_SECONDS)


def describe(error: BaseException) -> str:
    """What failed and where, without its message: a message may hold values that must stay out of logs.

    >>> def fails(): raise ValueError("2 85 05 75 116 001 22")
    >>> try: fails()
    ... except ValueError as error: described = describe(error)
    >>> described.startswith("ValueError at "), "2 85" in described
    (True, False)
    """
    cause = getattr(error, "orig", None) or error
    parts = [type(cause).__name__]
    for detail in ("sqlstate", "constraint_name", "code"):
        value = getattr(cause, detail, None) or getattr(getattr(cause, "__cause__", None), detail, None)
        if isinstance(value, str) and value:
            parts.append(value)
    ours = [f for f, _ in traceback.walk_tb(error.__traceback__) if not f.f_code.co_filename.startswith(_LIBRARIES)]
    if ours:
        code = ours[-1].f_code
        parts.append(f"at {Path(code.co_filename).stem}.{code.co_name}:{ours[-1].f_lineno}")
    return " ".join(parts)
