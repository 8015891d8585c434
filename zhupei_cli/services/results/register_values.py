"""What a register says beyond the form: schooling by level, the employer's kind, the joint base."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Employer, TrainingBase
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.people.field_values import text_of
from zhupei_cli.rules.people.idcard import WITH_FACTS
from zhupei_cli.services.people.lower_levels import LEVELS, latest
from zhupei_cli.services.people.profiles import Profile, current_work
from zhupei_cli.services.records.lookup import match_key
from zhupei_cli.store.bulk import in_chunks
from zhupei_cli.words.codes import LEVEL_RANK

_EMPLOYER: Table = Employer.metadata.tables[Employer.__tablename__]
_BASE: Table = TrainingBase.metadata.tables[TrainingBase.__tablename__]

_SCHOOLING: Final = ("school", "major", "degree", "degree_type")
_KIND: Final = ("level", "institution", "affiliation")

#: The fields found here.
VALUE_KEYS: Final = (
    *(f"{level}_{name}" for level in LEVELS for name in (*_SCHOOLING, "year")),
    *(f"is_{level}" for level in LEVELS),
    *(f"employer_{name}" for name in _KIND),
    "has_card",
    "joint_base",
    "joint_base_name",
    "joint_level",
    "joint_institution",
    "train_from",
)


def schooling(profile: Profile) -> dict[str, object]:
    """Return what there is of each level, the latest entry, and whether the person has come as far."""
    entries = profile.educations
    highest = max((LEVEL_RANK.get(entry["level"], 0) for entry in entries), default=0)
    found: dict[str, object] = {"has_card": profile.person.get("id_type") in WITH_FACTS}
    for level, code in LEVELS.items():
        # A master has a bachelor's course behind them, a doctor need not have been a master.
        below = highest >= LEVEL_RANK[code] if level == "bachelor" else False
        entry = latest(entries, level)
        found[f"is_{level}"] = below or entry is not None
        for name in _SCHOOLING if entry else ():
            found[f"{level}_{name}"] = text_of(name, (entry or {}).get(name))
        day = (entry or {}).get("graduated_on")
        if day is not None:
            found[f"{level}_year"] = str(day.year)
    return found


class Employers:
    """Level, kind and affiliation of the employers of people, from the directory or from our bases."""

    def __init__(self, session: Session, profiles: Iterable[Profile]) -> None:
        works = [work for one in profiles if (work := current_work(one)) is not None]
        self._known: dict[str, TableRow] = {}
        words = {work.get(key) for work in works for key in ("employer_name", "employer_uscc")} - {None, ""}
        for row in session.execute(select(_BASE)).mappings():
            self._keep(dict(row), (row["name"], row["uscc"], *row["aliases"].split("|")))
        for chunk in in_chunks(words):
            named = or_(_EMPLOYER.c.name.in_(chunk), _EMPLOYER.c.uscc.in_(chunk))
            for row in session.execute(select(_EMPLOYER).where(named)).mappings():
                self._keep(dict(row), (row["name"], row["uscc"]))

    def _keep(self, row: TableRow, words: Iterable[str | None]) -> None:
        for word in filter(None, words):
            self._known[match_key(word)] = row

    def of(self, profile: Profile) -> dict[str, object]:
        """Return what is known of somebody's current employer; nothing of one that nobody entered."""
        work = current_work(profile) or {}
        for key in ("employer_uscc", "employer_name"):
            row = self._known.get(match_key(work.get(key) or ""))
            if row is not None:
                return {f"employer_{name}": row[name] for name in _KIND if row.get(name)}
        return {}


def joint(session: Session, code: str) -> dict[str, object]:
    """Return what is said of a joint base: its code and name, its level and kind."""
    base = session.get_one(TrainingBase, code)
    return {
        "joint_base": code,
        "joint_base_name": base.name,
        "joint_level": base.level,
        "joint_institution": base.institution,
    }
