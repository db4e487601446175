"""The U-Net, loss, Adam and EMA of elucidate in PyTorch: the reference that engines are timed against.

python3 torch_unet.py '{"threads": 1, "batch": 64, "resolution": 32, "channels": [32, 64, 128], "blocks": 2, "groups": 8,
  "training": {"warmUp": 2, "steps": 2}, "denoising": {"warmUp": 1, "steps": 2}}'

Prints one line of JSON. The same layers in the same order as libs/diffusion/src/unet.ts, so that both have equally many parameters.
"""
import json
import math
import os
import resource
import sys
import time

asked = json.loads(sys.argv[1])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(asked["threads"])

import torch  # noqa: E402  (reads the environment)
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402


def conv(inputs, outputs, side=3, stride=1, bias=False):
    return nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=bias)


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


class UNet(nn.Module):
    def __init__(self, channels, blocks, groups):
        super().__init__()
        finest, width = channels[0], 4 * channels[0]
        frequencies = torch.tensor([256 ** (i / max(1, finest - 1)) for i in range(finest)])
        self.register_buffer("frequencies", frequencies)
        self.embed = nn.Sequential(nn.Linear(2 * finest, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.enter = conv(1, finest, bias=True)
        pairs = list(zip(channels, channels[1:]))
        self.shrink = nn.ModuleList(conv(above, below, stride=2) for above, below in pairs)
        self.down = nn.ModuleList(nn.ModuleList(Block(c, c, groups, width) for _ in range(blocks)) for c in channels)
        self.middle = Block(channels[-1], channels[-1], groups, width)
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
        h = self.middle(h, level)
        for i in reversed(range(len(self.up))):
            for block in self.up[i]:
                h = block(torch.cat([h, kept.pop()], 1), level)
            h = self.grow[i - 1](F.interpolate(h, scale_factor=2, mode="nearest")) if i > 0 else h
        return self.leave(F.silu(self.norm(h)))


def timed(step, warm_up, steps):
    """Seconds of each step after the warm-up: by the clock, and of all processors."""
    times = []
    for i in range(warm_up + steps):
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        if i >= warm_up:
            times.append({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
    return times


def product_rate(size=1024, tries=6):
    """GFLOP/s of the BLAS, the best of a few products."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    best = math.inf
    for _ in range(tries):
        began = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best / 1e9


def main():
    torch.set_num_threads(asked["threads"])
    torch.manual_seed(1)
    batch, size = asked["batch"], asked["resolution"]
    network = UNet(asked["channels"], asked["blocks"], asked["groups"])
    ema = [p.detach().clone() for p in network.parameters()]
    adam = torch.optim.Adam(network.parameters(), lr=1e-3)
    images = torch.rand(4 * batch, 1, size, size) * 2 - 1

    def train():
        x0 = images[torch.randint(len(images), (batch,))]
        eps, t = torch.randn_like(x0), torch.rand(batch)
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

    y, c = torch.randn(batch, 1, size, size), torch.ones(batch)

    def denoise():
        with torch.no_grad():
            network(y, c)

    print(json.dumps({
        "engine": {"backend": "torch", "version": torch.__version__, "threads": torch.get_num_threads(), "device": "CPU"},
        "parameters": sum(p.numel() for p in network.parameters()),
        "productRate": product_rate(),
        "training": timed(train, asked["training"]["warmUp"], asked["training"]["steps"]),
        "denoising": timed(denoise, asked["denoising"]["warmUp"], asked["denoising"]["steps"]),
        "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))


main()
