"""`relais accord`: check a local accord's document, compare two versions, publish one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError
from rich.console import Console

from kit.http.validation import problem_of
from relais.access import api_of
from relais.api import Api, Refused
from relais.asking import confirmed
from relais.errors import CommandError
from relais.home import Home
from relais.tables import print_table
from rules.book import RuleBook
from rules.sources import source
from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.files import UnreadableFile, read_document
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.application.check_document import checked
from services.agreements.domain.errors import InvalidAgreement
from services.agreements.domain.finding import Finding, Severity
from services.agreements.domain.term_tree import changes

app = typer.Typer(
    help="Contrôler, comparer et publier un accord local (YAML ou JSON).", no_args_is_help=True, add_completion=False
)

STAFF: Final = "demo-staff"
NOT_FOUND: Final = 404
NOTHING: Final = "—"
Accord = Annotated[Path, typer.Argument(metavar="ACCORD", help="Document de l'accord.")]
Before = Annotated[Path, typer.Argument(metavar="AVANT", help="Accord en vigueur.")]
After = Annotated[Path, typer.Argument(metavar="APRÈS", help="Accord proposé.")]
SchemeOption = Annotated[
    Path | None, typer.Option("--scheme", help="Régime régional ; sinon <régime>.yaml à côté de l'accord.")
]
Day = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Prise d'effet de l'avenant.", metavar="DATE")
]


@app.command()
def validate(file: Accord, scheme: SchemeOption = None) -> None:
    """Contrôler un accord : structure, régime régional, loi. Une erreur bloque, un doute avertit.

    D'un régime régional, qui n'a pas d'articles à confronter à la loi, la structure.
    """
    if _is_scheme(file):
        _say(f"{file} : régime régional, de structure valide")
        return
    _document, findings = _checked(file, scheme)
    _show_findings(findings)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    _say(f"{errors} erreur(s), {len(findings) - errors} doute(s)")
    if errors:
        raise CommandError(f"{file} : accord non valide.")


@app.command()
def diff(before: Before, after: After, scheme: SchemeOption = None, since: Day = None) -> None:
    """Comparer deux versions, clause par clause ; avec --from, dire combien d'agents la plateforme y voit concernés et
    ce que le mois coûterait, sur la dernière paie connue.
    """
    old, _ = _checked(before, scheme)
    new, _ = _checked(after, scheme)
    changed = changes(old.dump(), new.dump())
    _show_changes([{"term": c.term, "before": c.before, "after": c.after} for c in changed])
    if since is not None:
        with api_of(Home.from_environment(), STAFF) as api:
            body = {"document": new.dump(), "from": since.date().isoformat(), "reason": "comparaison"}
            _show_affected(_asked(api, new.agreement, body))
            _show_price(api, new, since)


@app.command()
def publish(
    file: Accord,
    *,
    scheme: SchemeOption = None,
    since: Day = None,
    published_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Jour de la publication, si elle est passée.", metavar="DATE"),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Motif de l'avenant.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
) -> None:
    """Déposer, signer et publier un accord ; s'il l'est déjà, en publier un avenant (--from, --reason)."""
    document, findings = _checked(file, scheme)
    if any(finding.severity is Severity.ERROR for finding in findings):
        _show_findings(findings)
        raise CommandError(f"{file} : accord non valide.")
    with api_of(Home.from_environment(), STAFF) as api:
        known = _known(api, document.agreement)
        if known is None or (known["version"] == 1 and known["document"] == document.dump()):
            _first(api, document, published_on)
        else:
            _revise(api, document, since, reason, yes=yes)


def _first(api: Api, document: AgreementDocument, published_on: datetime | None) -> None:
    """Every step again changes nothing, so a publication that broke off goes on where it stopped."""
    key = document.agreement
    status = api.post("/v1/agreements", document.dump())["status"]
    day = {"published_on": published_on.date().isoformat()} if published_on else None
    for step, reached, body in (("sign", "DRAFT", None), ("publish", "SIGNED", day)):
        if status == reached:
            status = api.post(f"/v1/agreements/{key}/{step}", body)["status"]
    _say(f"{key} : {status}")


def _revise(api: Api, document: AgreementDocument, since: datetime | None, reason: str | None, *, yes: bool) -> None:
    if since is None or reason is None:
        raise CommandError(f"{document.agreement} est déjà publié : un avenant demande --from et --reason.")
    body = {"document": document.dump(), "from": since.date().isoformat(), "reason": reason}
    shown = _asked(api, document.agreement, body)
    _show_changes(shown["effects"])
    _show_affected(shown)
    if not shown["effects"]:
        return
    if not yes and not confirmed("Publier cet avenant ?"):
        raise CommandError("Rien n'est publié.")
    _asked(api, document.agreement, {**body, "confirm": shown["confirm"]})
    _say(f"{document.agreement} : avenant publié")


def _asked(api: Api, key: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = api.post(f"/v1/agreements/{key}/revisions", body)
    return answer


def _known(api: Api, key: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = api.get(f"/v1/agreements/{key}")
    except Refused as refused:
        if refused.status == NOT_FOUND:
            return None
        raise
    return found


def _is_scheme(file: Path) -> bool:
    """Whether it is a regional scheme, which no accord is. Raises CommandError where it is one and not valid."""
    with _refusals(file):
        content = read_document(file)
        if not _looks_regional(content):
            return False
        SchemeDocument.model_validate(content)
    return True


def _looks_regional(content: dict[str, Any]) -> bool:
    return "scheme" in content and "market" in content and "agreement" not in content


def _checked(file: Path, scheme: Path | None) -> tuple[AgreementDocument, list[Finding]]:
    with _refusals(file):
        content = read_document(file)
        if _looks_regional(content):
            raise CommandError(f"{file} : c'est un régime régional, non un accord local.")
        if "agreement" not in content:
            raise CommandError(f"{file} : ce n'est pas un accord (le champ « agreement » manque).")
        beside = file.parent / f"{content.get('scheme')}.yaml"
        above = scheme or (beside if beside.exists() else None)
        return checked(content, None if above is None else read_document(above), RuleBook.load())


@contextmanager
def _refusals(file: Path) -> Iterator[None]:
    """What a document is refused for, as CommandError."""
    try:
        yield
    except UnreadableFile as error:
        raise CommandError(str(error)) from None
    except ValidationError as error:
        fields = problem_of(error.errors()).errors
        raise CommandError("\n".join(f"{file} {f.pointer} : {f.detail_fr}" for f in fields)) from None
    except InvalidAgreement as error:
        _show_findings(list(error.findings))
        raise CommandError(f"{file} : accord non valide.") from None


def _show_findings(findings: list[Finding]) -> None:
    words = {Severity.ERROR: "erreur", Severity.WARNING: "doute"}
    rows = [
        (words[f.severity], "" if f.since is None else f.since.isoformat(), f.pointer, f.detail_fr, source(f.reference))
        for f in findings
    ]
    print_table(("", "à partir du", "clause", "constat", "référence"), rows)


def _say(text: str) -> None:
    """On one line, however narrow the terminal: others read it too."""
    Console(highlight=False).print(text, soft_wrap=True)


def _show_changes(changed: list[dict[str, Any]]) -> None:
    rows = [(c["term"], c["before"] or NOTHING, c["after"] or NOTHING) for c in changed]
    print_table(("clause", "avant", "après"), rows)
    _say(f"{len(rows)} clause(s) changée(s)")


def _show_affected(shown: dict[str, Any]) -> None:
    for one in shown["affected"]:
        _say(f"{one['agreement']} : {one['agents']} agent(s) couvert(s) ensuite, {one['annuities']} rente(s) en cours")
        up_to = "au plus " if one["at_most"] else ""
        gains = "nombre inconnu" if one["gains"] is None else one["gains"]
        _say(f"perdent leur couverture : {up_to}{one['loses']} ; l'obtiennent : {up_to}{gains}")


def _show_price(api: Api, document: AgreementDocument, since: datetime) -> None:
    """What the month would cost before and after, as contributions reckon it from their own copy of the accord."""
    body = {"agreement": document.agreement, "document": document.dump(), "month": since.strftime("%Y-%m")}
    found = api.post("/v1/simulations/contributions/terms", body)
    rows = [(one["guarantee"], str(one["agents"]), *_shares(one)) for one in found["guarantees"]]
    rows.append(("total", str(found["agents"]), *_shares(found)))
    print_table(("cotisations du mois, en €", "agents", "employeur", "→", "agents", "→"), rows)
    if found["unpriced"]:
        _say(f"{found['unpriced']} agent(s) sans paie ou situation connue : non chiffrés")


def _shares(one: dict[str, Any]) -> tuple[str, str, str, str]:
    before, after = one["before"], one["after"]
    return before["employer"], after["employer"], before["agent"], after["agent"]
