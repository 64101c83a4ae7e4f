"""The browser of the machine, where it has one."""

from __future__ import annotations

import os
import shutil
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
REQUIRED: Final = "browser" in os.environ.get("RELAIS_REQUIRE", "").split(",")


def executable() -> str | None:
    """Where Chromium is; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
