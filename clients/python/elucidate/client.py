"""A client of elucidate's HTTP API. Needs only Python's standard library.

    from pathlib import Path
    from elucidate.client import Client

    client = Client()                       # ELUCIDATE_API and ELUCIDATE_KEY; else http://127.0.0.1:3210 without a key
    sweep = client.submit(Path("sweep.yaml"))
    client.wait(sweep.id)
    best = next(client.leaderboard(sweep.id))
    print(best.config["sampler"], best.metrics["fid"].mean)

What the API refuses is raised as `Problem`, with its code, its text and every mistake.
"""
from __future__ import annotations

import hashlib
import io
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Union
from urllib.parse import quote

from .answers import Estimate, Event, Json, Output, Plan, Row, Stage, Sweep, answer
from .deadline import within
from .events import TimeIsUp, follow, rest
from .http import Http
from .problem import Problem

Spec = Union[str, Mapping[str, Any], "os.PathLike[str]"]
"""A sweep file: its text (YAML or JSON), a mapping of the same structure, or a path to it (a Path, or a string that ends in .yaml, .yml or .json)."""

Trial = Dict[str, Union[str, float, bool, None]]
"""A trial: a value for each parameter that the sweep varies, seeds, scores, stages."""


class Client:
    """An API at an address, on behalf of the owner of a key.

    `timeout` is that of one read from the network, in seconds. An API that is busy or counts too many requests says when to come back:
    that is done for up to `patience` seconds before it becomes a Problem.
    """

    def __init__(self, url: Optional[str] = None, key: Optional[str] = None, *, timeout: float = 60, patience: float = 30) -> None:
        self.url = (url or os.environ.get("ELUCIDATE_API") or "http://127.0.0.1:3210").rstrip("/")
        self._http = Http(self.url, key or os.environ.get("ELUCIDATE_KEY"), timeout, patience)

    # -- sweeps

    def plan(self, spec: Spec) -> Plan:
        """What a sweep would take: cells, stages, what is done already, time. Submits nothing."""
        return answer(Plan, self._post("/v1/sweeps/plan", **_body(spec)))

    def submit(self, spec: Spec, *, idempotency_key: Optional[str] = None) -> Sweep:
        """Submits a sweep. The same key with the same sweep gives the sweep of the first submission; by default every call is a new sweep, whose stages are shared with earlier ones."""
        body = _body(spec)
        headers = {**body["headers"], "idempotency-key": idempotency_key or uuid.uuid4().hex}
        return answer(Sweep, self._post("/v1/sweeps", body=body["body"], headers=headers))

    def sweep(self, sweep_id: str) -> Sweep:
        return answer(Sweep, self.get(_sweep(sweep_id)))

    def sweeps(self, name: Optional[str] = None) -> Iterator[Sweep]:
        """All sweeps that the key's owner may see, or those of a name, newest first; pages are requested as they are needed."""
        for page in self._pages("/v1/sweeps", name=name, limit=200):
            for summary in page["sweeps"]:
                yield answer(Sweep, summary)

    def wait(self, sweep_id: str, *, timeout: Optional[float] = None, on_event: Optional[Callable[[Event], object]] = None) -> Sweep:
        """Waits until a sweep has ended, and returns it: `state` is done, failed or cancelled. `on_event` gets its events from now on.

        Follows the API's events, sends no requests between them, and continues across a restart of the API. Raises TimeoutError after `timeout` seconds, whatever
        hangs then; only `on_event` itself can take longer.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            for found in within(self._until_ended(sweep_id, deadline), deadline):
                if isinstance(found, Sweep):
                    return found
                if on_event is not None:
                    on_event(found)
        except TimeIsUp:
            pass
        raise TimeoutError(f"Sweep {sweep_id} has not ended within {timeout} s")

    def _until_ended(self, sweep_id: str, deadline: Optional[float]) -> Iterator[Union[Event, Sweep]]:
        """Its events from now on, and at last the sweep that has ended."""
        for event in follow(self._http, f"{_sweep(sweep_id)}/events", "now", deadline):
            if isinstance(event, Event):
                yield event
            # every event after `Connected` comes: the end cannot fall between the question and the stream
            if not isinstance(event, Event) or event.type == "sweep.ended":
                sweep = self._now(sweep_id, deadline)
                if sweep.ended:
                    yield sweep
                    return

    def events(self, sweep_id: Optional[str] = None, *, after: Optional[int] = None) -> Iterator[Event]:
        """Events as they happen, without end, across interruptions: of a sweep, by default from its first, or of all sweeps, by default from now on. `after` is the id to continue after."""
        path = "/v1/events" if sweep_id is None else f"{_sweep(sweep_id)}/events"
        start: Union[int, str] = after if after is not None else "now" if sweep_id is None else 0
        return (event for event in follow(self._http, path, start) if isinstance(event, Event))

    def cancel(self, sweep_id: str) -> Sweep:
        """Cancels what has not ended; finished stages are kept."""
        return self._steer(sweep_id, "cancel")

    def pause(self, sweep_id: str) -> Sweep:
        """No further stage is begun; running ones end."""
        return self._steer(sweep_id, "pause")

    def resume(self, sweep_id: str) -> Sweep:
        return self._steer(sweep_id, "resume")

    def stop(self, sweep_id: str) -> Sweep:
        """Lets it end with the cells that run; the rest is cancelled."""
        return self._steer(sweep_id, "stop")

    def retry(self, sweep_id: str, *, failed: bool = False, stages: Optional[Sequence[str]] = None) -> Sweep:
        """Runs failed and cancelled stages again; with `failed` only those that failed; with `stages`, ids or their first 8 digits, only these of them."""
        asked = {**({"failed": True} if failed else {}), **({"stages": list(stages)} if stages is not None else {})}
        return self._steer(sweep_id, "retry", asked)

    # -- results

    def leaderboard(self, sweep_id: Optional[str] = None, *, metric: Optional[str] = None) -> Iterator[Row]:
        """Configurations of a sweep, or of all sweeps, best first within each group of equal evaluator and n. `metric` is that to rank by, such as "kid"."""
        path = "/v1/leaderboard" if sweep_id is None else f"{_sweep(sweep_id)}/leaderboard"
        for page in self._pages(path, metric=metric, limit=200):
            for group in page["groups"]:
                for row in group["rows"]:
                    metrics = {name: answer(Estimate, estimate) for name, estimate in row["metrics"].items()}
                    yield answer(Row, {**row, "config": {**page["fixed"], **row["config"]}, "metrics": metrics})

    def trials(self, sweep_id: str) -> Iterator[Trial]:
        """Every trial, whatever its state, in the order of the grid, as one mapping each with the same keys: `pandas.DataFrame(client.trials(id))`.

        Keys are the values that the sweep varies (`inputScale`, `sampler.kind`), `train_seed`, `sample_seed`, `state`, each metric and the same of real
        images (`fid`, `fid_real`), `diverged`, `n`, `evaluator`, `nfe`, `loss`, and the stages. A score that is no number is None, and `diverged` True.
        """
        for page in self._pages(f"{_sweep(sweep_id)}/trials", limit=1000):
            yield from page["trials"]

    def trials_file(self, sweep_id: str, format: str) -> bytes:
        """All trials as the bytes of a "csv", "ndjson" or "parquet" file. `pandas.read_parquet(io.BytesIO(...))` reads the last."""
        return self._http.read("GET", f"{_sweep(sweep_id)}/trials", query={"format": format})

    def stage(self, stage_id: str) -> Stage:
        """A stage by its id or at least its first 8 digits, with its outputs."""
        raw = self.get(f"/v1/stages/{quote(stage_id, safe='')}")
        return answer(Stage, {**raw, "outputs": {output["name"]: answer(Output, output) for output in raw["outputs"]}})

    # -- artifacts

    def artifact(self, hash: str) -> bytes:
        """An artifact's bytes, checked against its hash. For a large one, `download`."""
        file = io.BytesIO()
        self._fetch(hash, file)
        return file.getvalue()

    def download(self, hash: str, path: Union[str, "os.PathLike[str]"]) -> Path:
        """Writes an artifact to a file, which appears only once its bytes are whole and checked."""
        target = Path(path)
        partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        try:
            with open(partial, "xb") as file:
                self._fetch(hash, file)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        return target

    # -- any other route

    def get(self, path: str, **query: Any) -> Json:
        """The JSON of any route of docs/api.md: `client.get("/v1/workers")`."""
        return json.loads(self._http.read("GET", path, query=query, headers={"accept": "application/json"}))

    def _post(self, path: str, **more: Any) -> Json:
        return json.loads(self._http.read("POST", path, **more))

    def _steer(self, sweep_id: str, action: str, asked: Optional[Json] = None) -> Sweep:
        more: Dict[str, Any] = _body(asked) if asked else {}
        return answer(Sweep, self._post(f"{_sweep(sweep_id)}/{action}", **more))

    def _now(self, sweep_id: str, deadline: Optional[float]) -> Sweep:
        """The sweep, from an API that answered before, however long it is away."""
        while True:
            try:
                return self.sweep(sweep_id)
            except Problem as problem:
                if not problem.passing:
                    raise
            rest(1.0, deadline)
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeIsUp

    def _pages(self, path: str, **query: Any) -> Iterator[Json]:
        cursor: Optional[str] = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            yield page
            cursor = page["nextCursor"]
            if cursor is None:
                return

    def _fetch(self, hash: str, file: BinaryIO) -> None:
        digest = hashlib.sha256()
        for piece in self._http.pieces(f"/v1/artifacts/{quote(hash, safe='')}"):
            digest.update(piece)
            file.write(piece)
        if digest.hexdigest() != hash:
            raise Problem("artifact.corrupt", f"The bytes of artifact {hash} that arrived have the hash {digest.hexdigest()}; download it again", status=500)


def _sweep(sweep_id: str) -> str:
    return f"/v1/sweeps/{quote(sweep_id, safe='')}"


def _body(spec: Spec) -> Dict[str, Any]:
    if isinstance(spec, Mapping):
        return {"body": json.dumps(spec).encode(), "headers": {"content-type": "application/json"}}
    is_path = not isinstance(spec, str) or ("\n" not in spec and spec.endswith((".yaml", ".yml", ".json")))
    text = Path(spec).read_bytes() if is_path else str(spec).encode()
    return {"body": text, "headers": {"content-type": "application/yaml"}}


__all__: List[str] = ["Client", "Problem", "Spec", "Trial"]
