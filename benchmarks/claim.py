"""One claim about speed: what was measured, against what, how it came out, and how it is printed."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

# so much more than its aim a figure may be for the noise of a run
NOISE = 1.25


class Verdict(StrEnum):
    """How a figure stands to its aim and its gate."""

    GOOD = "good"
    ABOVE_AIM = "above its aim"
    MISSED = "MISSED"
    SHOWN = ""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A figure, in `unit` ("x" is times the floor), with what it should be at most; None where nothing is asked.

    `aim` is what the project asks for. `gate` is what counts as broken: the aim with a quarter for noise, unless
    the project says otherwise.
    """

    name: str
    figure: float
    unit: str
    aim: float | None = None
    gate: float | None = None
    n: int
    how: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether it came out well."""
        if self.aim is None:
            return Verdict.SHOWN
        if self.figure <= self.aim:
            return Verdict.GOOD
        assert self.broken_above is not None
        return Verdict.ABOVE_AIM if self.figure <= self.broken_above else Verdict.MISSED

    @property
    def broken_above(self) -> float | None:
        """Beyond which it counts as broken; None where nothing is asked."""
        return self.aim * NOISE if self.gate is None and self.aim is not None else self.gate


def table(claims: Sequence[Claim]) -> str:
    """The claims as lines of text."""
    lines = [f"{'':44}{'figure':>12}{'aim':>10}{'gate':>10}{'n':>5}"]
    for claim in claims:
        figure = f"{claim.figure:.2f} {claim.unit}"
        aim, gate = ("" if most is None else f"<= {most:g}" for most in (claim.aim, claim.broken_above))
        lines.append(f"{claim.name:44}{figure:>12}{aim:>10}{gate:>10}{claim.n:>5}  {claim.verdict}".rstrip())
        if claim.how:
            lines.append(f"    {claim.how}")
    return "\n".join(lines)
