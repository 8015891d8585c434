"""What the dialogue offers, and how it is searched."""

import pytest
from sqlalchemy import update

from tests.people import BASES, open_batch
from zhupei_cli.model import Plan
from zhupei_cli.services.applications.form_checks import Checks, load_checks
from zhupei_cli.services.applications.open_places import matching, open_bases, open_specialties
from zhupei_cli.services.records.lookup import Names
from zhupei_cli.store.engine import transaction

OFFERED = {"0100": "内科", "0200": "儿科", "2800": "口腔全科", "2801": "口腔内科"}


@pytest.fixture
def checks(database: str) -> Checks:
    """A plan in which 口腔全科 is stopped everywhere, and 儿科 at 郑州第一医院."""
    with transaction(database) as session:
        batch = open_batch(session)
        session.execute(update(Plan).where(Plan.specialty_code == "2800").values(stopped=True))
        session.execute(
            update(Plan)
            .where(Plan.specialty_code == "0200", Plan.base_code == "4101001")
            .values(stopped=True)
        )
        session.flush()
        return load_checks(session, batch)


def test_only_places_that_exist_and_are_not_stopped(checks: Checks) -> None:
    assert open_specialties(checks) == {"0100": "内科", "0200": "儿科"}
    assert open_specialties(checks, "4101001") == {"0100": "内科"}
    assert open_bases(checks) == dict(BASES)
    assert list(open_bases(checks, "0200")) == ["4101002", "4103001"]
    assert open_bases(checks, "2800") == {}


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("内科", ["0100"]),
        ("内", ["0100", "2801"]),
        ("28", ["2800", "2801"]),
        ("2800", ["2800"]),
        ("０１００", ["0100"]),
        (" 口腔 全科", ["2800"]),
        ("", ["0100", "0200", "2800", "2801"]),
        ("外", []),
    ],
)
def test_a_whole_name_beats_a_part(word: str, codes: list[str]) -> None:
    names = Names((code, name, "") for code, name in OFFERED.items())
    assert list(matching(word, OFFERED, names)) == codes


def test_an_alias_names_too() -> None:
    names = Names([("4101001", "郑州第一医院", "郑大一附院|一附院"), ("4101002", "郑州第二医院", "二附院")])
    offered = {"4101001": "郑州第一医院"}
    assert matching(" 郑大一附院", offered, names) == offered
    assert matching("一附院", offered, names) == offered
    assert matching("二附院", offered, names) == {}  # recruits nobody
