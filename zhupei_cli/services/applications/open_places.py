"""What may be chosen (指南 二.3, 第五步): the places of the plan that exist and are not stopped."""

from collections.abc import Mapping
from unicodedata import normalize

from zhupei_cli.services.applications.form_checks import Checks
from zhupei_cli.services.records.lookup import Names, match_key


def open_specialties(checks: Checks, base: str | None = None) -> dict[str, str]:
    """Return code → name of the specialties one can choose, at `base` or anywhere."""
    codes = {specialty for (at, specialty) in _open(checks) if base in (None, at)}
    return {code: checks.specialties.labels[code] for code in sorted(codes)}


def open_bases(checks: Checks, specialty: str | None = None) -> dict[str, str]:
    """Return code → name of the bases that recruit for `specialty`, or for any."""
    codes = {base for (base, of) in _open(checks) if specialty in (None, of)}
    return {code: checks.bases.labels[code] for code in sorted(codes)}


def _open(checks: Checks) -> list[tuple[str, str]]:
    return [place for place, stopped in checks.places.items() if not stopped]


def matching(word: str, offered: Mapping[str, str], names: Names) -> dict[str, str]:
    """Return what `word` finds among code → name: the one it names, by alias too, else all it is part of."""
    key = match_key(normalize("NFKC", word))
    named = names.find(word) or names.find(key) or ""
    if named in offered:
        return {named: offered[named]}
    return {
        code: name
        for code, name in offered.items()
        if match_key(code).startswith(key) or key in match_key(name)
    }
