"""What is asked of students by order (订单定向)."""

from typing import Final

from zhupei_cli.rules.eligibility.requirement import Applicant, Rulebook, Terms, Values
from zhupei_cli.rules.people.orders import SOURCE, astray, in_words

ABOUT_ORDERS: Final = Rulebook()


# 国卫科教：农村订单定向免费医学生只能参加全科专业（含助理全科）的培训。
@ABOUT_ORDERS.rule(
    "order.specialty",
    "订单定向学生只报全科专业",
    code="E771",
    field="specialty",
    default="error",
    reads="order_oriented specialty choice2_specialty",
    of="by_order",
)
def _order_specialty(applicant: Applicant, terms: Terms) -> Values | None:
    wrong = astray(applicant.specialties, terms.order_specialties, by_order=applicant.by_order)
    if not wrong:
        return None
    choices = in_words(sorted(terms.order_specialties), terms.names)
    return {"value": in_words(wrong, terms.names), "choices": choices}


@ABOUT_ORDERS.rule(
    "order.base",
    "订单定向学生的第一志愿是协议写明的基地",
    code="E772",
    field="choice1_base",
    default="error",
    reads="order_oriented order_base choice1_base",
    of="by_order",
)
def _order_base(applicant: Applicant, terms: Terms) -> Values | None:
    base = applicant.order_base
    if not applicant.by_order or base is None or applicant.choice1_base in (None, base):
        return None
    return {"value": terms.bases.get(base, base)}


# They are employed by the health centre of the county before the training begins.
@ABOUT_ORDERS.rule(
    "order.employer",
    "订单定向学生有定向就业的工作单位",
    code="E773",
    field="employer_name",
    default="warning",
    reads="order_oriented has_employer employer_name",
    of="by_order",
)
def _order_employer(applicant: Applicant, _: Terms) -> Values | None:
    return {} if applicant.by_order and applicant.employer_name is None else None


# Ours: the two say the same, one of the person and one of the form.
@ABOUT_ORDERS.rule(
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
