"""What each identity asks of education, employer and first choice (指南 二.3 第二步)."""

from typing import Final

from zhupei_cli.rules.eligibility.requirement import Applicant, Rulebook, Terms, Values
from zhupei_cli.words.codes import DEGREE_TYPE, LEVEL, LEVEL_RANK
from zhupei_cli.words.vocabulary import Identity

ABOUT_IDENTITY: Final = Rulebook()
_BACHELOR: Final = LEVEL_RANK["21"]
_MASTER: Final = "14"
_POSTGRADUATE: Final = (_MASTER, "11")


@ABOUT_IDENTITY.rule(
    "own.employer_is_base",
    "本单位住院医师的工作单位是培训基地",
    code="E211",
    field="employer_name",
    default="error",
    reads="has_employer employer_name employer_uscc",
    identity=Identity.OWN,
)
def _own_employer(applicant: Applicant, _: Terms) -> Values | None:
    if applicant.employer_base is not None:
        return None
    return {"value": applicant.employer_name or "无工作单位"}


@ABOUT_IDENTITY.rule(
    "own.choice1_is_employer",
    "本单位住院医师的第一志愿是工作单位",
    code="E212",
    field="choice1_base",
    default="warning",
    reads="has_employer employer_name employer_uscc choice1_base",
    identity=Identity.OWN,
)
def _own_choice(applicant: Applicant, _: Terms) -> Values | None:
    # Of an employer that is no base at all the rule before speaks.
    if applicant.employer_base in (None, applicant.choice1_base):
        return None
    return {"value": applicant.employer_name}


@ABOUT_IDENTITY.rule(
    "social.grad_years",
    "面向社会招收的人员在择业期内毕业",
    code="E213",
    field="graduated_on",
    default="error",
    reads="level graduated_on",
    identity=Identity.SOCIAL,
)
def _social_years(applicant: Applicant, terms: Terms) -> Values | None:
    first, last = terms.years
    graduated_on = applicant.graduated_on
    if graduated_on is None or first <= graduated_on.year <= last:
        return None
    return {"value": graduated_on.isoformat(), "first": first, "last": last}


@ABOUT_IDENTITY.rule(
    "social.full_time",
    "面向社会招收的人员是全日制毕业生",
    code="E214",
    field="full_time",
    default="error",
    reads="level full_time",
    identity=Identity.SOCIAL,
)
def _social_full_time(applicant: Applicant, _: Terms) -> Values | None:
    return {"value": "非全日制"} if applicant.full_time is False else None


# The guide asks for 本科及以上学历, the level: a bachelor's course without a degree is enough.
@ABOUT_IDENTITY.rule(
    "social.degree",
    "面向社会招收的人员有本科及以上学历",
    code="E215",
    field="level",
    default="error",
    reads="level",
    identity=Identity.SOCIAL,
)
def _social_degree(applicant: Applicant, _: Terms) -> Values | None:
    level = applicant.level
    return None if level is None or LEVEL_RANK[level] >= _BACHELOR else {"value": LEVEL.label(level)}


@ABOUT_IDENTITY.rule(
    "social.no_employer",
    "面向社会招收的人员没有工作单位",
    code="E216",
    field="employer_name",
    default="warning",
    reads="has_employer employer_name",
    identity=Identity.SOCIAL,
)
def _social_employer(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.employer_name is None else {"value": applicant.employer_name}


@ABOUT_IDENTITY.rule(
    "entrusted.employer",
    "外单位委托培养住院医师有工作单位",
    code="E217",
    field="employer_name",
    default="error",
    reads="has_employer employer_name",
    identity=Identity.ENTRUSTED,
)
def _entrusted_employer(applicant: Applicant, _: Terms) -> Values | None:
    return {"value": "无工作单位"} if applicant.employer_name is None else None


@ABOUT_IDENTITY.rule(
    "entrusted.not_choice1",
    "外单位委托培养住院医师的工作单位不是第一志愿基地",
    code="E218",
    field="choice1_base",
    default="warning",
    reads="has_employer employer_name employer_uscc choice1_base",
    identity=Identity.ENTRUSTED,
)
def _entrusted_choice(applicant: Applicant, _: Terms) -> Values | None:
    return {"value": applicant.employer_name} if applicant.employer_base == applicant.choice1_base else None


@ABOUT_IDENTITY.rule(
    "postgrad.in_study",
    "在读专硕在批次年度以后毕业",
    code="E763",
    field="graduated_on",
    default="error",
    reads="level graduated_on",
    identity=Identity.POSTGRAD,
)
def _postgrad_in_study(applicant: Applicant, terms: Terms) -> Values | None:
    day = applicant.graduated_on
    return None if day is None or day.year > terms.year else {"value": day.isoformat(), "year": terms.year}


@ABOUT_IDENTITY.rule(
    "postgrad.degree_type",
    "在读专硕攻读的是专业型学位",
    code="E764",
    field="degree_type",
    default="error",
    reads="level degree_type",
    identity=Identity.POSTGRAD,
)
def _postgrad_degree_type(applicant: Applicant, _: Terms) -> Values | None:
    kind = applicant.degree_type
    if kind is None:  # nobody else asks for it; of another level `postgrad.level` speaks
        return {"value": "未填"} if applicant.level == _MASTER else None
    return None if kind == "professional" else {"value": DEGREE_TYPE.label(kind)}


@ABOUT_IDENTITY.rule(
    "postgrad.level",
    "在读专硕的最高学历是硕士",
    code="E765",
    field="level",
    default="error",
    reads="level",
    identity=Identity.POSTGRAD,
)
def _postgrad_level(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.level in (None, _MASTER) else {"value": LEVEL.label(applicant.level)}
