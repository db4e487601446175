"""The U-Net, loss, Adam and EMA of elucidate in PyTorch: the reference that engines are timed against.

python3 torch_unet.py '{"device": "cpu", "threads": 1, "tf32": false, "batch": 64, "resolution": 32, "productSize": 1024,
  "channels": [32, 64, 128], "blocks": 2, "attention": false, "groups": 8,
  "training": {"warmUp": 2, "steps": 2}, "denoising": {"warmUp": 1, "steps": 2}}'

With "outputs": true instead of the counts of steps it prints what the network makes of fixed images with fixed weights, which
bench/src/same-network.ts compares with what libs/diffusion does.

"device" is cpu, cuda or mps; "tf32" lets a GPU multiply with the ten bits of TensorFloat-32 instead of float32's twenty-three.

Prints one line of JSON. The same function as libs/diffusion/src/unet.ts.
"""
import json
import math
import os
import resource
import sys
import time

settings = json.loads(sys.argv[1])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(settings["threads"])

import torch  # noqa: E402  (reads the environment)
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402


def conv(inputs, outputs, side=3, bias=False):
    return nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=bias)


class Shrink(nn.Module):
    """A convolution of stride 2 with TensorFlow's padding SAME, which for even sides has zeros only after the image."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, 2, bias=False)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Block(nn.Module):
    """Group norm, SiLU, convolution, plus a projection of the noise level, and once more; added to its input."""

    def __init__(self, inputs, outputs, groups, width):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(groups, inputs), conv(inputs, outputs)
        self.level = nn.Linear(width, outputs)
        self.norm2, self.conv2 = nn.GroupNorm(groups, outputs), conv(outputs, outputs)
        self.skip = conv(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, level):
        h = self.conv1(F.silu(self.norm1(x))) + self.level(level)[:, :, None, None]
        return self.conv2(F.silu(self.norm2(h))) + self.skip(x)


class Attention(nn.Module):
    """Single-head self-attention over all positions, added to its input."""

    def __init__(self, channels, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels)
        self.query, self.key, self.value, self.out = (nn.Linear(channels, channels, bias=False) for _ in range(4))

    def forward(self, x):
        rows = self.norm(x).flatten(2).transpose(1, 2)
        scores = self.query(rows) @ self.key(rows).transpose(1, 2) / math.sqrt(x.shape[1])
        seen = self.out(scores.softmax(2) @ self.value(rows))
        return x + seen.transpose(1, 2).reshape(x.shape)


class UNet(nn.Module):
    def __init__(self, channels, blocks, attention, groups):
        super().__init__()
        finest, width = channels[0], 4 * channels[0]
        frequencies = torch.tensor([256 ** (i / max(1, finest - 1)) for i in range(finest)])
        self.register_buffer("frequencies", frequencies)
        self.embed = nn.Sequential(nn.Linear(2 * finest, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.enter = conv(1, finest, bias=True)
        pairs = list(zip(channels, channels[1:]))
        self.shrink = nn.ModuleList(Shrink(above, below) for above, below in pairs)
        self.down = nn.ModuleList(nn.ModuleList(Block(c, c, groups, width) for _ in range(blocks)) for c in channels)
        self.middle = Block(channels[-1], channels[-1], groups, width)
        self.attend = Attention(channels[-1], groups) if attention else nn.Identity()
        self.up = nn.ModuleList(nn.ModuleList(Block(2 * c, c, groups, width) for _ in range(blocks)) for c in channels)
        self.grow = nn.ModuleList(conv(below, above) for above, below in pairs)
        self.norm, self.leave = nn.GroupNorm(groups, finest), conv(finest, 1, bias=True)

    def forward(self, x, c):
        angles = c[:, None] * self.frequencies[None]
        level = self.embed(torch.cat([angles.cos(), angles.sin()], 1))
        h, kept = self.enter(x), []
        for i, blocks in enumerate(self.down):
            h = self.shrink[i - 1](h) if i > 0 else h
            for block in blocks:
                h = block(h, level)
                kept.append(h)
        h = self.attend(self.middle(h, level))
        for i in reversed(range(len(self.up))):
            for block in self.up[i]:
                h = block(torch.cat([h, kept.pop()], 1), level)
            h = self.grow[i - 1](F.interpolate(h, scale_factor=2, mode="nearest")) if i > 0 else h
        return self.leave(F.silu(self.norm(h)))


def numbers_of(name, count):
    """As numbersOf in libs/training/src/fixed-outputs.ts."""
    phase = sum(ord(letter) * (i + 1) for i, letter in enumerate(name))
    x = torch.sin(12.9898 * torch.arange(1, count + 1, dtype=torch.float64) + phase) * 43758.5453
    return (2 * (x - x.floor()) - 1).float()


def our_name(name):
    """A parameter's name in libs/diffusion."""
    *path, kind = name.split(".")
    where = ".".join(path)
    if path[0] == "embed":
        where = f"embedding.{int(path[1]) // 2}"
    elif path[0] == "shrink":
        where = f"down.{int(path[1]) + 1}.shrink"
    elif path[0] == "grow":
        where = f"up.{int(path[1]) + 1}.grow"
    elif path[0] == "attend":
        where = f"middle.attention.{path[1]}"
    elif path[0] == "norm":
        where = "leave.norm"
    return f"{where}.{'bias' if kind == 'bias' else 'scale' if 'norm' in path[-1] else 'kernel'}"


