"""What a trainee's profile must hold before an application can be submitted (指南 二.2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, Final, TypeVar

from zhupei_cli.rules.people.fields import NEEDED
from zhupei_cli.rules.people.idcard import WITH_FACTS
from zhupei_cli.words.codes import LEVEL_RANK

Entry = TypeVar("Entry", bound=Mapping[str, Any])

_FROM_NUMBER = frozenset({"gender", "birth_date"})
_NOTHING = (None, "")
#: Those that are neither yes nor no, and asked of everybody.
_PARTS: Final = itemgetter(*(NEEDED.keys() - {"full_time", "has_employer", "employer_name"}))


def missing(values: Mapping[str, object]) -> dict[str, str]:
    """Return key → heading of the required parts that `values` lacks; None and "" are nothing.

    `values` is flat: the person, the highest education, the current employer. Sex and birth date follow
    from the number of an ID card or residence permit; the other papers ask for them, but for no ethnicity.
    """
    if _is_whole(values):
        return {}
    absent = [key for key in NEEDED if values.get(key) in _NOTHING]
    spared = _FROM_NUMBER if values.get("id_type") in WITH_FACTS else {"ethnicity"}
    if not values.get("has_employer"):
        spared = {*spared, "employer_name"}
    return {key: NEEDED[key] for key in absent if key not in spared}


def _is_whole(values: Mapping[str, object]) -> bool:
    # Nearly all profiles are: looked at at once, for a hundred thousand of them.
    try:
        parts, full_time, has_employer = _PARTS(values), values["full_time"], values["has_employer"]
    except KeyError:
        return False
    if not all(parts) or full_time in _NOTHING or has_employer in _NOTHING:
        return False
    return not has_employer or bool(values.get("employer_name"))


def highest(educations: Sequence[Entry]) -> Entry | None:
    """Return the entry that the rules look at: of the highest level, the latest; None when there is none."""
    if len(educations) == 1:  # as most people have
        return educations[0]
    return max(
        educations,
        key=lambda entry: (LEVEL_RANK.get(entry["level"], 0), entry.get("graduated_on") or date.min),
        default=None,
    )
