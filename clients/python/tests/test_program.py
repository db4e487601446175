"""The helper for programs: files, random numbers, the design's use, sampling, being stopped. Needs numpy; with torch, training too.

With ELUCIDATE_PROGRAM_FIXTURE, a file that bench/src/python-program.test.ts writes from the library, also what the built-in engine computes.
"""
import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import unittest
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

try:
    import numpy as np
    from elucidate.program import Stream, Task, _hash, epoch_order, image_seed, load, read_tensors, run_trajectory, write_tensors
except ImportError:
    np = None
try:
    import torch
except ImportError:
    torch = None

FIXTURE = os.environ.get("ELUCIDATE_PROGRAM_FIXTURE")
ROWS = 65536


def write_task(folder, *, steps=6, batch=8, per_sample=False, labels=False, size=4, n=20, rate=0.05):
    """A training of a network that predicts eps at levels from 0.1 to 10."""
    folder = Path(folder)
    (folder / "checkpoint").mkdir(exist_ok=True)
    sigma = np.exp(np.linspace(np.log(0.1), np.log(10), ROWS))
    ones, zeros = np.ones(ROWS), np.zeros(ROWS)
    write_tensors(folder / "design", {"sigma": sigma, "cIn": (sigma**2 + 0.25) ** -0.5, "targetX0": zeros, "targetEps": ones, "lossWeight": 1 + sigma, "conditioning": np.log(sigma) / 4, "cSkip": ones, "cOut": -sigma})
    write_tensors(folder / "recipe", {"learningRate": np.full(steps, rate), "beta1": np.linspace(0.95, 0.85, steps), "emaDecay": np.linspace(0, 0.9, steps)})
    pixels = np.random.default_rng(1).integers(0, 256, (n, size, size, 1), np.uint8)
    write_tensors(folder / "images", {"images": pixels, **({"labels": np.arange(n) % 3} if labels else {})})
    task = {
        "contract": 1, "kind": "train", "stage": "0" * 64, "settings": {}, "seed": 1, "threads": 1, "labels": labels, "perSample": per_sample,
        "data": {"count": n, "size": size, "channels": 1, "floats": False, "dataRange": 1, "sigmaData": 0.5, "classes": [{"name": c, "images": 7} for c in "abc"] if labels else None},
        "train": {"images": steps * batch - 3, "batch": batch, "steps": steps, "optimiser": {"kind": "adam", "beta2": 0.99, "epsilon": 1e-8, "weightDecay": 0.01}, "gradientClip": 0.5, "dropout": 0, "labelDropout": 0.5 if labels else 0, "flips": False},
        "paths": {name: str(folder / name) for name in ("images", "design", "recipe", "checkpoint", "weights", "losses")},
    }
    (folder / "task.json").write_text(json.dumps(task))
    return folder / "task.json"


def silent(task):
    task._print = lambda message: None
    return task


@unittest.skipIf(np is None, "needs numpy")
class Files(unittest.TestCase):
    def test_tensors_of_every_type_and_shape_come_back(self):
        tensors = {"b": np.arange(6, dtype=np.float32).reshape(1, 2, 3), "a": np.array(3.5), "empty": np.zeros((0, 2), np.float32), "i": np.array([-1, 2**40]), "u": np.arange(3, dtype=np.uint8)}
        with TemporaryDirectory() as folder:
            write_tensors(Path(folder) / "x", tensors)
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["x"])
            back = read_tensors(Path(folder) / "x")
            self.assertEqual({name: (array.dtype, array.shape, array.tolist()) for name, array in back.items()}, {name: (array.dtype, array.shape, array.tolist()) for name, array in tensors.items()})


