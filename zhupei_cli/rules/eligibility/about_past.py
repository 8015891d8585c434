"""What the years before may say against somebody."""

from typing import Final

from zhupei_cli.rules.eligibility.requirement import Applicant, Rulebook, Terms, Values

ABOUT_PAST: Final = Rulebook()


@ABOUT_PAST.rule(
    "person.barred",
    "本人没有生效的诚信记录",
    code="E690",
    field="id_number",
    default="error",
    reads="id_type id_number",
    of="with_past",
)
def _barred(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.past.barred is None else {"value": applicant.past.barred}


@ABOUT_PAST.rule(
    "person.in_training",
    "本人不在以前年度录取的培训之中",
    code="E691",
    field="id_number",
    default="error",
    reads="id_type id_number",
    of="with_past",
)
def _in_training(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.past.in_training is None else {"value": applicant.past.in_training}


@ABOUT_PAST.rule(
    "person.retraining",
    "本人不曾退培，也没有逾期未结业的培训",
    code="E692",
    field="id_number",
    default="warning",
    reads="id_type id_number",
    of="with_past",
)
def _retraining(applicant: Applicant, _: Terms) -> Values | None:
    return None if applicant.past.retraining is None else {"value": applicant.past.retraining}
