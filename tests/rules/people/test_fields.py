"""Each field of a person and of a form stands once, and nothing personal goes without a mask."""

from importlib.resources import files

from zhupei_cli.model import Application, Base
from zhupei_cli.rules.people import fields
from zhupei_cli.rules.people.fields import FIELDS, FORM, MASKS, TABLES, Sort
from zhupei_cli.services.people import profiles

#: What a table has that nobody fills in.
_OURS = {"id", "trainee_id", "created_at", "updated_at", "touched_by"}
_PARTS = {"trainee": fields.PERSON_FIELDS, "education": fields.EDUCATION_FIELDS, "work": fields.WORKING}


def test_every_column_of_the_tables_of_people_is_a_field_and_every_field_a_column() -> None:
    tables = Base.metadata.tables
    for table, part in _PARTS.items():
        assert {column.name for column in tables[table].columns} - _OURS == {one.key for one in part}
    stored = {"identity", "source_type", "train_years", "accept_adjust"}
    assert {one.key for one in FORM} & {column.name for column in Application.__table__.columns} == stored


def test_bases_and_auditors_see_every_field_of_a_person_on_a_server() -> None:
    """Their views name the columns one by one: a new one would be lacking there alone."""
    for name in ("05_base", "06_auditor"):
        views = (files("zhupei_cli.sql") / "postgresql" / f"{name}.sql").read_text("utf-8")
        assert [
            one.key for one in (*fields.PERSON_FIELDS, *fields.EDUCATION_FIELDS) if one.key not in views
        ] == []


def test_no_two_parts_have_a_key_in_common() -> None:
    assert len(FIELDS) == sum(map(len, (*_PARTS.values(), FORM)))


def test_nothing_personal_goes_without_a_mask() -> None:
    secret = {Sort.ID_NUMBER, Sort.PAPER, Sort.PHONE, Sort.EMAIL, Sort.ADDRESS, Sort.BIRTH}
    assert {field.key for field in FIELDS.values() if field.sort in secret} == MASKS.keys() - {
        "contact_phone"
    }


def test_a_field_has_the_words_of_its_sort() -> None:
    worded = {Sort.LISTED, Sort.YES_NO, Sort.IDENTITY}
    assert all((field.words is not None) == (field.sort in worded) for field in FIELDS.values())
    spanned = {Sort.BIRTH, Sort.DAY, Sort.UNTIL}
    assert all((field.span is not None) == (field.sort in spanned) for field in FIELDS.values())


def test_codes_are_columns_of_text_that_hold_them() -> None:
    names = {*profiles.PERSON_COLUMNS, *profiles.EDUCATION_COLUMNS}
    for name in names & TABLES.keys():
        table = next(one for one in Base.metadata.sorted_tables if name in one.c)
        assert max(map(len, TABLES[name].labels)) <= (table.c[name].type.length or 99)  # type: ignore[attr-defined]
