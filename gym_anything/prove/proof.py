"""Proof: what all trials showed, as a table for people and as a file to commit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from gym_anything.prove.trials import Claim, Trial


@dataclass(frozen=True, slots=True)
class Row:
    """What was shown of one template, or of all.

    Attributes:
        task: id of the template, or "all".
        seeds: instances tried.
        solutions: executions of the solution.
        solved: of them, those that passed.
        untouched: untouched starts that scored 0, of `seeds`.
        near_misses: near misses executed.
        mutations: harmful changes of solved states judged.
        false_acceptances: of both, those that passed.
        variations: other right ways executed.
        rewritten: benign changes of solved states judged.
        false_refusals: of both, those that did not pass.
        random: random agents that tried.
        random_passed: of them, those that passed.
        seconds: in all.
    """

    task: str
    seeds: int
    solutions: int
    solved: int
    untouched: int
    near_misses: int
    mutations: int
    false_acceptances: int
    variations: int
    rewritten: int
    false_refusals: int
    random: int
    random_passed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Proof:
    """What a campaign showed.

    Attributes:
        rows: one for each template.
        total: of all of them.
        violations: every trial that did not hold: task, seed, claim, name, reason.
    """

    rows: tuple[Row, ...]
    total: Row
    violations: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every claim held."""
        return not self.violations

    def to_json(self) -> str:
        """As a file, one line a template, that reads well in a diff."""
        rows = ",\n".join(f"  {_line(row)}" for row in self.rows)
        violations = json.dumps(list(self.violations), ensure_ascii=False, indent=1)
        total = _line(self.total)
        return f'{{"total": {total},\n"violations": {violations},\n"rows": [\n{rows}\n]}}\n'


def summarize(trials: Sequence[Trial]) -> Proof:
    """Count what was shown."""
    by_task: dict[str, list[Trial]] = {}
    for trial in trials:
        by_task.setdefault(trial.task, []).append(trial)
    rows = tuple(_row(task, of_task) for task, of_task in by_task.items())
    violations = tuple(
        f"{trial.task} seed {trial.seed} {trial.claim.value} {trial.name}: {trial.reason}"
        for trial in trials
        if not trial.held
    )
    return Proof(rows, _row("all", trials), violations)


def _line(row: Row) -> str:
    return json.dumps(asdict(row) | {"seconds": round(row.seconds, 1)}, ensure_ascii=False)


def _row(task: str, trials: Iterable[Trial]) -> Row:
    of: dict[Claim, list[Trial]] = {claim: [] for claim in Claim}
    for trial in trials:
        of[trial.claim].append(trial)
    changed = [trial.mutated for trial in of[Claim.SOLUTION]]
    solved = [trial for trial in of[Claim.SOLUTION] if trial.score == 1.0]
    return Row(
        task=task,
        seeds=len({(trial.task, trial.seed) for trial in of[Claim.SOLUTION]}),
        solutions=len(of[Claim.SOLUTION]),
        solved=len(solved),
        untouched=sum(trial.held for trial in of[Claim.UNTOUCHED]),
        near_misses=len(of[Claim.NEAR_MISS]),
        mutations=sum(each.harmful for each in changed),
        false_acceptances=sum(trial.score == 1.0 for trial in of[Claim.NEAR_MISS])
        + sum(len(each.accepted) for each in changed),
        variations=len(of[Claim.VARIATION]),
        rewritten=sum(each.benign for each in changed),
        false_refusals=sum(not trial.held for trial in of[Claim.VARIATION])
        + sum(len(each.refused) for each in changed),
        random=len(of[Claim.RANDOM]),
        random_passed=sum(trial.score == 1.0 for trial in of[Claim.RANDOM]),
        seconds=sum(trial.seconds for group in of.values() for trial in group),
    )
