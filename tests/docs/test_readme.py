"""The README's tree is the tree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
# Files at the top that say themselves what they are.
SELF_EVIDENT = {".gitignore", ".dockerignore", ".env.example", "CHANGELOG.md", "LICENSE", "README.md"}


def _listed() -> set[str]:
    block = README.split("## The tree", 1)[1].split("```", 2)[1]
    return {m.group(1).rstrip("/") for m in re.finditer(r"^(\S+)\s{2,}\S", block, re.MULTILINE)}


def _tracked() -> set[str]:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top = {name.split("/")[0] for name in names}
    services = {"/".join(name.split("/")[:2]) for name in names if name.startswith("services/") and name.count("/") > 1}
    return (top - {"services"} | services) - SELF_EVIDENT


def test_every_folder_has_its_line_and_every_line_its_folder() -> None:
    assert {name.removesuffix("/run") for name in _listed()} == _tracked()


def test_links_of_the_documentation_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/**/README.md")]
        if not {".venv", ".relais", ".kafka"} & set(page.relative_to(ROOT).parts)
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
