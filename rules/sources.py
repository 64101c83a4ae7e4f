"""Sources as a reader outside knows them; the book and traces name some by a short name of ours."""

from __future__ import annotations

import re
from typing import Final

# A parameter of OpenFisca-France, by its name there.
_OPENFISCA: Final = re.compile(r"\bOF\b( (?!et )[a-z][a-z0-9_/]*)?")
_OURS: Final = {"fr": "référentiel de Relais", "en": "Relais rulebook"}


def source(reference: str, language: str = "fr") -> str:
    """A source in words, in French or English ("en").

    >>> source("loi 2003-775 art. 76 (OF rafp)"), source("rulebook §3.3"), source("OF cnracl_s_ti")
    ('loi 2003-775 art. 76 (OpenFisca-France)', 'référentiel de Relais §3.3', 'OpenFisca-France')
    >>> source("rulebook §3.3", "en")
    'Relais rulebook §3.3'
    """
    return _OPENFISCA.sub("OpenFisca-France", reference).replace("rulebook", _OURS[language])
