"""The identity rules: who breaks which, how severe a batch makes it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from zhupei_cli.rules.eligibility.check import RULES, check
from zhupei_cli.rules.eligibility.requirement import Applicant, Terms
from zhupei_cli.rules.people import majors
from zhupei_cli.words.errors import Fault

SOCIAL = Applicant(
    identity="social",
    level="21",
    full_time=True,
    degree="4",
    degree_type=None,
    graduated_on=date(2023, 6, 30),
    major="临床医学",
    employer_name=None,
    employer_base=None,
    train_years=3,
    specialty_category="西医",
    choice1_base="B01",
)
OWN = SOCIAL._replace(
    identity="own", employer_name="甲医院", employer_base="B01", graduated_on=date(2010, 7, 1)
)
ENTRUSTED = SOCIAL._replace(identity="entrusted", employer_name="乙卫生院", graduated_on=date(2010, 7, 1))
TERMS = Terms(
    2024, 3, {"0700"}, {"0100": "内科", "0700": "全科"}, ("农村订单定向", "往届毕业生"), {"B01": "甲医院"}
)


def broken(applicant: Applicant, **severities: str) -> list[Fault]:
    return check(applicant, TERMS, severities=severities)


ORDER = ENTRUSTED._replace(by_order=True, specialties=("0700", "0700"), order_base="B01")
POSTGRAD = SOCIAL._replace(
    identity="postgrad", level="14", degree_type="professional", graduated_on=date(2027, 7, 1)
)


@pytest.mark.parametrize("applicant", [SOCIAL, OWN, ENTRUSTED, POSTGRAD, ORDER])
def test_nothing_is_wrong(applicant: Applicant) -> None:
    assert broken(applicant) == []


def _fault(rule: str, code: str, field: str, severity: Any, **values: object) -> Fault:
    return Fault(code, field, severity, {"rule": rule, "guide": RULES[rule].description, **values})


@pytest.mark.parametrize(
    ("applicant", "changes", "fault"),
    [
        (
            OWN,
            {"employer_base": None},
            _fault("own.employer_is_base", "E211", "employer_name", "error", value="甲医院"),
        ),
        (
            OWN,
            {"employer_base": None, "employer_name": None},
            _fault("own.employer_is_base", "E211", "employer_name", "error", value="无工作单位"),
        ),
        (
            OWN,
            {"choice1_base": "B02"},
            _fault("own.choice1_is_employer", "E212", "choice1_base", "warning", value="甲医院"),
        ),
        (
            SOCIAL,
            {"graduated_on": date(2021, 12, 31)},
            _fault(
                *("social.grad_years", "E213", "graduated_on", "error"),
                value="2021-12-31",
                first=2022,
                last=2024,
            ),
        ),
        (
            SOCIAL,
            {"graduated_on": date(2025, 1, 1)},
            _fault(
                *("social.grad_years", "E213", "graduated_on", "error"),
                value="2025-01-01",
                first=2022,
                last=2024,
            ),
        ),
        (
            SOCIAL,
            {"full_time": False},
            _fault("social.full_time", "E214", "full_time", "error", value="非全日制"),
        ),
        (
            ORDER,
            {"specialties": ("0700", "0100")},
            _fault("order.specialty", "E771", "specialty", "error", value="内科", choices="全科"),
        ),
        (
            ORDER,
            {"choice1_base": "B02"},
            _fault("order.base", "E772", "choice1_base", "error", value="甲医院"),
        ),
        (
            ORDER._replace(identity="social", graduated_on=date(2023, 6, 30)),
            {"employer_name": None},
            _fault("order.employer", "E773", "employer_name", "warning"),
        ),
        (
            ORDER,
            {"source_type": "往届毕业生"},
            _fault(*("order.source", "E757", "source_type", "warning"), value="往届毕业生", said="是"),
        ),
        (
            SOCIAL,
            {"source_type": "农村订单定向"},
            _fault(
                *("order.source", "E757", "source_type", "warning"), value="农村订单定向", said="空白（即否）"
            ),
        ),
        (SOCIAL, {"level": "31"}, _fault("social.degree", "E215", "level", "error", value="大专")),
        (
            SOCIAL,
            {"employer_name": "乙卫生院"},
            _fault("social.no_employer", "E216", "employer_name", "warning", value="乙卫生院"),
        ),
        (
            ENTRUSTED,
            {"employer_name": None},
            _fault("entrusted.employer", "E217", "employer_name", "error", value="无工作单位"),
        ),
        (
            ENTRUSTED,
            {"employer_base": "B01"},
            _fault("entrusted.not_choice1", "E218", "choice1_base", "warning", value="乙卫生院"),
        ),
        (SOCIAL, {"major": "会计学"}, _fault("medical_major", "E219", "major", "warning", value="会计学")),
        (
            SOCIAL,
            {"major": "口腔医学"},
            _fault("specialty_category", "E220", "specialty", "warning", value="口腔医学", category="西医"),
        ),
        (
            SOCIAL,
            {"train_years": 2},
            _fault(
                *("train_years", "E221", "train_years", "warning"), value=2, level="本科", degree_type="未填"
            ),
        ),
        (
            SOCIAL,
            {"train_years": 1, "level": "14", "degree_type": "academic"},
            _fault(
                *("train_years", "E221", "train_years", "warning"),
                value=1,
                level="硕士",
                degree_type="学术型",
            ),
        ),
    ],
)
def test_one_rule_broken(applicant: Applicant, changes: Mapping[str, Any], fault: Fault) -> None:
    assert broken(applicant._replace(**changes)) == [fault]
    assert fault.message.count("{") == 0


@pytest.mark.parametrize(
    "applicant",
    [
        SOCIAL._replace(graduated_on=date(2022, 1, 1)),
        SOCIAL._replace(graduated_on=date(2024, 12, 31)),
        SOCIAL._replace(level="14", degree_type="professional", train_years=1),
        SOCIAL._replace(level="11", degree_type="professional", train_years=2),
        SOCIAL._replace(level="14", degree_type="professional", train_years=3),
        SOCIAL._replace(major="中西医临床医学"),
        SOCIAL._replace(major="中西医临床医学", specialty_category="中医"),
        SOCIAL._replace(specialty_category=None),
        # An employer that is a base elsewhere may send its people away.
        ENTRUSTED._replace(employer_base="B02"),
        # Nothing is asked of who is not one by order, nor of a base that the order leaves open.
        ORDER._replace(by_order=False, specialties=("0100",), choice1_base="B02"),
        ORDER._replace(order_base=None, choice1_base="B02"),
        # Of who is no 硕士 the level alone is told.
        POSTGRAD._replace(level=None, degree_type=None),
        # What is not known is another check's matter.
        SOCIAL._replace(level=None, full_time=None, graduated_on=None, major=None),
    ],
)
def test_what_is_allowed(applicant: Applicant) -> None:
    assert broken(applicant) == []


def test_a_postgraduate_says_the_degree_type() -> None:
    faults = broken(POSTGRAD._replace(degree_type=None))
    assert faults == [
        _fault("postgrad.degree_type", "E764", "degree_type", "error", value="未填"),
    ]
    bachelor = POSTGRAD._replace(level="21", degree_type=None)
    assert [fault.code for fault in broken(bachelor)] == ["E765"]


def test_all_that_is_wrong_is_found_in_one_pass() -> None:
    worst = SOCIAL._replace(
        graduated_on=date(2000, 7, 1),
        full_time=False,
        level="31",
        employer_name="丙公司",
        major="会计学",
        train_years=1,
    )
    found = [(fault.values["rule"], fault.severity) for fault in broken(worst)]
    assert found == [
        ("social.grad_years", "error"),
        ("social.full_time", "error"),
        ("social.degree", "error"),
        ("social.no_employer", "warning"),
        ("medical_major", "warning"),
        ("train_years", "warning"),
    ]


def test_a_batch_sets_the_severity() -> None:
    applicant = SOCIAL._replace(full_time=False)
    found = [broken(applicant, **{"social.full_time": level}) for level in ("error", "warning", "off")]
    assert [[fault.severity for fault in faults] for faults in found] == [["error"], ["warning"], []]


def test_the_length_of_the_years_after_graduation_is_the_batches() -> None:
    applicant = SOCIAL._replace(graduated_on=date(2023, 6, 30))
    faults = check(applicant, TERMS._replace(grad_years=1), severities={})
    assert [(fault.values["first"], fault.values["last"]) for fault in faults] == [(2024, 2024)]


def test_rules_and_their_defaults() -> None:
    defaults = {
        "own.employer_is_base": "error",
        "own.choice1_is_employer": "warning",
        "social.grad_years": "error",
        "social.full_time": "error",
        "social.degree": "error",
        "social.no_employer": "warning",
        "entrusted.employer": "error",
        "entrusted.not_choice1": "warning",
        "medical_major": "warning",
        "specialty_category": "warning",
        "train_years": "warning",
        "source.fresh": "warning",
        "order.specialty": "error",
        "order.base": "error",
        "order.employer": "warning",
        "order.source": "warning",
        "person.barred": "error",
        "postgrad.in_study": "error",
        "postgrad.degree_type": "error",
        "postgrad.level": "error",
        "person.in_training": "error",
        "person.retraining": "warning",
    }
    assert {name: rule.default for name, rule in RULES.items()} == defaults


@pytest.mark.parametrize(
    ("major", "fits"),
    [
        ("临床医学", ("西医",)),
        ("内科学（心血管病）", ("西医",)),
        ("影像医学与核医学", ("西医",)),
        ("预防医学", ("西医",)),
        ("口腔颌面外科学", ("口腔",)),
        ("针灸推拿学", ("中医",)),
        ("中西医结合临床", ("中医", "西医")),
        ("护理学", ()),
        ("临床药学", ()),
        ("医学影像技术", ()),
        ("生物医学工程", ()),
        ("会计学", ()),
        ("", ()),
    ],
)
def test_majors(major: str, fits: tuple[str, ...]) -> None:
    assert majors.categories(major) == fits
