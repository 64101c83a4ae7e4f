"""What Relais is made of (SBOM, CycloneDX), and which of it has a known vulnerability.

    python requirements/audit.py requirements/run.txt build/sbom.json

From the lock alone: nothing is installed. Exit code 1 when a vulnerability is known. Where nobody answers about
vulnerabilities, as on a machine cut off, it says so and vouches for nothing: that alone fails no build.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ANSWER_S = 10
SHOWN = 3


def main(lock: str, sbom: str) -> int:
    """The exit code."""
    Path(sbom).parent.mkdir(parents=True, exist_ok=True)
    told = ["requirements", "--pyproject", "pyproject.toml", "--output-reproducible", "--no-validate"]
    made = _run("cyclonedx_py", *told, "-o", sbom, lock)  # validating asks the network
    if made.returncode:
        sys.stderr.write(made.stderr)
        return made.returncode
    parts = len(json.loads(Path(sbom).read_text(encoding="utf-8"))["components"])
    sys.stdout.write(f"{sbom} : {parts} composants\n")
    asked = ["--disable-pip", "--no-deps", "--progress-spinner=off", f"--timeout={ANSWER_S}", "--format=json"]
    answer = _run("pip_audit", *asked, "--requirement", lock)
    try:
        packages = json.loads(answer.stdout)["dependencies"]
    except ValueError:
        packages = []
    return _said(packages, parts)


def _said(packages: list[dict[str, Any]], parts: int) -> int:
    asked = [one for one in packages if "vulns" in one]
    if len(asked) < parts:
        unasked = parts - len(asked)
        sys.stdout.write(f"vulnérabilités : le service d'avis ne répond pas pour {unasked} composants sur {parts}\n")
    found = [(one["name"], one["version"], vulnerability) for one in asked for vulnerability in one["vulns"]]
    for name, version, vulnerability in found:
        fixed = ", ".join(vulnerability["fix_versions"][:SHOWN]) or "aucune version"
        sys.stdout.write(f"  {name} {version} : {vulnerability['id']}, corrigée par {fixed}\n")
    sys.stdout.write(f"vulnérabilités connues : {len(found)} (sur {len(asked)} composants)\n")
    return 1 if found else 0


def _run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own arguments


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
