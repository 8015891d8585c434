"""One training base: edited, disabled and enabled."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import TrainingBase
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.people.fields import read_fields, refuse
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import find_base
from zhupei_cli.services.reference.catalogue_intake import edit_entry
from zhupei_cli.services.reference.lists import BASES
from zhupei_cli.services.reference.views import BaseShown, places_offered, show_base
from zhupei_cli.sheets.kinds.columns import Column
from zhupei_cli.words.errors import Fault, ZhupeiError

#: What may be changed; the code is what everything else refers to.
BASE_FIELDS: Final[tuple[Column, ...]] = tuple(
    column for column in BASES.kind.columns if column.key != "code" and not column.ignored
)


class BaseMoved(BaseShown):
    """A base that was enabled or disabled, whether that changed anything, its joint bases still in use."""

    changed: bool
    joint_bases: list[str]


def edit_base(
    session: Session, word: str, given: Mapping[str, str], *, by: Acting, reason: str | None = None
) -> tuple[BaseShown, list[Fault]]:
    """Change what is given, written as in the workbook of bases; return the base and the warnings.

    Raises E302, and E180 with everything that is wrong.
    """
    code = find_base(session, word)
    values, faults = read_fields(given, BASE_FIELDS)
    refuse(faults, BASES.kind.headings)
    warnings = edit_entry(session, BASES, code, values, by=by, reason=reason)
    return show_base(session, code), warnings


def set_enabled(
    session: Session, word: str, *, enabled: bool, by: Acting, reason: str | None = None
) -> BaseMoved:
    """Enable or disable a base; a disabled one gets no places in any plan.

    Raises E302, and E473 for a base that still offers places: stop them first, batch by batch.
    """
    base = session.get_one(TrainingBase, find_base(session, word), with_for_update=True)
    offered = places_offered(session, base.code)
    if not enabled and offered:
        count = sum(offered.values())
        raise ZhupeiError("E473", base=base.name, count=count, batches="、".join(offered))
    wanted = "enabled" if enabled else "disabled"
    changed = base.status != wanted
    if changed:
        before, base.status = base.status, wanted
        now = {column.name: getattr(base, column.name) for column in BASES.table.columns}
        data = {"digest": named_digest(now)}
        record(session, by, [Change("base.status", base.code, None, before, wanted, reason, data)])
        session.flush()
    return {**show_base(session, base.code), "changed": changed, "joint_bases": _joint_in_use(session, base)}


def _joint_in_use(session: Session, base: TrainingBase) -> list[str]:
    """Return code and name of each enabled joint base (协同单位) of `base`."""
    statement = (
        select(TrainingBase.code, TrainingBase.name)
        .where(TrainingBase.main_code == base.code, TrainingBase.status == "enabled")
        .order_by(TrainingBase.code)
    )
    return [f"{code} {name}" for code, name in session.execute(statement)]
