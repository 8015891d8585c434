"""Batches (招收批次): made, changed, listed. What moves them on is in `stages`."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, TypedDict

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, BatchSetting
from zhupei_cli.rules.batch import settings as rules
from zhupei_cli.rules.batch.phases import require_changeable
from zhupei_cli.rules.batch.setting_words import SETTING_LABELS
from zhupei_cli.rules.batch.times import DATES, iso_time, parse_time, show_time
from zhupei_cli.services.batches.supplements import copy_plan, find_parent, take_vacancies
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import find_batch, settings_of, specialty_names
from zhupei_cli.store.bulk import delete_rows, insert_rows
from zhupei_cli.store.counters import take
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BatchStatus

_BATCH: Table = Batch.metadata.tables["batch"]
_SETTING: Table = BatchSetting.metadata.tables["batch_setting"]

_LABELS = {"name": "批次名称", **DATES}
#: What every batch has.
_NEEDED = ("name", "apply_from", "apply_until")
_LONGEST_NAME = 100


class Changed(TypedDict):
    """A setting, name or date of a batch that was changed."""

    key: str
    before: datetime | str | None
    after: datetime | str | None


def create_batch(
    session: Session,
    code: str,
    *,
    year: int | None,
    given: Mapping[str, str],
    by: Acting,
    like: str | None = None,
    supplement_of: str | None = None,
) -> Batch:
    """Store a new batch in draft, with all its settings.

    `given` holds name, apply_from, apply_until and any of the other DATES and settings as people write
    them; settings that are not given are those of the batch `like`, whose plan it takes too, else the
    defaults. `supplement_of` is the final batch whose year, settings and vacancies it takes (补录). Raises
    E406, E407 or E498 for the code, E270 to E273 and E303 for what is given, E470 to E472 for the parent.
    """
    _require_free_code(session, code)
    texts = {key: text for key, text in given.items() if key not in _LABELS}
    columns = {**dict.fromkeys(_NEEDED, ""), **given}
    values = {key: _read(key, text) for key, text in columns.items() if key in _LABELS}
    require_order(values)
    parent = None if supplement_of is None else find_parent(session, supplement_of, year=year)
    year = parent.year if parent is not None else year
    assert year is not None, "only a supplement round has its year from another batch"
    source = parent or (None if like is None else find_batch(session, like))
    settings = rules.defaults() if source is None else settings_of(session, source)
    settings |= {key: _checked(session, key, text) for key, text in texts.items()}
    (id_,) = take(session, "batch", 1)
    batch = Batch(id=id_, code=code, year=year, status=BatchStatus.DRAFT, created_at=by.at, **values)
    batch.parent_id = None if parent is None else parent.id
    session.add(batch)
    session.flush()
    _write_settings(session, batch, settings)
    data = {"year": year, **{key: _text(value) for key, value in values.items()}, "settings": settings}
    if parent is not None:
        data["supplement_of"] = parent.code
    record(session, by, [Change("batch.create", code, id_, after=batch.status, data=data)])
    if parent is not None:
        take_vacancies(session, batch, parent, by=by)
    elif source is not None:
        copy_plan(session, batch, source, by=by)
    return batch


def _require_free_code(session: Session, code: str) -> None:
    # The code begins application numbers, and stands in names of files.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", code):
        raise ZhupeiError("E406", code=code)
    twins = session.execute(select(Batch.code).where(func.lower(Batch.code) == code.lower())).scalars().all()
    if code in twins:
        raise ZhupeiError("E407", batch=code)
    if twins:
        raise ZhupeiError("E498", code=code, other=twins[0])


def _read(key: str, text: str) -> datetime | str | None:
    """Return what a column of the batch says: its name, or one of its dates (None for an empty text)."""
    if key in _NEEDED and not text.strip():
        raise ZhupeiError("E271", key=key, value=text, expected="不能留空")
    if key == "name":
        if len(text) > _LONGEST_NAME:
            raise ZhupeiError("E271", key=key, value=text[:40], expected=f"最多 {_LONGEST_NAME} 个字")
        return " ".join(text.split())
    return parse_time(text, end=key != "apply_from") if text.strip() else None


def key_of(word: str) -> str:
    """Return the key of a setting or a date that is called by its Chinese name; other words as they are."""
    return {label: key for key, label in (SETTING_LABELS | _LABELS).items()}.get(word, word)


def batch_label(key: str) -> str:
    """Return what people call a setting or a date."""
    return _LABELS.get(key) or SETTING_LABELS.get(key, key)


def _text(value: datetime | str | None) -> str | None:
    return iso_time(value) if isinstance(value, datetime) else value


def dates_of(batch: Batch, at: datetime) -> dict[str, datetime | None]:
    """Return the DATES of a batch; what was ended before its date, as `batch close` does, ended by `at`."""
    ended = {
        "apply_until": batch.status not in (BatchStatus.DRAFT, BatchStatus.OPEN),
        "review_until": batch.status not in (BatchStatus.DRAFT, BatchStatus.OPEN, BatchStatus.CLOSED),
    }
    known: dict[str, datetime | None] = {key: getattr(batch, key) for key in DATES}
    return {key: min(day, at) if day and ended.get(key) else day for key, day in known.items()}


def require_order(values: Mapping[str, object]) -> None:
    """Raise E408 when a date comes before one it must follow; dates that are None are not asked."""
    known = [(key, at) for key in DATES if isinstance(at := values.get(key), datetime)]
    for (first, earlier), (second, later) in pairwise(known):
        if earlier > later or (earlier == later and second == "apply_until"):
            raise ZhupeiError(
                "E408",
                first=DATES[first],
                earlier=show_time(earlier),
                second=DATES[second],
                later=show_time(later),
            )


def _checked(session: Session, key: str, text: str) -> str:
    """Return the text to store for a setting; E270, E271, and E303 for a specialty that is none."""
    found = rules.checked(key, text, also=DATES)
    if key == "order_specialties":
        names = specialty_names(session)
        # 助理全科 is in the default, and not in everybody's catalogue.
        usual = rules.parse({}).order_specialties
        for word in rules.parse({key: found}).order_specialties:
            if names.find(word) is None and word not in usual:
                raise ZhupeiError("E303", specialty=word, nearest=names.nearest(word))
    return found


def _write_settings(session: Session, batch: Batch, settings: Mapping[str, str]) -> None:
    delete_rows(session, _SETTING, ("batch_id", "key"), [(batch.id, key) for key in settings])
    rows = [(batch.id, key, value) for key, value in settings.items()]
    insert_rows(session, _SETTING, ("batch_id", "key", "value"), rows)


def edit_batch(
    session: Session, batch: Batch, given: Mapping[str, str], *, by: Acting, reason: str | None = None
) -> list[Changed]:
    """Change the name, DATES and settings that are given, and return what changed: key, before, after.

    Raises E405 for what may not change any more, E408 for dates out of order, E270 to E272 and E303 for a
    key or text that cannot be; then nothing is changed.
    """
    stored = settings_of(session, batch)
    changes: list[Changed] = []
    for key, text in given.items():
        column = key in _LABELS
        before = getattr(batch, key) if column else stored.get(key)
        after = _read(key, text) if column else _checked(session, key, text)
        if after != before:
            phase = "dates" if column else rules.setting_of(key).phase
            require_changeable(_LABELS.get(key, key), phase, batch.status, name=batch.code)
            changes.append({"key": key, "before": before, "after": after})
    _write_changes(session, batch, changes, at=by.at)
    record(session, by, [_event(batch, one, reason) for one in changes])
    return changes


def _event(batch: Batch, one: Changed, reason: str | None) -> Change:
    texts = (_text(one["before"]), _text(one["after"]))
    return Change("batch.edit", batch.code, batch.id, *texts, reason, {"key": one["key"]})


def _write_changes(session: Session, batch: Batch, changes: Sequence[Changed], *, at: datetime) -> None:
    values = {one["key"]: one["after"] for one in changes}
    settings = {
        key: value for key, value in values.items() if key in rules.SETTINGS and isinstance(value, str)
    }
    for key in values.keys() - settings.keys():
        setattr(batch, key, values[key])
    require_order(dates_of(batch, at))
    session.flush()
    _write_settings(session, batch, settings)


#: The settings a run is computed with, and how the settings begin that say how strict a rule is.
RUN_SETTINGS: Final = frozenset(
    ("weights", "tie_keys", "min_score", "adjust_scope", "reserve.social_share", "order_specialties")
)
SEVERITY_PREFIX: Final = "severity."


def makes_stale(key: str) -> bool:
    """Return whether a change of the setting `key` makes stored runs stale, as a change of the plan does."""
    return key in RUN_SETTINGS or key.startswith(SEVERITY_PREFIX)
