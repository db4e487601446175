"""Runs the notebook, cell by cell, on the sweep of ELUCIDATE_TEST_SWEEP, which varies input scale, sampler and steps: `e2e/src/sweeps.test.ts` has one."""
import contextlib
import io
import json
import os
import unittest
from pathlib import Path
from unittest import mock

try:
    import matplotlib
    import pandas
except ImportError:
    pandas = None

NOTEBOOK = Path(__file__).resolve().parents[3] / "examples" / "notebooks" / "scale-by-solver.ipynb"


@unittest.skipIf(pandas is None or "ELUCIDATE_TEST_SWEEP" not in os.environ, "needs pandas, matplotlib and a scored sweep")
class Notebook(unittest.TestCase):
    def test_it_draws_every_solver_at_every_number_of_steps_from_the_trials(self):
        matplotlib.use("Agg")
        cells = [("".join(cell["source"]), cell) for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
        self.assertTrue(all(cell["outputs"] == [] for _, cell in cells), "a notebook is kept without outputs")
        names = {}
        here = os.getcwd()
        os.chdir(NOTEBOOK.parent)
        try:
            with contextlib.redirect_stdout(io.StringIO()), mock.patch.dict(os.environ, {"SWEEP": os.environ["ELUCIDATE_TEST_SWEEP"]}):
                for source, _ in cells:
                    exec(compile(source, str(NOTEBOOK), "exec"), names)
        finally:
            os.chdir(here)
        scored, figure = names["scored"], names["figure"]
        self.assertEqual(len(scored), names["sweep"].trials)
        drawn = {axis.get_title(): {line.get_label(): list(line.get_ydata()) for line in axis.lines if not line.get_label().startswith("_")} for axis in figure.axes}
        self.assertEqual(set(drawn), {f"{steps} steps" for steps in scored["steps"]})
        for steps in set(scored["steps"]):
            self.assertEqual(set(drawn[f"{steps} steps"]), set(scored["sampler.kind"]))
            for solver, means in drawn[f"{steps} steps"].items():
                rows = scored[(scored["steps"] == steps) & (scored["sampler.kind"] == solver)]
                expected = [rows[rows["inputScale"] == scale]["fid"].mean() for scale in sorted(set(rows["inputScale"]))]
                for mean, other in zip(means, expected):
                    self.assertAlmostEqual(mean, other)
