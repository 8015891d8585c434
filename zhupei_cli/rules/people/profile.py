"""What a trainee's profile must hold before an application can be submitted (指南 二.2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Final, TypeVar

from zhupei_cli.rules.people.fields import EDUCATION_FIELDS, NEEDED, FieldValues
from zhupei_cli.rules.people.idcard import WITH_FACTS
from zhupei_cli.words.codes import LEVEL_RANK

_Entry = TypeVar("_Entry", bound=FieldValues)

_FROM_NUMBER = frozenset({"gender", "birth_date"})
_NOTHING = (None, "")
#: Those that are neither yes nor no, and asked of everybody.
_PARTS: Final = NEEDED.keys() - {"full_time", "has_employer", "employer_name"}
_SCHOOLING: Final = frozenset(field.key for field in EDUCATION_FIELDS)
_OF_PERSON: Final = itemgetter(*(_PARTS - _SCHOOLING))
_OF_EDUCATION: Final = itemgetter("full_time", *(_PARTS & _SCHOOLING))


def missing(values: Mapping[str, object]) -> dict[str, str]:
    """Return key → heading of the required parts that `values` lacks; None and "" are nothing.

    `values` is flat: the person, the highest education, the current employer. Sex and birth date follow
    from the number of an ID card or residence permit; the other papers ask for them, but for no ethnicity.
    """
    absent = [key for key in NEEDED if values.get(key) in _NOTHING]
    spared = _FROM_NUMBER if values.get("id_type") in WITH_FACTS else {"ethnicity"}
    if not values.get("has_employer"):
        spared = {*spared, "employer_name"}
    return {key: NEEDED[key] for key in absent if key not in spared}


def is_whole(
    person: Mapping[str, object], education: Mapping[str, object] | None, work: Mapping[str, object] | None
) -> bool:
    """Return whether one look finds nothing missing, as of nearly all; False leaves it to `missing`."""
    try:
        parts, (full_time, *schooling) = _OF_PERSON(person), _OF_EDUCATION(education or {})
        has_employer = person["has_employer"]
    except KeyError:
        return False
    if not all(parts) or not all(schooling) or full_time in _NOTHING or has_employer in _NOTHING:
        return False
    return not has_employer or bool(work and work.get("employer_name"))


def highest(educations: Sequence[_Entry]) -> _Entry | None:
    """Return the entry that the rules look at: of the highest level, the latest; None when there is none."""
    if len(educations) == 1:  # as most people have
        return educations[0]
    return max(
        educations,
        key=lambda entry: (LEVEL_RANK.get(entry["level"], 0), entry.get("graduated_on") or date.min),
        default=None,
    )
