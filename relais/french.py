"""What Typer says of a command it cannot run, in French. It has no catalogue of its own to choose from."""

from __future__ import annotations

import errno
import re
from typing import Any, Final

from typer import rich_utils

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


def speak_french() -> None:
    """Have Typer's help texts and errors written in French."""
    for name, words in WORDS.items():
        setattr(rich_utils, name, words)
    as_typer_does = rich_utils.rich_format_error

    def explained(error: Any) -> None:
        said = french(error.format_message())
        error.format_message = lambda: said
        as_typer_does(error)

    setattr(rich_utils, "rich_format_error", explained)  # noqa: B010 - its parameter has another name
