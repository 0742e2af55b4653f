"""What can go wrong with rules: refusals for callers, findings for whoever writes the files."""

from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.kernel.problems import Problem


class MarketNotOpen(Problem):
    """No rule of this topic is in force in the market on that day: nothing may be computed."""

    status, slug, title = 409, "market-not-open", "This market is not open on that day"


class NoRuleFits(Problem):
    """A rule is in force, but none of its rows fits the case."""

    status, slug, title = 409, "no-rule-fits", "No row of the rule fits this case"


class UnknownRule(Problem):
    """No version has this reference."""

    status, slug, title = 404, "rule-not-found", "There is no such rule"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a rule file, and what to do about it."""

    file: str
    line: int | None
    what: str
    cure: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.what}\n    cure: {self.cure}"


class BrokenRules(Exception):
    """Rule files that cannot be trusted. It stops the start, and lists every finding at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
