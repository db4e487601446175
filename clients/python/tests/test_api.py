"""The client against a real API with a worker: ELUCIDATE_API, and in ELUCIDATE_TEST_SWEEP a sweep there that is done. `e2e/src/sweeps.test.ts` runs it so."""
import contextlib
import csv
import hashlib
import io
import os
import socket
import threading
import unittest
import urllib.parse
from pathlib import Path
from tempfile import TemporaryDirectory

from elucidate.client import Client, Problem

# exact denoisers of Gaussian pixels: nothing is trained
EXACT = {
    "name": "from python", "dataset": {"name": "gaussian", "mean": 0.3, "std": 0.5, "resolution": 8},
    "parameters": {"network": {"value": "exact"}, "sampler": {"value": {"kind": "ddim"}}, "steps": {"values": [2, 3]}},
    "seeds": {"sample": [1]}, "evaluate": {"samples": 32},
}


def slow(name, mean):
    """The same with data of its own and many samplings: it has not ended when the next request comes."""
    return {**EXACT, "name": name, "dataset": {**EXACT["dataset"], "mean": mean}, "seeds": {"sample": list(range(1, 13))}}


class Cutting:
    """A way to the API that cuts each of the first connections after some bytes of the answer."""

    def __init__(self, url, *bytes_before_cuts):
        self._target = urllib.parse.urlsplit(url)
        self.cuts = list(bytes_before_cuts)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            far = socket.create_connection((self._target.hostname, self._target.port))
            threading.Thread(target=self._copy, args=(near, far, None), daemon=True).start()
            threading.Thread(target=self._copy, args=(far, near, self.cuts.pop(0) if self.cuts else None), daemon=True).start()

    @staticmethod
    def _copy(source, target, left):
        try:
            while data := source.recv(65536 if left is None else min(left, 65536)):
                target.sendall(data)
                left = None if left is None else left - len(data)
                if left == 0:
                    break
        except OSError:
            pass
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._server.close()