def set_weights(network):
    """As weightOf in libs/training/src/fixed-outputs.ts: their kernels are [side, side, in, out] and [in, out]."""
    with torch.no_grad():
        for name, p in network.named_parameters():
            ours = our_name(name)
            shape = p.shape if p.dim() == 1 else p.shape[::-1] if p.dim() == 2 else (p.shape[2], p.shape[3], p.shape[1], p.shape[0])
            numbers = numbers_of(ours, p.numel()).reshape(tuple(shape))
            numbers = numbers * (math.sqrt(3 / (p.numel() / shape[-1])) if p.dim() > 1 else 0.3) + (1 if ours.endswith(".scale") else 0)
            p.copy_(numbers.permute(3, 2, 0, 1) if p.dim() == 4 else numbers.t() if p.dim() == 2 else numbers)


def outputs():
    network = UNet(settings["channels"], settings["blocks"], settings["attention"], settings["groups"])
    set_weights(network)
    batch, size = settings["batch"], settings["resolution"]
    with torch.no_grad():
        y = network(numbers_of("x", batch * size * size).reshape(batch, 1, size, size), (torch.arange(batch) + 0.5) / batch)
    print(json.dumps({"outputs": y.flatten().tolist()}))


def timed(step, warm_up, steps):
    """Seconds of each step after the warm-up: by the clock, and of all processors."""
    times = []
    for i in range(warm_up + steps):
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        if i >= warm_up:
            times.append({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
    return times


def wait(device):
    """Wait until the GPU has finished its work."""
    if device != "cpu":
        getattr(torch, device).synchronize()


def product_rate(device, size, tries=6):
    """GFLOP/s of the BLAS, the best of a few products."""
    a, b = torch.randn(size, size, device=device), torch.randn(size, size, device=device)
    best = math.inf
    for _ in range(tries):
        wait(device)
        began = time.perf_counter()
        torch.mm(a, b)
        wait(device)
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best / 1e9


def main():
    device = settings["device"]
    torch.set_num_threads(settings["threads"])
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = settings["tf32"]
    torch.manual_seed(1)
    batch, size = settings["batch"], settings["resolution"]
    network = UNet(settings["channels"], settings["blocks"], settings["attention"], settings["groups"]).to(device)
    ema = [p.detach().clone() for p in network.parameters()]
    adam = torch.optim.Adam(network.parameters(), lr=1e-3)
    images = torch.rand(4 * batch, 1, size, size, device=device) * 2 - 1

    def train():
        x0 = images[torch.randint(len(images), (batch,), device=device)]
        eps, t = torch.randn_like(x0), torch.rand(batch, device=device)
        signal, noise = torch.cos(t * math.pi / 2)[:, None, None, None], torch.sin(t * math.pi / 2)[:, None, None, None]
        loss = F.mse_loss(network(signal * x0 + noise * eps, t), signal * eps - noise * x0)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        with torch.no_grad():
            for average, p in zip(ema, network.parameters()):
                average.lerp_(p, 0.01)
        return loss.item()

    y, c = torch.randn(batch, 1, size, size, device=device), torch.ones(batch, device=device)

    def denoise():
        with torch.no_grad():
            return network(y, c).cpu()

    print(json.dumps({
        "engine": {
            "backend": "torch-tf32" if settings["tf32"] else "torch", "version": torch.__version__, "threads": torch.get_num_threads(),
            "device": torch.cuda.get_device_name() if device == "cuda" else device,
        },
        "parameters": sum(p.numel() for p in network.parameters()),
        "productRate": product_rate(device, settings["productSize"]),
        "training": timed(train, settings["training"]["warmUp"], settings["training"]["steps"]),
        "denoising": timed(denoise, settings["denoising"]["warmUp"], settings["denoising"]["steps"]),
        "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))


outputs() if settings.get("outputs") else main()
