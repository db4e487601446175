"""What a program needs to be a network of elucidate's sweeps (docs/programs.md, contract 1): one file, to be copied into the program's folder.

    from program import load

    task = load()
    net = MyNetwork(task.channels, task.classes)    # net(x [n,c,h,w], level [n], label [n] or None) -> [n,c,h,w]
    if task.kind == "train":
        task.train(net, device="cuda")              # the sweep's recipe, EMA, checkpoints, SIGTERM, progress
    else:
        net.load_state_dict(task.weights())
        task.sample(net, device="cuda")

With a training loop of one's own, `batches`, `loss`, `report`, `keep` and `save` do the parts; without torch, the same on numpy arrays [n,h,w,c].
Needs Python 3.9 and numpy; torch only where a device is named. Data units are those of the task: pixels lie in [-data_range, data_range].
"""
from __future__ import annotations

import contextlib
import json
import math
import os
import platform
import signal
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, NoReturn, Optional, Sequence, Tuple, Union

import numpy as np

CONTRACT = 1
UNSUPPORTED, DIVERGED, PASSING, STOPPED = 64, 65, 75, 143
"""Exit codes of the contract."""

Array = Any
"""A numpy array or a torch tensor."""
Network = Callable[[Array, Array, Optional[Array]], Array]
"""The raw network: scaled noised images, the scalar of the noise level of each [n], the class of each [n] int64 (-1: none; None: no image has any) -> what it is to predict, in the shape of the images. Images are [n,c,h,w] in torch, [n,h,w,c] in numpy."""

# ---------------------------------------------------------------- files

