"""What the API answers, as frozen dataclasses. `raw` is the answer itself, with everything that docs/api.md describes."""
from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Type, TypeVar

Json = Dict[str, Any]
_Answer = TypeVar("_Answer")


def _raw() -> Any:
    return field(repr=False, compare=False, default_factory=dict)


def answer(cls: Type[_Answer], raw: Mapping[str, Any]) -> _Answer:
    """The dataclass of an answer: `createdAt` becomes `created_at`."""
    given = {re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name): value for name, value in raw.items()}
    return cls(**{f.name: given[f.name] for f in dataclasses.fields(cls) if f.name in given}, raw=dict(raw))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sweep:
    """A sweep. Of one that a list gives, `raw` lacks `spec`, `kinds`, `failures` and `waits`."""

    id: str
    name: str
    owner: str
    state: str
    """running, done, failed or cancelled."""
    version: int
    """Every edit increases it."""
    paused: bool
    stopping: bool
    cells: int
    """Points of the grid, without seeds."""
    trials: int
    """Cells times seeds."""
    stages: Dict[str, int]
    """Number of stages in each state; a state without stages is absent."""
    reused_stages: int
    """Stages that were done already when it was submitted."""
    created_at: str
    """ISO 8601, UTC."""
    ended_at: Optional[str] = None
    raw: Json = _raw()

    @property
    def ended(self) -> bool:
        return self.state != "running"

    @property
    def failures(self) -> List[Json]:
        """Its first failures in the order of the plan: `stageId`, `kind`, `state`, `error`."""
        return list(self.raw.get("failures", ()))


@dataclass(frozen=True)
class Plan:
    """What a sweep would take."""

    name: str
    cells: int
    trials: int
    stages: List[Json]
    """Of each kind: `kind`, `stages`, `alreadyDone`, `estimatedSeconds`, `rateMeasured`."""
    already_done: int
    """Stages that an earlier sweep has done."""
    estimated_seconds: float
    """Of one slot: divide by the number of slots."""
    raw: Json = _raw()


@dataclass(frozen=True)
class Event:
    id: int
    """Increasing; what to continue after."""
    type: str
    """Such as `stage.progress`, `stage.done`, `sweep.ended`."""
    at: str
    sweep_id: Optional[str]
    data: Json


@dataclass(frozen=True)
class Estimate:
    """A metric of a configuration over its trials."""

    mean: float
    stddev: Optional[float]
    """Over trials; None below two."""
    min: float
    max: float
    count: int
    """Trials counted."""
    diverged: int
    """Trials whose score is not a number; they are not counted."""
    n: Optional[int]
    """Generated images per trial."""
    real: Optional[float]
    """The same metric of as many real images."""
    raw: Json = _raw()


@dataclass(frozen=True)
class Row:
    """A configuration in a leaderboard. Rows compare only under the same evaluator, n and metric."""

    rank: Optional[int]
    """None where trials are missing or diverged: `raw["notRanked"]` says which."""
    sweep_id: str
    cell_id: str
    config: Json
    """All parameters, as in a sweep file with all defaults."""
    metrics: Dict[str, Estimate]
    evaluator: Optional[str]
    n: Optional[int]
    nfe: Optional[float]
    """Network evaluations per image."""
    raw: Json = _raw()


@dataclass(frozen=True)
class Output:
    """An artifact that a stage wrote."""

    name: str
    hash: str
    """sha256, 64 hex digits."""
    size_bytes: int
    media_type: str
    raw: Json = _raw()


@dataclass(frozen=True)
class Stage:
    """A stage, with the origin of its numbers in `raw`: params, inputs, provenance, attempts, metrics."""

    id: str
    kind: str
    state: str
    """waiting, ready, running, done, failed, quarantined or cancelled."""
    outputs: Dict[str, Output]
    """By name, such as `weights`, `losses`, `images`."""
    raw: Json = _raw()