@unittest.skipIf(np is None, "needs numpy")
class RandomNumbers(unittest.TestCase):
    def test_they_are_those_of_the_contract(self):
        self.assertEqual(_hash([1, 2]), [3967993937, 2165461763, 2747247055, 2833801522])
        stream = Stream(1, 4, 0)
        self.assertEqual([stream.uniform() for _ in range(3)], [0.833987673271986, 0.633793663750735, 0.2527986435992755])
        stream = Stream(1, 4, 0)
        self.assertEqual([stream.normal() for _ in range(3)], [1.065046319081508, 0.4266518213027161, -0.07702466182942516])
        self.assertEqual(image_seed(1, 0), 5393993215905027)
        self.assertEqual([list(epoch_order(1, epoch, 8)) for epoch in (0, 1)], [[4, 3, 5, 1, 0, 7, 2, 6], [6, 3, 1, 5, 2, 4, 0, 7]])


@unittest.skipIf(np is None, "needs numpy")
class Batches(unittest.TestCase):
    def test_epochs_follow_one_another_levels_are_evenly_spaced_and_a_run_goes_on_as_it_would_have(self):
        with TemporaryDirectory() as folder:
            task = load(write_task(folder))
            batches = list(task.batches())
            self.assertEqual([len(batch.x0) for batch in batches], [8, 8, 8, 8, 8, 5])
            seen = np.concatenate([batch.x0 for batch in batches])
            expected = np.concatenate([epoch_order(1, epoch, 20) for epoch in range(3)])[:45]
            np.testing.assert_array_equal(seen, task.data_units(task.images[expected]))
            self.assertEqual((seen.min() >= -1, seen.max() <= 1, seen.dtype), (True, True, np.float32))
            for batch in batches:
                gaps = np.diff(np.sort(batch.rows)) * len(batch.rows) / ROWS
                np.testing.assert_allclose(gaps, 1, atol=2e-4 * len(batch.rows))
                np.testing.assert_allclose(batch.coefficients["sigma"].ravel(), task.design["sigma"][batch.rows], rtol=1e-7)
            for batch in list(task.batches(start=3)):
                np.testing.assert_array_equal(batch.eps, batches[batch.step].eps)
                np.testing.assert_array_equal(batch.x0, batches[batch.step].x0)

    def test_the_noise_is_the_built_in_engines_where_that_is_asked_for(self):
        with TemporaryDirectory() as folder:
            task = load(write_task(folder))
            batch = next(task.batches(like_built_in=True))
            stream = Stream(1, 4, 0)
            fraction = stream.uniform()
            self.assertEqual(batch.rows[0], int(65536 * fraction))
            # between the middles of two rows, here of a distribution uniform in the logarithm
            self.assertAlmostEqual(float(np.log(batch.coefficients["sigma"].ravel()[0])), np.log(0.1) + np.log(100) * (65536 * fraction - 0.5) / 65535, places=6)
            self.assertEqual([float(x) for x in batch.eps.ravel()[:3]], [float(np.float32(stream.normal())) for _ in range(3)])

    def test_the_loss_is_the_weighted_error_of_the_designs_target_and_a_perfect_network_has_none(self):
        with TemporaryDirectory() as folder:
            task = load(write_task(folder, labels=True))
            batch = next(task.batches())
            sigma = batch.coefficients["sigma"]
            seen = {}

            def perfect(x, level, label):
                seen.update(x=x, level=level, label=label)
                return batch.eps

            self.assertEqual(task.loss(perfect, batch), 0)
            np.testing.assert_allclose(seen["x"], (batch.x0 + sigma * batch.eps) / np.sqrt(sigma**2 + 0.25), rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(seen["level"], np.log(sigma.ravel()) / 4, rtol=1e-5)
            self.assertTrue(set(seen["label"]) <= {-1, 0, 1, 2} and -1 in seen["label"] and len(set(seen["label"])) > 1)
            off = task.loss(lambda x, level, label: batch.eps + 0.5, batch)
            self.assertAlmostEqual(float(off), 0.25 * float((1 + sigma).mean()), places=5)

    def test_a_preview_shows_the_images_and_what_the_network_makes_of_them_and_draws_no_number_of_the_training(self):
        with TemporaryDirectory() as folder:
            write_task(folder)
            raw = json.loads((Path(folder) / "task.json").read_text())
            raw["paths"]["preview"] = str(Path(folder) / "preview.png")
            task = silent(Task(raw))
            task.preview(lambda x, level, label: np.zeros_like(x), every=0)
            png = Path(raw["paths"]["preview"]).read_bytes()
            self.assertEqual((int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")), (8 * 4, 6 * 4))
            rows = np.frombuffer(zlib.decompress(png[41:-16]), np.uint8).reshape(6 * 4, 1 + 8 * 4)[:, 1:]
            self.assertTrue(np.array_equal(rows[:4], np.concatenate(list(task.images[:8, :, :, 0]), axis=1)))
            # cSkip is 1, and the network predicts no noise: what is left is the noised image
            self.assertGreater(np.abs(rows[4:8].astype(int) - rows[:4]).mean(), 5)
            os.remove(raw["paths"]["preview"])
            task.preview(lambda x, level, label: self.fail("it is not time for another"))

    def test_a_preview_that_fails_is_the_last_and_the_training_goes_on(self):
        with TemporaryDirectory() as folder:
            write_task(folder)
            raw = json.loads((Path(folder) / "task.json").read_text())
            raw["paths"]["preview"] = str(Path(folder) / "preview.png")
            task = silent(Task(raw))
            calls = []
            for _ in range(2):
                task.preview(lambda x, level, label: calls.append(x) or 1 / 0, every=0)
            self.assertEqual((len(calls), Path(raw["paths"]["preview"]).exists()), (1, False))

    @unittest.skipIf(torch is None, "needs torch")
    def test_a_preview_leaves_every_part_of_a_network_in_its_mode(self):
        with TemporaryDirectory() as folder:
            write_task(folder)
            raw = json.loads((Path(folder) / "task.json").read_text())
            raw["paths"]["preview"] = str(Path(folder) / "preview.png")
            seen = []

            class Net(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.frozen, self.trained = torch.nn.Dropout(), torch.nn.Dropout()

                def forward(self, x, level, label):
                    seen.append((self.training, self.frozen.training, self.trained.training))
                    return self.trained(x)

            net = Net()
            net.frozen.eval()
            silent(Task(raw)).preview(net, "cpu", every=0)
            self.assertEqual(set(seen), {(False, False, False)})
            self.assertEqual((net.training, net.frozen.training, net.trained.training), (True, False, True))

    def test_per_sample_each_image_has_unit_variance(self):
        with TemporaryDirectory() as folder:
            task = load(write_task(folder, per_sample=True))
            batch = next(task.batches())
            task.loss(lambda x, level, label: self.assertIsNone(np.testing.assert_allclose(x.var((1, 2, 3)), 1, rtol=1e-5)) or x, batch)


def mixture(y, sigma):
    """E[x0 | y] of two normals, for y = x0 + sigma eps."""
    parts = [(0.3, -1.0, 0.2), (0.7, 0.8, 0.35)]
    log = np.stack([np.log(w) - 0.5 * (y - m) ** 2 / (s**2 + sigma**2) - 0.5 * np.log(s**2 + sigma**2) for w, m, s in parts])
    weights = np.exp(log - log.max(0))
    means = np.stack([m + s**2 / (s**2 + sigma**2) * (y - m) for _, m, s in parts])
    return (weights * means).sum(0) / weights.sum(0)


@unittest.skipIf(np is None or FIXTURE is None, "needs numpy, and the fixture that bench/src/python-program.test.ts writes")
class AsBuiltIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fixture = json.loads(Path(FIXTURE).read_text())

    def test_every_samplers_trajectory_ends_where_the_built_in_sampler_does(self):
        self.assertGreater(len(self.fixture["trajectories"]), 30)
        for case in self.fixture["trajectories"]:
            noise = np.array(case["noise"])  # [draws, images]
            calls = {e["c"]: e for step in case["trajectory"]["steps"] for e in step["evaluations"] if "c" in e}

            def network(x, c, with_class):
                e = calls[c]
                y = x / e["cIn"]
                return (mixture(y, e["sigma"]) - e["cSkip"] * y) / e["cOut"]

            ends = run_trajectory(case["trajectory"], lambda k: noise[k], network)
            self.assertLess(np.abs(ends - case["ends"]).max(), 1e-12, case["sampler"])

    def test_streams_seeds_and_orders_are_the_librarys(self):
        for case in self.fixture["streams"]:
            stream = Stream(*case["name"])
            # another library's logarithm may differ in the last bit
            np.testing.assert_allclose([stream.normal() for _ in case["normals"]], case["normals"], rtol=5e-16)
        self.assertEqual([image_seed(seed, index) for seed, index, _ in self.fixture["imageSeeds"]], [found for _, _, found in self.fixture["imageSeeds"]])
        for case in self.fixture["orders"]:
            self.assertEqual(list(epoch_order(case["seed"], case["epoch"], len(case["order"]))), case["order"])


TRAINING = """
import sys, time
from elucidate.program import load
from tests.test_program import small_network
task = load(sys.argv[1])
net = small_network()
calls = []
def forward(x, level, label):
    calls.append(x)
    while len(calls) == int(sys.argv[2]) and not task.stopping: time.sleep(0.01)
    return net(x)
task.train(net, forward=forward)
"""


def small_network():
    torch.manual_seed(0)
    return torch.nn.Conv2d(1, 1, 3, padding=1)


@unittest.skipIf(np is None or torch is None, "needs numpy and torch")
class Training(unittest.TestCase):
    def run_training(self, task, wait_in_step=0):
        """The program's exit code, the messages it printed, and its errors. In the step named it waits for SIGTERM, which is sent after the first."""
        here = Path(__file__).resolve().parents[1]
        with subprocess.Popen([sys.executable, "-B", "-c", TRAINING, str(task), str(wait_in_step)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=here) as process:
            lines = []
            for line in process.stdout:
                lines.append(json.loads(line))
                if wait_in_step and "progress" in lines[-1]:
                    process.send_signal(signal.SIGTERM)
            errors = process.stderr.read()
        return process.returncode, lines, errors

    def test_a_training_that_is_stopped_goes_on_and_ends_with_the_same_bytes(self):
        with TemporaryDirectory() as one, TemporaryDirectory() as two:
            whole, net = silent(load(write_task(one))), small_network()
            whole.train(net, forward=lambda x, level, label: net(x))
            losses = json.loads((Path(one) / "losses").read_text())
            self.assertEqual(len(losses), 6)
            self.assertLess(losses[-1], losses[0])
            task = write_task(two)
            code, lines, errors = self.run_training(task, wait_in_step=3)
            self.assertEqual((code, errors), (143, ""))
            self.assertEqual(sorted(lines[0]["versions"]), ["device", "numpy", "python", "torch"])
            self.assertIn("stopped on request", lines[-1]["log"])
            self.assertFalse((Path(two) / "weights").exists())
            code, lines, errors = self.run_training(task)
            self.assertEqual((code, errors, lines[-1]["progress"]), (0, "", 1))
            self.assertTrue(any(re.match("goes on after step [123],", line.get("log", "")) for line in lines))
            self.assertEqual((Path(two) / "weights").read_bytes(), (Path(one) / "weights").read_bytes())
            self.assertEqual(json.loads((Path(two) / "losses").read_text()), losses)

    def test_a_step_is_adamws_on_the_clipped_gradient_and_the_average_follows(self):
        with TemporaryDirectory() as folder:
            task = silent(load(write_task(folder, steps=3)))
            net = torch.nn.Conv2d(1, 1, 1)
            start = [p.detach().double().clone() for p in net.parameters()]
            task.train(net, forward=lambda x, level, label: net(x), like_built_in=True)
            weights, ema, m, v = start, [s.clone() for s in start], [0, 0], [0, 0]
            recipe = task.recipe
            for batch in task.batches("cpu", like_built_in=True):
                c = batch.coefficients
                w, b = (p.clone().requires_grad_() for p in weights)
                x = (c["cIn"] * (batch.x0 + c["sigma"] * batch.eps)).double()
                loss = (c["lossWeight"] * (w.reshape(()) * x + b - batch.eps) ** 2).mean()
                gradients = torch.autograd.grad(loss, (w, b))
                norm = sum((g**2).sum() for g in gradients) ** 0.5
                lr, beta1, t = recipe["learningRate"][batch.step], recipe["beta1"][batch.step], batch.step + 1
                for i, g in enumerate(gradients):
                    g = g * min(1, 0.5 / norm)
                    m[i], v[i] = beta1 * m[i] + (1 - beta1) * g, 0.99 * v[i] + 0.01 * g**2
                    weights[i] = weights[i] * (1 - lr * 0.01) - lr * (m[i] / (1 - beta1**t)) / ((v[i] / (1 - 0.99**t)) ** 0.5 + 1e-8)
                    ema[i] = recipe["emaDecay"][batch.step] * ema[i] + (1 - recipe["emaDecay"][batch.step]) * weights[i]
            for name, expected in (("weights", weights), ("ema", ema)):
                for key, value in zip(("weight", "bias"), expected):
                    np.testing.assert_allclose(task.weights(name)[key].numpy(), value.numpy(), atol=1e-5)

    def test_a_loss_that_is_not_finite_ends_it_with_the_contracts_code(self):
        with TemporaryDirectory() as folder:
            task, net, errors = silent(load(write_task(folder, rate=float("inf")))), small_network(), io.StringIO()
            with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(errors):
                task.train(net, forward=lambda x, level, label: net(x))
            self.assertEqual((ended.exception.code, errors.getvalue()), (65, "The loss became nan at step 2; lower learningRate\n"))

    def test_images_do_not_depend_on_the_batch(self):
        with TemporaryDirectory() as folder:
            task = json.loads(write_task(folder).read_text())
            steps = [{"draws": 1, "evaluations": [{"at": {"y": 1}, "sigma": 2.0, "cSkip": 0.2, "cOut": 0.5, "cIn": 0.4, "c": 0.1}], "end": {"y": 0.3, "x0.0": 0.7, "noise.0": 0.1}}]
            (Path(folder) / "trajectory").write_text(json.dumps({"start": 2, "clamp": [-1, 1], "memory": 0, "steps": steps}))
            write_tensors(Path(folder) / "noise", {"noise": np.random.default_rng(3).standard_normal((2, 7, 4, 4, 1)).astype(np.float32)})
            task.update(kind="sample", sample={"count": 7, "draws": 2}, paths={**task["paths"], **{name: str(Path(folder) / name) for name in ("trajectory", "noise", "images")}})
            noise = read_tensors(Path(folder) / "noise")["noise"]
            found = {}
            for batch in (2, 7):
                silent(Task(task)).sample(lambda x, level, label: x.tanh() * level.reshape(-1, 1, 1, 1), "cpu", batch=batch)
                found[batch] = np.array(read_tensors(Path(folder) / "images")["images"])
            np.testing.assert_array_equal(found[2], found[7])
            y = 2 * noise[0]
            x0 = np.clip(0.2 * y + 0.5 * np.tanh(0.4 * y) * 0.1, -1, 1)
            np.testing.assert_allclose(found[7], 0.3 * y + 0.7 * x0 + 0.1 * noise[1], atol=1e-6)
            silent(Task(task)).sample(lambda x, level, label: np.tanh(x) * level.reshape(-1, 1, 1, 1), batch=3)
            np.testing.assert_allclose(read_tensors(Path(folder) / "images")["images"], found[7], atol=1e-6)
