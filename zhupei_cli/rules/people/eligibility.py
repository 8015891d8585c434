"""Who may apply with which identity: the rules of the guide and ours, each with a severity per batch.

指南 二.3 第二步 describes three identities 原则上, so every rule may be an error, a warning or off.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final, Literal, NamedTuple

from zhupei_cli.rules.people.majors import categories
from zhupei_cli.rules.people.orders import SOURCE, astray, in_words
from zhupei_cli.words.codes import DEGREE_TYPE, LEVEL, LEVEL_RANK
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import Identity

Severity = Literal["error", "warning", "off"]

_BACHELOR = LEVEL_RANK["21"]
_MASTER = "14"
_POSTGRADUATE = (_MASTER, "11")


class Past(NamedTuple):
    """What the years before say against somebody, each in words; None where they say nothing."""

    barred: str | None = None
    in_training: str | None = None
    retraining: str | None = None


NO_PAST: Final = Past()


# Tuples: a hundred thousand are made in one import, and a frozen dataclass takes five times as long.
class Applicant(NamedTuple):
    """What the rules look at: the highest education, the current employer, the form.

    Codes are those of `codes`; `employer_base` is the code of the base that the employer is, None when it
    is none. A fact that is not known (None) breaks no rule that is about its value: that it is missing is
    another check's matter.
    """

    identity: str | None
    level: str | None
    full_time: bool | None
    degree: str | None
    degree_type: str | None
    graduated_on: date | None
    major: str | None
    employer_name: str | None
    employer_base: str | None
    train_years: int | None
    specialty_category: str | None
    choice1_base: str | None
    source_type: str | None = None
    past: Past = NO_PAST
    by_order: bool | None = None
    order_base: str | None = None
    specialties: tuple[str, ...] = ()
    """those of all choices"""


class Terms(NamedTuple):
    """What a batch sets: its year, the length of the 择业期 in years, what is open to who studies by order.

    `names` are those of specialties by code and `bases` those of bases, for sentences.
    """

    year: int
    grad_years: int
    order_specialties: Collection[str] = ()
    names: Mapping[str, str] = {}
    source_types: Collection[str] = ()
    bases: Mapping[str, str] = {}

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year of graduation that count as 择业期."""
        return self.year - self.grad_years + 1, self.year


