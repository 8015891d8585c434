"""What specialty, years of training and source ask of the education, whatever the identity."""

from typing import Final

from zhupei_cli.rules.eligibility.requirement import Applicant, Rulebook, Terms, Values
from zhupei_cli.rules.people.majors import categories
from zhupei_cli.words.codes import DEGREE_TYPE, LEVEL

ABOUT_TRAINING: Final = Rulebook()
_POSTGRADUATE: Final = ("14", "11")


@ABOUT_TRAINING.rule(
    "medical_major", "所学专业是医学类", code="E219", field="major", default="warning", reads="level major"
)
def _major(applicant: Applicant, _: Terms) -> Values | None:
    major = applicant.major
    return None if major is None or categories(major) else {"value": major}


@ABOUT_TRAINING.rule(
    "specialty_category",
    "所学专业与报名专业的类别相符",
    code="E220",
    field="specialty",
    default="warning",
    reads="level major specialty",
)
def _category(applicant: Applicant, _: Terms) -> Values | None:
    major, category = applicant.major, applicant.specialty_category
    if major is None or category is None:
        return None
    # Of a major that is not medical the rule before speaks.
    fits = categories(major)
    return None if not fits or category in fits else {"value": major, "category": category}


# 3 years are never too long: only a shorter training needs its ground.
@ABOUT_TRAINING.rule(
    "train_years",
    "培训年限为 3 年，专业型硕士、博士可为 1 或 2 年",
    code="E221",
    field="train_years",
    default="warning",
    reads="train_years level degree_type",
)
def _years(applicant: Applicant, _: Terms) -> Values | None:
    if applicant.train_years in (None, 3):
        return None
    if applicant.degree_type == "professional" and applicant.level in _POSTGRADUATE:
        return None
    return {
        "value": applicant.train_years,
        "level": "未填" if applicant.level is None else LEVEL.label(applicant.level),
        "degree_type": "未填" if applicant.degree_type is None else DEGREE_TYPE.label(applicant.degree_type),
    }


@ABOUT_TRAINING.rule(
    "source.fresh",
    "生源类型与毕业年份相符：当年毕业的是应届，以前毕业的是往届",
    code="E693",
    field="source_type",
    default="warning",
    reads="source_type level graduated_on",
)
def _fresh(applicant: Applicant, terms: Terms) -> Values | None:
    day, source = applicant.graduated_on, applicant.source_type
    if day is None:
        return None
    late = source == "应届毕业生" and day.year < terms.year
    early = source == "往届毕业生" and day.year == terms.year
    return {"value": source, "day": day.isoformat(), "year": terms.year} if late or early else None
