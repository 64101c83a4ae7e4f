"""What Typer says of a command it cannot run, in French. It has no catalogue of its own to choose from."""

from __future__ import annotations

import errno
import re
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import SimpleNamespace  # noqa: F401 - of the examples
from typing import Any, Final, get_args, get_origin
from uuid import UUID

from typer import core, rich_utils

# What Typer says of itself in a help text. "Usage", "Options" and "Arguments" are French already.
WORDS: Final = {
    "COMMANDS_PANEL_TITLE": "Commandes",
    "ERRORS_PANEL_TITLE": "Erreur",
    "DEFAULT_STRING": "[défaut : {}]",
    "ENVVAR_STRING": "[variable : {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
    "RICH_HELP": "Aide : [blue]{command_path} {help_option}[/]",
    "ABORTED_TEXT": "Abandon.",
}
KINDS: Final[dict[Any, str]] = {
    bool: "",
    int: "NOMBRE",
    float: "NOMBRE",
    Path: "CHEMIN",
    datetime: "AAAA-MM-JJ",
    UUID: "IDENTIFIANT",
}
SUBCOMMAND: Final = "COMMANDE [ARGUMENTS]…"
_VARIABLE: Final = re.compile(r" \(env var: [^)]*\)")
_SENTENCES: Final = (
    (r"No such command (.+)\.", r"Commande inconnue : \1."),
    (r"Missing command\.", "Il manque une commande."),
    (r"Missing argument (.+?)\.(.*)", r"Il manque l'argument \1.\2"),
    (r"Missing option (.+?)\.(.*)", r"Il manque l'option \1.\2"),
    (r"No such option: ([^ ]+)(?: \(Possible options: (.+)\))?", r"Option inconnue : \1"),
    (r"Got unexpected extra argument(?:\(s\)|s?) \((.+)\)", r"Argument en trop : \1."),
    (r"Option (.+) requires an argument\.", r"L'option \1 attend une valeur."),
    (r"Option (.+) does not take a value\.", r"L'option \1 n'attend pas de valeur."),
    (r"Invalid value for (.+?): .*does not match the formats? .*", r"Valeur refusée pour \1 : AAAA-MM-JJ est attendu."),
    (r"Invalid value for (.+?): .*is not one of (.+)\.", r"Valeur refusée pour \1 : une de \2 est attendue."),
    (r"Invalid value for (.+?): .*does not exist.*", r"Valeur refusée pour \1 : ce chemin n'existe pas."),
    (r"Invalid value for (.+?): .*valid UUID.*", r"Valeur refusée pour \1 : un identifiant (UUID) est attendu."),
    (r"Invalid value for (.+?): .*greater than or equal to (.+)", r"Valeur refusée pour \1 : \2 au moins est attendu."),
    (r"Invalid value for (.+?): .*less than or equal to (.+)", r"Valeur refusée pour \1 : \2 au plus est attendu."),
    (r"Invalid value for (.+?): .*integer.*", r"Valeur refusée pour \1 : un nombre entier est attendu."),
    (r"Invalid value for (.+?): .*", r"Valeur refusée pour \1."),
)


_SYSTEM: Final = {
    errno.ENOENT: "ce chemin n'existe pas",
    errno.EEXIST: "ce chemin existe déjà",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EISDIR: "c'est un dossier",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "ce système de fichiers est en lecture seule",
    errno.ENOSPC: "il n'y a plus de place",
}


def system_said(error: OSError) -> str:
    """Why the system refuses, in French; in its own words where nobody has translated them.

    >>> system_said(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    "ce chemin n'existe pas"
    """
    return _SYSTEM.get(error.errno or 0) or str(error.strerror)


def french(sentence: str) -> str:
    """The sentence in French; as it is when nobody has translated it.

    >>> french("No such command 'x'."), french("Missing argument 'RÈGLE'.")
    ("Commande inconnue : 'x'.", "Il manque l'argument 'RÈGLE'.")
    """
    sentence = _VARIABLE.sub("", sentence)
    for english, translated in _SENTENCES:
        if re.fullmatch(english, sentence, re.DOTALL):
            return re.sub(english, translated, sentence, flags=re.DOTALL)
    return sentence


def kind_of(parameter: Any) -> str:
    """What to type for an option or an argument that has no word of its own for it.

    >>> kind_of(SimpleNamespace(metavar=None, type_descriptor=SimpleNamespace(annotation=list[str])))
    'TEXTE'
    >>> kind_of(SimpleNamespace(metavar="SIRET", param_type_name="option"))
    'SIRET'
    """
    # An argument is named by that word already.
    if parameter.metavar is not None and parameter.param_type_name == "option":
        return str(parameter.metavar)
    annotation = parameter.type_descriptor.annotation
    (kind,) = get_args(annotation) if get_origin(annotation) is list else (annotation,)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(one.value) for one in kind)
    return KINDS.get(kind, "TEXTE")


def _range(parameter: Any) -> str | None:
    """The bounds of a number, as `1 à 99999`."""
    least, most = parameter.min, parameter.max
    if least is None or most is None:
        return None if least is most else f"{least} ou plus" if most is None else f"{most} au plus"
    return f"{least} à {most}"


def speak_french() -> None:
    """Have Typer's help texts and errors written in French."""
    for name, words in WORDS.items():
        setattr(rich_utils, name, words)
    for of in (core.TyperOption, core.TyperArgument):
        setattr(of, "display_type_rich", lambda parameter, ctx: kind_of(parameter))  # noqa: B010, ARG005 - Typer's own
        setattr(of, "_get_number_range_help_str", _range)  # noqa: B010 - Typer's own
    as_typer_does = rich_utils.rich_format_error

    def explained(error: Any) -> None:
        said = french(error.format_message())
        error.format_message = lambda: said
        as_typer_does(error)

    setattr(rich_utils, "rich_format_error", explained)  # noqa: B010 - its parameter has another name