@unittest.skipUnless("ELUCIDATE_TEST_SWEEP" in os.environ, "needs an API with a worker and a scored sweep: see e2e/src/sweeps.test.ts")
class RealApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.done = os.environ["ELUCIDATE_TEST_SWEEP"]

    def test_a_sweep_is_planned_submitted_waited_for_and_read(self):
        plan = self.client.plan(EXACT)
        self.assertEqual((plan.name, plan.cells, plan.trials), ("from python", 2, 2))
        sweep = self.client.submit(EXACT, idempotency_key="python-1")
        self.assertEqual((sweep.id, sweep.trials), (self.client.submit(EXACT, idempotency_key="python-1").id, 2))
        seen = []
        ended = self.client.wait(sweep.id, timeout=200, on_event=seen.append)
        self.assertEqual((ended.state, ended.ended, ended.failures, sum(ended.stages.values()), set(ended.stages)), ("done", True, [], ended.stages["done"], {"done"}))
        self.assertEqual(self.client.wait(sweep.id, timeout=20), ended)
        self.assertIn(sweep.id, [found.id for found in self.client.sweeps(name="from python")])
        rows = list(self.client.leaderboard(sweep.id))
        self.assertEqual([row.rank for row in rows], [1, 2])
        self.assertEqual({row.config["steps"] for row in rows}, {2, 3})
        self.assertEqual([row.config["sampler"]["kind"] for row in rows], ["ddim", "ddim"])
        self.assertLessEqual(rows[0].metrics["fid"].mean, rows[1].metrics["fid"].mean)

    def test_waiting_goes_on_across_broken_connections_and_each_event_comes_once(self):
        again = self.client.submit({**EXACT, "name": "cut", "seeds": {"sample": [2]}})
        way = Cutting(self.client.url, 300, 700, 900)
        with contextlib.closing(way):
            seen = []
            self.assertEqual(Client(way.url).wait(again.id, timeout=200, on_event=seen.append).state, "done")
            self.assertEqual(way.cuts, [])
            ids = [event.id for event in seen]
            self.assertEqual(ids, sorted(set(ids)))

    def test_events_are_read_from_the_first_and_from_any_other(self):
        events = self.client.events(self.done)
        first, second = next(events), next(events)
        self.assertEqual((first.type, first.sweep_id), ("sweep.submitted", self.done))
        self.assertEqual(next(self.client.events(self.done, after=first.id)), second)

    def test_a_sweep_is_paused_cancelled_and_tried_again_and_waiting_ends_when_its_time_is_up(self):
        sweep = self.client.submit(slow("steered", 0.31))
        self.assertTrue(self.client.pause(sweep.id).paused)
        with self.assertRaisesRegex(TimeoutError, f"{sweep.id} has not ended within 0.3 s"):
            self.client.wait(sweep.id, timeout=0.3)
        self.assertEqual(self.client.cancel(sweep.id).state, "cancelled")
        with self.assertRaises(Problem) as raised:
            self.client.cancel(sweep.id)
        self.assertEqual((raised.exception.status, raised.exception.code, raised.exception.title), (409, "sweep.ended", "Conflict"))
        again = self.client.retry(sweep.id)
        self.assertFalse(again.ended or again.paused)
        self.assertEqual(self.client.wait(sweep.id, timeout=200).state, "done")

    def test_a_paused_sweep_is_resumed_and_one_that_is_stopped_ends(self):
        sweep = self.client.submit(slow("resumed", 0.32))
        self.assertTrue(self.client.pause(sweep.id).paused)
        self.assertFalse(self.client.resume(sweep.id).paused)
        self.assertEqual(self.client.wait(sweep.id, timeout=200).state, "done")
        sweep = self.client.submit(slow("stopped", 0.33))
        self.client.pause(sweep.id)
        self.assertEqual(self.client.stop(sweep.id).id, sweep.id)
        self.assertTrue(self.client.wait(sweep.id, timeout=200).ended)
        with self.assertRaises(Problem) as raised:
            self.client.resume(sweep.id)
        self.assertEqual(raised.exception.code, "sweep.ended")

    def test_mistakes_come_with_their_paths(self):
        with self.assertRaises(Problem) as raised:
            self.client.submit("name: x\nparameters:\n  sampler: { values: [{ kind: huen }] }\n")
        (found,) = [found for found in raised.exception.problems if "sampler" in found.path]
        self.assertEqual((raised.exception.code, found.nearest, found.line), ("spec.invalid", "heun", 3))
        with self.assertRaises(Problem) as raised:
            self.client.sweep("../none")
        self.assertEqual(raised.exception.status, 400)

    def test_trials_are_the_same_as_rows_and_as_files(self):
        sweep = self.client.sweep(self.done)
        rows = list(self.client.trials(self.done))
        self.assertEqual(len(rows), sweep.trials)
        table = list(csv.DictReader(io.StringIO(self.client.trials_file(self.done, "csv").decode())))
        self.assertEqual([row["fid"] for row in rows], [float(line["fid"]) for line in table])
        self.assertEqual(list(rows[0]), list(table[0]))
        self.assertEqual(self.client.trials_file(self.done, "parquet")[:4], b"PAR1")
        # pages join without a seam
        pages = [page["trials"] for page in self.client._pages(f"/v1/sweeps/{self.done}/trials", limit=7)]
        self.assertEqual([trial for page in pages for trial in page], rows)

    def test_artifacts_of_a_stage_are_checked_and_saved(self):
        stage = self.client.stage(next(self.client.trials(self.done))["sample_stage"])
        sheet = stage.outputs["sheet"]
        data = self.client.artifact(sheet.hash)
        self.assertEqual((stage.kind, hashlib.sha256(data).hexdigest(), len(data), data[1:4]), ("sample", sheet.hash, sheet.size_bytes, b"PNG"))
        with TemporaryDirectory() as folder:
            self.assertEqual(self.client.download(sheet.hash, Path(folder) / "sheet.png").read_bytes(), data)
        with self.assertRaises(Problem) as raised:
            self.client.artifact("0" * 64)
        self.assertEqual(raised.exception.code, "artifact.missing")
