"""Who may apply with which identity: the rules of the guide and ours, each with a severity per batch.

指南 二.3 第二步 describes three identities 原则上, so every rule may be an error, a warning or off.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Final

from zhupei_cli.rules.eligibility.about_identity import ABOUT_IDENTITY as ABOUT_IDENTITY
from zhupei_cli.rules.eligibility.about_orders import ABOUT_ORDERS as ABOUT_ORDERS
from zhupei_cli.rules.eligibility.about_past import ABOUT_PAST as ABOUT_PAST
from zhupei_cli.rules.eligibility.about_training import ABOUT_TRAINING as ABOUT_TRAINING
from zhupei_cli.rules.eligibility.requirement import NO_PAST, Applicant, Past, Requirement, Terms
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import Identity

_IN_ORDER: Final = (*ABOUT_IDENTITY, *ABOUT_TRAINING, *ABOUT_ORDERS, *ABOUT_PAST)
#: Every rule by its name, in the order they are reported.
RULES: Final[Mapping[str, Requirement]] = {rule.name: rule for rule in _IN_ORDER}


def _rules_about(identity: str | None, by_order: bool, past: bool) -> Iterator[Requirement]:
    asked = {"everybody": True, "by_order": by_order, "with_past": past}
    # Of an identity that could not be read only the rules for everybody are known.
    return (rule for rule in _IN_ORDER if rule.identity in (None, identity) and asked[rule.of])


#: Of nearly everybody half of the rules have nothing to say: a hundred thousand people are looked at.
_RULES_ABOUT: Final = {
    about: tuple(_rules_about(*about))
    for about in product((None, *map(str, Identity)), (False, True), (False, True))
}


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


def past_faults(past: Past, *, severities: Mapping[str, str]) -> list[Fault]:
    """Return what other years alone say of somebody, without any form."""
    nobody = Applicant(*(None,) * 12, past=past)
    return check(nobody, Terms(0, 0), severities=severities)
