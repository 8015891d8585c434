"""The audit as the tests have it: whatever they plant is looked at one by one and all at once."""

from collections.abc import Sequence

from zhupei_cli.rules.admission.run import Inputs, ResultRow
from zhupei_cli.rules.proof.audit import Finding, broken
from zhupei_cli.rules.proof.audit_at_once import flawless


def audit(inputs: Inputs, rows: Sequence[ResultRow], main: Inputs | None = None) -> list[Finding]:
    """Return the broken promises, which the other arithmetic must see too, and nothing else."""
    findings = broken(inputs, rows, main)
    assert flawless(inputs, rows, main) == (not findings), findings
    return findings