Values = dict[str, object]
Broken = Callable[[Applicant, Terms], Values | None]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule: `broken` returns the values of its sentence (catalogue `code`), None when all is well.

    `field` is the value people have to look at, `reads` are all it looks at; `identity` None means that it
    holds for everybody.
    """

    name: str
    description: str
    code: str
    field: str
    default: Severity
    identity: str | None
    broken: Broken
    reads: frozenset[str]


def check(
    applicant: Applicant,
    terms: Terms,
    *,
    severities: Mapping[str, str],
    unread: Collection[str] = (),
) -> list[Fault]:
    """Return what is wrong, with the severity the batch gives each rule; a rule not named has its default.

    Rules that look at what could not be read (`unread`) say nothing: that has a fault of its own.
    """
    faults = []
    about = applicant.identity, bool(applicant.by_order), applicant.past is not NO_PAST
    for rule in _RULES_ABOUT[about]:
        if unread and not rule.reads.isdisjoint(unread):
            continue
        values = rule.broken(applicant, terms)
        if values is not None and (severity := severities.get(rule.name, rule.default)) != "off":
            values = {"rule": rule.name, "guide": rule.description, **values}
            faults.append(Fault(rule.code, rule.field, "error" if severity == "error" else "warning", values))
    return faults


def about_past(past: Past, *, severities: Mapping[str, str]) -> list[Fault]:
    """Return what other years alone say of somebody, without any form."""
    nobody = Applicant(*(None,) * 12, past=past)
    return check(nobody, Terms(0, 0), severities=severities)


_rules: list[Requirement] = []


def _rule(
    name: str,
    description: str,
    *,
    code: str,
    field: str,
    default: Severity,
    reads: str,
    identity: str | None = None,
) -> Callable[[Broken], Broken]:
    def add(broken: Broken) -> Broken:
        looked_at = frozenset(reads.split())
        _rules.append(Requirement(name, description, code, field, default, identity, broken, looked_at))
        return broken

    return add


@_rule(
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


@_rule(
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


@_rule(
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


@_rule(
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
@_rule(
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


@_rule(
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


@_rule(
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


@_rule(
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


@_rule(
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


@_rule(
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
    return None if kind in (None, "professional") else {"value": DEGREE_TYPE.label(kind)}


@_rule(
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


@_rule(
    "medical_major", "所学专业是医学类", code="E219", field="major", default="warning", reads="level major"
)
def _major(applicant: Applicant, _: Terms) -> Values | None:
    major = applicant.major
    return None if major is None or categories(major) else {"value": major}


@_rule(
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
@_rule(
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


@_rule(
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


# 国卫科教：农村订单定向免费医学生只能参加全科专业（含助理全科）的培训。
@_rule(
    "order.specialty",
    "订单定向学生只报全科专业",
    code="E771",
    field="specialty",
    default="error",
    reads="order_oriented specialty choice2_specialty",
)
def _order_specialty(applicant: Applicant, terms: Terms) -> Values | None:
    wrong = astray(applicant.specialties, terms.order_specialties, by_order=applicant.by_order)
    if not wrong:
        return None
    choices = in_words(sorted(terms.order_specialties), terms.names)
    return {"value": in_words(wrong, terms.names), "choices": choices}


@_rule(
    "order.base",
    "订单定向学生的第一志愿是协议写明的基地",
    code="E772",
    field="choice1_base",
    default="error",
    reads="order_oriented order_base choice1_base",
)
def _order_base(applicant: Applicant, terms: Terms) -> Values | None:
    base = applicant.order_base
    if not applicant.by_order or base is None or applicant.choice1_base in (None, base):
        return None
    return {"value": terms.bases.get(base, base)}


# They are employed by the health centre of the county before the training begins.
@_rule(
    "order.employer",
    "订单定向学生有定向就业的工作单位",
    code="E773",
    field="employer_name",
    default="warning",
    reads="order_oriented has_employer employer_name",
)
def _order_employer(applicant: Applicant, _: Terms) -> Values | None:
    return {} if applicant.by_order and applicant.employer_name is None else None


# Ours: the two say the same, one of the person and one of the form.
@_rule(
    "order.source",
    "生源类型与是否订单定向一致",
    code="E757",
    field="source_type",
    default="warning",
    reads="source_type order_oriented",
)
def _order_source(applicant: Applicant, terms: Terms) -> Values | None:
    source, by_order = applicant.source_type, applicant.by_order
    # A batch without that type has nothing else to offer.
    if source is None or bool(by_order) == (source == SOURCE) or SOURCE not in terms.source_types:
        return None
    return {"value": source, "said": {True: "是", False: "否", None: "空白（即否）"}[by_order]}


@_rule(
    "person.barred",
    "本人没有生效的诚信记录",
    code="E690",
    field="id_number",
    default="error",
    reads="id_type id_number",
)
def _barred(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.past.barred is None else {"value": applicant.past.barred}


@_rule(
    "person.in_training",
    "本人不在以前年度录取的培训之中",
    code="E691",
    field="id_number",
    default="error",
    reads="id_type id_number",
)
def _in_training(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.past.in_training is None else {"value": applicant.past.in_training}


@_rule(
    "person.retraining",
    "本人不曾退培，也没有逾期未结业的培训",
    code="E692",
    field="id_number",
    default="warning",
    reads="id_type id_number",
)
def _retraining(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.past.retraining is None else {"value": applicant.past.retraining}


#: Every rule by its name, in the order they are reported.
RULES: Final[Mapping[str, Requirement]] = {rule.name: rule for rule in _rules}
#: What asks nobody but who studies by order, and nobody but who has a past.
_OF_ORDERS, _OF_THE_PAST = ("order.specialty", "order.base", "order.employer"), "id_number"


def _rules_about(identity: str | None, by_order: bool, past: bool) -> Iterator[Requirement]:
    for rule in _rules:
        # Of an identity that could not be read only the rules for everybody are known.
        if rule.identity not in (None, identity):
            continue
        if (by_order or rule.name not in _OF_ORDERS) and (past or _OF_THE_PAST not in rule.reads):
            yield rule


#: Of nearly everybody half of the rules have nothing to say: a hundred thousand people are looked at.
_RULES_ABOUT: Final = {
    about: tuple(_rules_about(*about))
    for about in product((None, *map(str, Identity)), (False, True), (False, True))
}
