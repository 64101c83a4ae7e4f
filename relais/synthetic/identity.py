"""Identifiers of nobody: valid in form, impossible in fact, and said to be so."""

from __future__ import annotations

from random import Random

from stdnum import luhn
from stdnum.fr import nir

# No department has the number 00, so no living person has such a NIR.
NO_DEPARTMENT = "00"
# SIREN that begin with 000 are not given out.
NO_SIREN = "000"
FIRST_NAMES = ("Alix", "Camille", "Charlie", "Claude", "Dominique", "Lou", "Maxime", "Morgan", "Noa", "Sacha", "Yaël")
LAST_NAMES = ("EXEMPLE", "FACTICE", "FICTIF", "IMAGINAIRE", "INVENTÉ", "MODÈLE", "SPÉCIMEN", "SYNTHÈSE", "TESTEUR")


def fictitious_nir(random: Random, birth_year: int, birth_month: int) -> str:
    """Fifteen digits with a right key, in a department that does not exist.

    >>> number = fictitious_nir(Random(1), 1975, 3)
    >>> len(number), number[5:7], nir.is_valid(number)
    (15, '00', True)
    """
    sex = random.choice("12")
    body = f"{sex}{birth_year % 100:02d}{birth_month:02d}{NO_DEPARTMENT}{random.randrange(1000):03d}"
    body += f"{random.randrange(1, 1000):03d}"
    return body + nir.calc_check_digits(body)


def fictitious_siret(rank: int) -> str:
    """The SIRET of the `rank`-th invented employer (below a million): right check digits, a SIREN nobody gives out.

    >>> fictitious_siret(1), luhn.is_valid(fictitious_siret(1)[:9]), luhn.is_valid(fictitious_siret(1))
    ('00000001800010', True, True)
    """
    siren = f"{NO_SIREN}{rank:05d}"
    siren += luhn.calc_check_digit(siren)
    establishment = f"{siren}0001"
    return establishment + luhn.calc_check_digit(establishment)