_DTYPES = {"F64": np.dtype("<f8"), "F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "I64": np.dtype("<i8"), "I32": np.dtype("<i4"), "U8": np.dtype("u1")}


def read_tensors(path: Union[str, Path]) -> Dict[str, np.ndarray]:
    """The arrays of a safetensors file by name, mapped from the disk, read-only."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    start = 8 + length

    def array(entry: Mapping[str, Any]) -> np.ndarray:
        dtype, shape = _DTYPES[entry["dtype"]], tuple(entry["shape"])
        if 0 in shape:
            return np.zeros(shape, dtype)
        return np.memmap(path, dtype=dtype, mode="r", offset=start + entry["data_offsets"][0], shape=(math.prod(shape),)).reshape(shape)

    return {name: array(entry) for name, entry in header.items()}


def write_tensors(path: Union[str, Path], tensors: Mapping[str, Array]) -> None:
    """Writes a safetensors file, whole or not at all. Torch tensors are brought to the CPU."""
    arrays = {name: _numpy(tensor) for name, tensor in tensors.items()}
    names = {dtype: name for name, dtype in _DTYPES.items()}
    header, end = {}, 0
    ordered = sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    for name, array in ordered:
        header[name] = {"dtype": names[array.dtype], "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with _whole(path) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, array in ordered:
            file.write(array.tobytes())


@contextlib.contextmanager
def _whole(path: Union[str, Path]) -> Iterator[Any]:
    """A file that appears under its name only once it is complete."""
    partial = Path(f"{path}.partial")
    with open(partial, "wb") as file:
        yield file
    os.replace(partial, path)


def _png(image: np.ndarray) -> bytes:
    """A picture, bytes [h,w,1 or 3], as PNG."""
    height, width, channels = image.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2 if channels == 3 else 0, 0, 0, 0])
    rows = np.hstack([np.zeros((height, 1), np.uint8), image.reshape(height, -1)])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b"")


def _numpy(tensor: Array) -> np.ndarray:
    return tensor if isinstance(tensor, np.ndarray) else np.asarray(tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else tensor)


# ---------------------------------------------------------------- random numbers of the built-in engine

_WORD = 0xFFFFFFFF


def _mix(x: int) -> int:
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & _WORD
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & _WORD
    return x ^ (x >> 16)


def _hash(name: Sequence[int]) -> List[int]:
    """128 bits of a list of integers in [0, 2^53)."""
    words = []
    for start in (0x9E3779B9, 0x243F6A88, 0xB7E15162, 0x6A09E667):
        h = start ^ len(name)
        for value in name:
            h = (_mix(h ^ (value & _WORD)) + start) & _WORD
            h = (_mix(h ^ (value >> 32)) + start) & _WORD
        words.append(_mix(h))
    return words


def image_seed(seed: int, index: int) -> int:
    """The seed of generated image `index`, 53 bits."""
    h = _hash([seed, index])
    return (h[0] >> 11) * 2**32 + h[1]


class Stream:
    """The random stream of a name, a list of integers: the numbers that the built-in engine draws under it. About 5 microseconds a number."""

    def __init__(self, *name: int) -> None:
        self._state = _hash(name)
        if not any(self._state):
            self._state[0] = 1
        self._spare: Optional[float] = None

    def _bits(self) -> int:
        a, b, c, d = self._state
        x = (b * 5) & _WORD
        x = (((x << 7) | (x >> 25)) & _WORD) * 9 & _WORD
        c ^= a
        d ^= b
        self._state = [a ^ d, b ^ c, c ^ ((b << 9) & _WORD), ((d << 11) | (d >> 21)) & _WORD]
        return x

    def uniform(self) -> float:
        """In [0, 1)."""
        return ((self._bits() >> 5) * 67108864 + (self._bits() >> 6)) / 9007199254740992

    def integer(self, below: int) -> int:
        """In [0, below)."""
        return int(self.uniform() * below)

    def normal(self) -> float:
        """Mean 0, variance 1."""
        if self._spare is not None:
            value, self._spare = self._spare, None
            return value
        while True:
            x, y = 2 * self.uniform() - 1, 2 * self.uniform() - 1
            q = x * x + y * y
            if 0 < q < 1:
                factor = math.sqrt(-2 * math.log(q) / q)
                self._spare = y * factor
                return x * factor

    def normals(self, *shape: int) -> np.ndarray:
        """Normals row by row, float32."""
        return np.array([self.normal() for _ in range(math.prod(shape))], np.float32).reshape(shape)


def epoch_order(seed: int, epoch: int, n: int) -> np.ndarray:
    """The order in which an epoch visits n images, int64."""
    stream, order = Stream(seed, 1, epoch), list(range(n))
    for i in range(n - 1, 0, -1):
        j = stream.integer(i + 1)
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)


# ---------------------------------------------------------------- sampling

def _total(weighted: Mapping[str, float], vectors: Mapping[str, Array]) -> Array:
    """The weighted sum of named vectors, in the order given."""
    terms = [vectors[name] if weight == 1 else weight * vectors[name] for name, weight in weighted.items()]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def run_trajectory(trajectory: Mapping[str, Any], draw: Callable[[int], Array], network: Callable[[Array, float, bool], Array]) -> Array:
    """The images that a sampler ends with. Any arrays with +, * and clip will do, in any precision and shape.

    `draw(k)`: unit noise number k, 0 for the start. `network(x, c, with_class)`: the raw network's output for its scaled input at the scalar c of the noise level.
    """
    clamp = trajectory["clamp"]
    y, drawn = trajectory["start"] * draw(0), 1
    past: List[Tuple[Array, Array]] = []
    for step in trajectory["steps"]:
        vectors = {"y": y}
        for j, (past_y, past_x0) in enumerate(past):
            vectors[f"past.{j}.y"], vectors[f"past.{j}.x0"] = past_y, past_x0
        for k in range(step["draws"]):
            vectors[f"noise.{k}"] = draw(drawn)
            drawn += 1
        for i, evaluation in enumerate(step["evaluations"]):
            at = _total(evaluation["at"], vectors)
            if "x0" in evaluation:
                free = x0 = _total(evaluation["x0"], vectors)
            else:
                free = _denoised(at, evaluation, network)
                x0 = free if clamp is None else free.clip(*clamp)
            vectors[f"x0.{i}"] = x0
            if i == 0:
                vectors["eps"] = (at - free) * (1 / evaluation["sigma"])
        past = [(y, vectors["x0.0"]), *past][: trajectory["memory"]]
        y = _total(step["end"], vectors)
    return y


def _denoised(at: Array, e: Mapping[str, Any], network: Callable[[Array, float, bool], Array]) -> Array:
    def x0(with_class: bool) -> Array:
        output = network(at * e["cIn"], e["c"], with_class) * e["cOut"]
        return output if e["cSkip"] == 0 else at * e["cSkip"] + output

    if "guidance" not in e:
        return x0(True)
    without = x0(False)
    return without + e["guidance"] * (x0(True) - without)


# ---------------------------------------------------------------- a task

def _between(column: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The values of a column at places between its rows, linear."""
    rows = np.clip(places.astype(np.int64), 0, len(column) - 2)
    part = places - rows
    return (1 - part) * column[rows] + part * column[rows + 1]


@dataclass
class Batch:
    """The images of a training step, in data units; [m,c,h,w] in torch, [m,h,w,c] in numpy."""

    step: int
    """From 0."""
    x0: Array
    """Clean images."""
    eps: Array
    """Unit noise."""
    rows: np.ndarray
    """The row of the design of each image, int64 [m]."""
    coefficients: Dict[str, Array]
    """The design's columns at these rows, float32, [m,1,1,1]."""
    label: Optional[Array]
    """The class of each image, int64 [m], -1 where it is not to be told; None if the network is given none."""


class Task:
    """What is to be done. Not in the task: schedule, scale, parameterisation, sampler; a program needs none of them."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        """task.json."""
        data = raw["data"]
        self.kind: str = raw["kind"]
        """train, sample or embed."""
        self.settings: Mapping[str, Any] = raw["settings"]
        """The network's `settings` in the sweep."""
        self.seed: int = raw.get("seed", 0)
        self.paths: Mapping[str, str] = raw["paths"]
        self.size: int = data["size"]
        """Side of the images, pixels."""
        self.channels: int = data["channels"]
        self.data_range: float = data["dataRange"]
        self.sigma_data: Optional[float] = data.get("sigmaData")
        """Standard deviation of the data, data units."""
        self.labels: bool = raw.get("labels", False)
        """Whether the network is given the class of each image."""
        self.classes: int = len(data["classes"]) if self.labels else 0
        """How many classes it is given; 0: none."""
        self.stopping = False
        """SIGTERM has come: keep what is needed to go on, and leave."""
        self._keeps = False
        self._kept, self._reported, self._versions = time.monotonic(), 0.0, False
        self._previewed, self._preview_took = time.monotonic(), 0.0
        self._cache: Dict[str, Any] = {}

    # -- what is printed

    def report(self, fraction: float, note: str = "", **values: float) -> None:
        """Progress, 0 to 1; at most two a second are printed, and the last."""
        now = time.monotonic()
        if fraction < 1 and now - self._reported < 0.5:
            return
        self._reported = now
        self._print({"progress": min(1.0, max(0.0, fraction)), "note": note, "values": {name: value for name, value in values.items() if math.isfinite(value)}})

    def log(self, text: str) -> None:
        self._print({"log": text})

    def versions(self, device: Any = None, **more: str) -> None:
        """Reports what computes, once: Python, numpy, torch if it is imported, the device."""
        if self._versions:
            return
        self._versions = True
        found = {"python": platform.python_version(), "numpy": np.__version__, **more}
        torch = sys.modules.get("torch")
        if torch is not None:
            found["torch"] = torch.__version__
            on_gpu = device is not None and torch.device(device).type == "cuda"
            found["device"] = torch.cuda.get_device_name(device) if on_gpu else platform.processor() or platform.machine()
            if on_gpu and torch.version.cuda:
                found["cuda"] = torch.version.cuda
        self._print({"versions": found})

    @staticmethod
    def _print(message: Mapping[str, Any]) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    def unsupported(self, what: str) -> NoReturn:
        """Ends the program: the task asks for something that it cannot do."""
        _leave(UNSUPPORTED, what)

    # -- training, step by step

    @property
    def steps(self) -> int:
        return self.raw["train"]["steps"]

    @property
    def design(self) -> Mapping[str, np.ndarray]:
        """Columns of 65,536 noise levels, float64: sigma, cIn, targetX0, targetEps, lossWeight, conditioning, cSkip, cOut. A row drawn uniformly is a level drawn from the training's distribution."""
        return self._tensors("design")

    @property
    def recipe(self) -> Mapping[str, np.ndarray]:
        """For each step, float64: learningRate, beta1, emaDecay."""
        return self._tensors("recipe")

    @property
    def images(self) -> np.ndarray:
        """All images, [n,h,w,c]: bytes, or floats in data units."""
        return self._tensors("images")["images"]

    def _tensors(self, name: str) -> Dict[str, np.ndarray]:
        if name not in self._cache:
            self._cache[name] = read_tensors(self.paths[name])
        return self._cache[name]

    def data_units(self, images: np.ndarray) -> np.ndarray:
        """Bytes as float32 in [-data_range, data_range]; floats as they are."""
        return ((images / 127.5 - 1) * self.data_range).astype(np.float32) if images.dtype == np.uint8 else images.astype(np.float32)

    def batches(self, device: Any = None, *, start: int = 0, like_built_in: bool = False) -> Iterator[Batch]:
        """The batches of the steps from `start` on: each a function of seed and step, so that a run that goes on draws what it would have drawn.

        With a torch device, tensors there; without, numpy arrays. Images, their order, noise levels and dropped labels are those of the built-in engine at the same seed;
        with `like_built_in` the noise of the pixels too, which takes some 5 microseconds a pixel, and the levels are interpolated between rows, to about nine digits.
        Ends at the last step.
        """
        train = self.raw["train"]
        flips = train["flips"]
        for step in range(start, train["steps"]):
            count = min(train["batch"], train["images"] - step * train["batch"])
            chosen = self._chosen(step * train["batch"], count)
            stream = Stream(self.seed, 4, step)
            shift = stream.uniform()
            fractions = (shift + np.arange(count) / count) % 1
            rows = np.minimum((65536 * fractions).astype(np.int64), 65535)
            x0 = self.data_units(self.images[chosen])
            own = np.random.default_rng([self.seed, 4, step])
            eps = stream.normals(*x0.shape) if like_built_in else None if device is not None else own.standard_normal(x0.shape, np.float32)
            if flips:
                mirrored = own.random(count) < 0.5
                x0[mirrored] = x0[mirrored, :, ::-1]
            coefficients = {name: (_between(column, 65536 * fractions - 0.5) if like_built_in else column[rows]).astype(np.float32).reshape(-1, 1, 1, 1) for name, column in self.design.items()}
            label = self._step_labels(step, chosen) if self.labels else None
            if device is None:
                yield Batch(step, x0, eps, rows, coefficients, label)
                continue
            torch = _torch()
            there = lambda array: torch.from_numpy(array).to(device, non_blocking=True)  # noqa: E731
            clean = there(np.ascontiguousarray(x0.transpose(0, 3, 1, 2)))
            if eps is None:
                noise = torch.randn(clean.shape, device=device, generator=torch.Generator(device).manual_seed(_hash([self.seed, 4, step])[0]))
            else:
                noise = there(np.ascontiguousarray(eps.transpose(0, 3, 1, 2)))
            yield Batch(step, clean, noise, rows, {name: there(column) for name, column in coefficients.items()}, None if label is None else there(label))

    def _chosen(self, start: int, count: int) -> np.ndarray:
        """Images of the endless sequence of epochs."""
        n, chosen = len(self.images), []
        while count > 0:
            epoch, at = divmod(start, n)
            if self._cache.get("epoch", (None,))[0] != epoch:
                self._cache["epoch"] = (epoch, epoch_order(self.seed, epoch, n))
            chosen.append(self._cache["epoch"][1][at : at + count])
            start, count = start + len(chosen[-1]), count - len(chosen[-1])
        return np.concatenate(chosen)

    def _step_labels(self, step: int, chosen: np.ndarray) -> np.ndarray:
        stream, dropout = Stream(self.seed, 7, step), self.raw["train"]["labelDropout"]
        told = [stream.uniform() >= dropout for _ in chosen]
        return np.where(told, self._tensors("images")["labels"][chosen], -1).astype(np.int64)

    def loss(self, net: Network, batch: Batch) -> Array:
        """The mean over images and pixels of weight (network - target)^2: what is to be minimised, a scalar."""
        c = batch.coefficients
        noised = c["cIn"] * batch.x0 + (c["cIn"] * c["sigma"]) * batch.eps
        output = net(self._normalised(noised), c["conditioning"].reshape(-1), batch.label)
        error = output - (c["targetX0"] * batch.x0 + c["targetEps"] * batch.eps)
        return (c["lossWeight"] * error * error).mean()

    def _normalised(self, x: Array) -> Array:
        """Divided by each image's own standard deviation, if the training has it so (Chen 2023, Alg. 2)."""
        if not self.raw["perSample"]:
            return x
        axes = (1, 2, 3)
        centred = x - x.mean(axes, keepdims=True)
        return x / ((centred * centred).mean(axes, keepdims=True) + 1e-12) ** 0.5

    def keep(self, write: Callable[[Path], None], *, every: float = 30.0) -> None:
        """Call it after each step: has `write` write a checkpoint every so many seconds, and when the program is to stop, which it then does.

        `write` is given the path of a file, which takes its place as `checkpoint()` once it is whole.
        """
        if not self.stopping and time.monotonic() - self._kept < every:
            return
        target = Path(self.paths["checkpoint"]) / "state"
        write(target.with_suffix(".partial"))
        os.replace(target.with_suffix(".partial"), target)
        self._kept = time.monotonic()
        if self.stopping:
            self.log("stopped on request; its checkpoint is written")
            sys.exit(STOPPED)

    def preview(self, net: Network, device: Any = None, *, every: float = 20.0) -> None:
        """Call it after each step: has the dashboard show, every so many seconds or as often as it takes a hundredth of the time, what the network makes of eight training images in one step.

        In rows below the images: from the noise levels at the quantiles 0.2, 0.4, 0.6 and 0.8 of the design, and from its highest. No random number of the training is drawn.
        """
        now = time.monotonic()
        if "preview" not in self.paths or now - self._previewed < max(every, 100 * self._preview_took):
            return
        try:
            self._write_preview(net, device)
        except Exception as error:  # a training is worth more than its picture
            self._previewed = math.inf
            self.log(f"no further previews: {error}")
            return
        self._previewed = time.monotonic()
        self._preview_took = self._previewed - now

    def _write_preview(self, net: Network, device: Any) -> None:
        n = min(8, len(self.images), max(1, 400_000 // (6 * self.images[0].size)))
        x0 = self.data_units(self.images[:n])
        label = self._tensors("images")["labels"][:n].astype(np.int64) if self.labels else None
        eps = np.random.default_rng(0).standard_normal(x0.shape).astype(np.float32)
        rows = [x0] + [self._denoised_once(net, device, x0, eps, int(share * 65535), label) for share in (0.2, 0.4, 0.6, 0.8, 1.0)]
        low, high = (x0.min(), x0.max()) if self.images.dtype != np.uint8 else (-self.data_range, self.data_range)
        sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
        scaled = np.nan_to_num((sheet - low) / (high - low) * 255)
        with _whole(self.paths["preview"]) as file:
            file.write(_png(scaled.clip(0, 255).round().astype(np.uint8)))

    def _denoised_once(self, net: Network, device: Any, x0: np.ndarray, eps: np.ndarray, row: int, label: Optional[np.ndarray]) -> np.ndarray:
        """x0-hat of noised images [n,h,w,c]."""
        c = {name: np.float32(column[row]) for name, column in self.design.items()}
        y = x0 + c["sigma"] * eps
        if device is None:
            return c["cSkip"] * y + c["cOut"] * net(self._normalised(c["cIn"] * y), np.full(len(y), c["conditioning"], np.float32), label)
        torch = _torch()
        # a part may be in another mode than the whole: a frozen encoder
        modes = [(part, part.training) for part in net.modules()] if hasattr(net, "modules") else []
        there = lambda array: torch.from_numpy(np.ascontiguousarray(array)).to(device)  # noqa: E731
        with torch.no_grad():
            for part, _ in modes:
                part.training = False
            try:
                output = net(self._normalised(there((c["cIn"] * y).transpose(0, 3, 1, 2))), there(np.full(len(y), c["conditioning"], np.float32)), None if label is None else there(label))
            finally:
                for part, was in modes:
                    part.training = was
        return c["cSkip"] * y + c["cOut"] * output.float().permute(0, 2, 3, 1).cpu().numpy()

    def checkpoint(self) -> Optional[Path]:
        """What an earlier attempt kept, if it can be seen from here. From now on SIGTERM only sets `stopping`, and `keep` ends the program."""
        self._keeps = True
        path = Path(self.paths["checkpoint"]) / "state"
        return path if path.exists() else None

    def save(self, sets: Mapping[str, Mapping[str, Array]], losses: Optional[Sequence[float]] = None) -> None:
        """Writes the outcome of a training: sets of weights by name, `{"ema": {...}, "weights": {...}}`, as tensors "ema/NAME" of one safetensors file, as the built-in networks' are; and the loss of each step."""
        write_tensors(self.paths["weights"], {f"{name}/{key}": tensor for name, tensors in sets.items() for key, tensor in tensors.items()})
        if losses is not None:
            with _whole(self.paths["losses"]) as file:
                file.write(json.dumps([float(loss) for loss in losses]).encode())

    def diverged(self, loss: float, step: int) -> NoReturn:
        _leave(DIVERGED, f"The loss became {loss} at step {step + 1}; lower learningRate")

    # -- training, whole

    def train(self, net: Any, device: Any = "cpu", *, forward: Optional[Network] = None, autocast: Any = None, like_built_in: bool = False, export: Callable[[Mapping[str, Any]], Mapping[str, Array]] = dict) -> None:
        """Trains a torch module by the sweep's recipe (Adam or AdamW, its learning rates, clipping, EMA), keeps checkpoints, goes on from one, and saves EMA and weights.

        `forward` is called in place of `net`, such as torch.compile(net); `autocast`, such as torch.bfloat16, is the type of its products; `like_built_in` as in `batches`;
        `export` turns a state_dict into the tensors to save.
        """
        torch = _torch()
        torch.set_num_threads(self.raw["threads"])
        self.versions(device)
        optimiser_, clip = self.raw["train"]["optimiser"], self.raw["train"]["gradientClip"]
        if optimiser_["kind"] != "adam":
            self.unsupported(f"the optimiser {optimiser_['kind']}: this program has Adam alone")
        net.to(device).train()
        parameters = list(net.parameters())
        ema = {name: value.detach().clone() for name, value in net.state_dict().items()}
        optimiser = torch.optim.AdamW(parameters, lr=0.0, eps=optimiser_["epsilon"], weight_decay=optimiser_["weightDecay"])
        losses: List[float] = []
        kept = self.checkpoint()
        if kept is not None:
            state = torch.load(kept, map_location=device)
            net.load_state_dict(state["net"])
            optimiser.load_state_dict(state["optimiser"])
            ema, losses = state["ema"], state["losses"]
            self.log(f"goes on after step {len(losses)}, from its checkpoint")
        pending: List[Any] = []

        def settle() -> None:
            for loss in pending:
                losses.append(float(loss))
                if not math.isfinite(losses[-1]):
                    self.diverged(losses[-1], len(losses) - 1)
            pending.clear()

        def write(path: Path) -> None:
            settle()
            torch.save({"net": net.state_dict(), "ema": ema, "optimiser": optimiser.state_dict(), "losses": losses}, path)

        kind = torch.device(device).type
        with _passing(torch):
            for batch in self.batches(device, start=len(losses), like_built_in=like_built_in):
                group = optimiser.param_groups[0]
                group["lr"], group["betas"] = float(self.recipe["learningRate"][batch.step]), (float(self.recipe["beta1"][batch.step]), optimiser_["beta2"])
                with torch.autocast(kind, dtype=autocast, enabled=autocast is not None):
                    loss = self.loss(forward or net, batch)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                if clip is not False:
                    torch.nn.utils.clip_grad_norm_(parameters, clip)
                optimiser.step()
                with torch.no_grad():
                    part = 1 - float(self.recipe["emaDecay"][batch.step])
                    for name, value in net.state_dict().items():
                        if value.is_floating_point():
                            ema[name].lerp_(value, part)
                        else:
                            ema[name].copy_(value)
                pending.append(loss.detach())
                # a number read from a GPU waits for it
                if kind == "cpu" or len(pending) == 20 or batch.step + 1 == self.steps:
                    settle()
                    self.report(len(losses) / self.steps, f"step {len(losses)} of {self.steps}, loss {losses[-1]:.4f}", step=len(losses), loss=losses[-1], learningRate=group["lr"])
                self.preview(net, device)
                self.keep(write)
        self.save({"ema": export(ema), "weights": export(net.state_dict())}, losses)

    def weights(self, of: str = "ema") -> Dict[str, Any]:
        """A set of the weights that `save` wrote, as torch tensors by name where torch is imported, else as arrays."""
        torch = sys.modules.get("torch")
        found = {name[len(of) + 1 :]: array for name, array in read_tensors(self.paths["weights"]).items() if name.startswith(f"{of}/")}
        return {name: torch.from_numpy(np.array(array)) if torch is not None else array for name, array in found.items()}

    # -- sampling and features

    def sample(self, net: Network, device: Any = None, *, batch: int = 64, autocast: Any = None) -> None:
        """Generates the images and writes them. In torch with a device, else in numpy. Images do not depend on `batch`."""
        trajectory = json.loads(Path(self.paths["trajectory"]).read_text())
        tensors, count = self._tensors("noise"), self.raw["sample"]["count"]
        images = np.empty(tensors["noise"].shape[1:], np.float32)
        on_torch = device is not None
        torch = _torch() if on_torch else None
        if torch is not None:
            torch.set_num_threads(self.raw["threads"])
            if hasattr(net, "eval"):
                net.to(device).eval()  # type: ignore[attr-defined]
        self.versions(device)
        with contextlib.ExitStack() as stack:
            if torch is not None:
                stack.enter_context(_passing(torch))
                stack.enter_context(torch.no_grad())
                stack.enter_context(torch.autocast(torch.device(device).type, dtype=autocast, enabled=autocast is not None))
            for start in range(0, count, batch):
                part = slice(start, min(start + batch, count))
                images[part] = self._generated(net, trajectory, part, device)
                self.report(part.stop / count, f"images {start + 1} to {part.stop} of {count}")
        if not np.isfinite(images).all():
            _leave(DIVERGED, "A pixel is no longer a finite number; set clampX0, or take more steps")
        write_tensors(self.paths["images"], {"images": images})

    def _generated(self, net: Network, trajectory: Mapping[str, Any], part: slice, device: Any) -> np.ndarray:
        """Images of one batch, [m,h,w,c]."""
        noise, labels = self._tensors("noise")["noise"], self._tensors("noise")["labels"][part] if self.labels else None
        torch = _torch() if device is not None else None

        def there(array: np.ndarray) -> Array:
            return np.array(array) if torch is None else torch.from_numpy(np.array(array)).to(device)

        def draw(k: int) -> Array:
            drawn = there(noise[k, part])
            return drawn if torch is None else drawn.permute(0, 3, 1, 2).contiguous()

        label, none = (None, None) if labels is None else (there(labels), there(np.full(len(labels), -1, np.int64)))

        def network(x: Array, c: float, with_class: bool) -> Array:
            level = there(np.full(x.shape[0], c, np.float32))
            output = net(self._normalised(x), level, label if with_class else none)
            return output if torch is None else output.float()

        end = run_trajectory(trajectory, draw, network)
        return end if torch is None else end.permute(0, 2, 3, 1).cpu().numpy()

    def embed(self, features: Callable[[np.ndarray], Array], *, batch: int = 256) -> None:
        """Writes the features of all images. `features` takes images in [-data_range, data_range], float32 [m,h,w,c], and gives [m,d]; row i is to depend on image i alone."""
        self.versions()
        count, rows = len(self.images), []
        for start in range(0, count, batch):
            rows.append(_numpy(features(self.data_units(self.images[start : start + batch]))).astype(np.float32))
            self.report(min(1.0, (start + batch) / count), f"images {start + 1} to {min(start + batch, count)} of {count}")
        found = np.concatenate(rows)
        if not np.isfinite(found).all():
            _leave(DIVERGED, "A feature is not a finite number")
        write_tensors(self.paths["features"], {"features": found})


def load(path: Optional[str] = None) -> Task:
    """The task that this process was started for: that of ELUCIDATE_TASK. From then on SIGTERM ends it with exit code 143, or by `Task.keep`."""
    raw = json.loads(Path(path or os.environ["ELUCIDATE_TASK"]).read_text())
    if raw["contract"] != CONTRACT:
        _leave(UNSUPPORTED, f"The task is of contract {raw['contract']}; this program knows {CONTRACT}")
    task = Task(raw)

    def stop(*_: Any) -> None:
        task.stopping = True
        if not task._keeps:
            sys.exit(STOPPED)

    signal.signal(signal.SIGTERM, stop)
    return task


def _leave(code: int, message: str) -> NoReturn:
    print(message, file=sys.stderr, flush=True)
    sys.exit(code)


@contextlib.contextmanager
def _passing(torch: Any) -> Iterator[None]:
    """A GPU that is full may be so because others use it: the stage is tried again."""
    try:
        yield
    except RuntimeError as error:
        if "out of memory" not in str(error):
            raise
        _leave(PASSING, str(error))


def _torch() -> Any:
    import torch

    return torch
