"""Schooling below the highest level, field by field: what registers want of it and corrections may name."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from zhupei_cli.rules.people.fields import FIELDS
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.people.profiles import Entry, Profile
from zhupei_cli.sheets.kinds.columns import Column
from zhupei_cli.sheets.kinds.shared_columns import own_column
from zhupei_cli.words.codes import LEVEL, LEVEL_RANK
from zhupei_cli.words.errors import Fault

#: The levels that registers ask about one by one.
LEVELS: Final[Mapping[str, str]] = {"bachelor": "21", "master": "14", "doctor": "11"}
#: A doctor's course has none above it.
_NAMES: Final = ("school", "major", "graduated_on", "degree")
_LOWER: Final[Mapping[str, Sequence[str]]] = {"bachelor": _NAMES, "master": (*_NAMES, "degree_type")}


def latest(educations: Sequence[Entry], level: str) -> Entry | None:
    """Return the latest entry of a level, by its name in LEVELS."""
    of_level = [entry for entry in educations if entry["level"] == LEVELS[level]]
    return max(of_level, key=lambda entry: entry.get("graduated_on") or date.min, default=None)


#: 本科院校, 硕士学位 … by key; those of the bachelor that 报名信息 has are called as there.
LOWER_COLUMNS: Final[Mapping[str, Column]] = {
    f"{level}_{name}": replace(
        own_column(FIELDS[name]),
        key=f"{level}_{name}",
        heading=f"{LEVEL.label(LEVELS[level])}{FIELDS[name].own or FIELDS[name].heading}",
        aliases=(),
    )
    for level, names in _LOWER.items()
    for name in names
}


def plain_name(key: str) -> str:
    """Return the field of an entry that a key of COLUMNS is; any other key is itself."""
    return key.partition("_")[2] if key in LOWER_COLUMNS else key


def entry_of(profile: Profile, key: str) -> Entry:
    """Return the entry that a key of COLUMNS speaks of, made where the person has none of that level."""
    level = key.partition("_")[0]
    entry = latest(profile.educations, level)
    if entry is None:
        entry = {"level": LEVELS[level]}
        profile.educations.append(entry)
    return entry


def lower_values(profile: Profile) -> dict[str, object]:
    """Return the fields of COLUMNS as the profile has them; of the highest entry they are its own."""
    top = highest(profile.educations)
    found: dict[str, object] = {}
    for level, names in _LOWER.items():
        entry = latest(profile.educations, level)
        if entry is not None and entry is not top:
            found |= {f"{level}_{name}": entry.get(name) for name in names}
    return found


def not_whole(before: Profile, after: Profile, keys: Collection[str]) -> Iterator[Fault]:
    """Yield what is wrong with the entries that `keys` of COLUMNS speak of: a higher level, or no school."""
    top = highest(before.educations)
    for level in dict.fromkeys(key.partition("_")[0] for key in keys if key in LOWER_COLUMNS):
        column, entry = LOWER_COLUMNS[f"{level}_school"], latest(after.educations, level)
        if top is not None and LEVEL_RANK[top["level"]] < LEVEL_RANK[LEVELS[level]]:
            values = {"heading": column.heading, "level": LEVEL.label(top["level"])}
            yield Fault("E759", column.key, values=values)
        elif entry is not None and not entry.get("school"):
            yield Fault("E023", column.key, values={"heading": column.heading})
