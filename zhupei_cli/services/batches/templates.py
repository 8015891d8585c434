"""What templates and error workbooks offer in their drop-downs: bases, specialties and places that exist."""

import csv
from collections.abc import Iterable
from importlib.resources import files as package_files

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Plan, Specialty, TrainingBase
from zhupei_cli.rules.batch import settings
from zhupei_cli.services.records.lookup import Names, base_names, settings_of, specialty_names
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.words.vocabulary import IDENTITY


def offered_choices(session: Session, batch: Batch | None = None) -> Choices:
    """Return what the plan of `batch` offers; without a batch, or a plan, all bases and specialties."""
    enabled = select(TrainingBase.code).where(TrainingBase.status == "enabled")
    bases = _words(base_names(session), session.scalars(enabled))
    specialties = _words(specialty_names(session), session.scalars(select(Specialty.code)))
    if batch is None:
        return Choices(tuple(bases.values()), tuple(bases), tuple(specialties.values()))
    chosen = settings.parse(settings_of(session, batch))
    identities = tuple(map(IDENTITY.label, chosen.identities))
    statement = select(Plan.base_code, Plan.specialty_code).where(
        Plan.batch_id == batch.id, Plan.stopped.is_(False)
    )
    codes = sorted((base, specialty) for base, specialty in session.execute(statement) if base in bases)
    if codes:
        bases = {base: bases[base] for base, _ in codes}
        specialties = {specialty: specialties[specialty] for specialty in sorted({one for _, one in codes})}
    places = tuple((bases[base], specialties[specialty]) for base, specialty in codes)
    return Choices(
        tuple(bases.values()),
        tuple(bases),
        tuple(specialties.values()),
        chosen.source_types,
        places,
        identities,
    )


def _words(names: Names, codes: Iterable[str]) -> dict[str, str]:
    """Return code → what an import reads as that code: the name, the code where a name is not enough."""
    labels = {code: names.labels[code] for code in sorted(codes)}
    return {code: label if names.find(label) == code else code for code, label in labels.items()}


def catalogue_choices() -> Choices:
    """Return what is offered where there is no database: the specialties that come with the program."""
    return Choices(specialties=tuple(catalogue().values()))


def catalogue() -> dict[str, str]:
    """Return code → name of the specialties that come with the program."""
    content = (package_files("zhupei_cli") / "data" / "specialties.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(content.splitlines())}
