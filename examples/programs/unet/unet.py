"""The built-in U-Nets (libs/diffusion/src/unet.ts) in PyTorch, under the same parameter names: the same function of weights and input.

Images are [n,c,h,w] here and [n,h,w,c] there, so kernels are [out,in,side,side] and [out,in] here, [side,side,in,out] and [in,out] there;
`to_built_in` and `from_built_in` turn one into the other.
"""
import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Wiring:
    """As in libs/diffusion/src/wiring.ts."""

    biases: bool
    kept: str
    resampling: str
    middle_blocks: int
    up_attention: str
    sum_scale: float
    sinusoids: int
    epsilon: float


WIRINGS = {
    "compact": Wiring(False, "blocks", "changing convolution", 1, "each", 1.0, 2, 1e-5),
    "ddpm": Wiring(True, "all", "convolution", 2, "each", 1.0, 1, 1e-5),
    "ddpm++": Wiring(True, "all", "block", 2, "last", math.sqrt(0.5), 1, 1e-6),
}


@dataclass(frozen=True)
class Shape:
    """A network as a sweep describes it: docs/spec.md."""

    channels: tuple
    blocks: int
    attention: object = False
    groups: int = 8
    architecture: str = "compact"
    base_channels: int = 0
    """0: those of the finest level."""
    head_channels: int = 0
    """0: one head."""
    scale_shift: bool = False

    @property
    def base(self):
        return self.base_channels or self.channels[0]


NAMED = {
    "tiny": Shape((16, 32), 1, groups=4),
    "small": Shape((16, 32, 64), 2),
    "base": Shape((32, 64, 128), 2),
    "large": Shape((32, 64, 128, 256), 2, attention=True),
    "lesson": Shape((32, 64, 128, 256), 2, attention=(1, 2, 3), architecture="ddpm", head_channels=8),
    "ddpm++": Shape((256, 256, 256), 4, attention=(1,), groups=32, architecture="ddpm++", base_channels=128),
}
"""As in libs/experiment/src/design.ts."""


def named(name, **changes):
    return replace(NAMED[name], **changes)


class Kernel(nn.Module):
    """A kernel, normal with variance 1/inputs or zero, and perhaps a bias."""

    def __init__(self, *shape, bias, zero=False):
        super().__init__()
        inputs = math.prod(shape[1:])
        self.kernel = nn.Parameter(torch.zeros(shape) if zero else torch.randn(shape) / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(shape[0])) if bias else None


class Conv(Kernel):
    def __init__(self, inputs, outputs, side=3, bias=False, zero=False, stride=1, same=True):
        super().__init__(outputs, inputs, side, side, bias=bias, zero=zero)
        self.stride, self.same = stride, same

    def forward(self, x):
        if self.stride == 2 and self.same:  # TensorFlow's SAME, which for even sides has zeros only after the image
            return F.conv2d(F.pad(x, (0, 1, 0, 1)), self.kernel, self.bias, stride=2)
        return F.conv2d(x, self.kernel, self.bias, stride=self.stride, padding=self.kernel.shape[-1] // 2)


class Dense(Kernel):
    def __init__(self, inputs, outputs, bias=True, zero=False):
        super().__init__(outputs, inputs, bias=bias, zero=zero)

    def forward(self, x):
        return F.linear(x, self.kernel, self.bias)


class Norm(nn.Module):
    """Group norm, then SiLU unless turned off."""

    def __init__(self, channels, groups, epsilon, silu=True):
        super().__init__()
        self.scale, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.groups, self.epsilon, self.silu = groups, epsilon, silu

    def forward(self, x):
        # under autocast the means and variances are float32 everywhere, on a CPU as on a GPU
        y = F.group_norm(x.float(), self.groups, self.scale, self.bias, self.epsilon)
        return F.silu(y) if self.silu else y


class Embedding(nn.Module):
    """Sinusoids of the level, dense, SiLU, dense, plus the vector of the class, SiLU."""

    def __init__(self, features, width, classes):
        super().__init__()
        half = features // 2
        self.register_buffer("frequencies", torch.tensor([256 ** (i / max(1, half - 1)) for i in range(half)], dtype=torch.float64).float(), persistent=False)
        self.add_module("0", Dense(features, width))
        self.add_module("1", Dense(width, width))
        self.label = nn.Parameter(torch.randn(classes, width)) if classes else None

    def forward(self, level, label):
        angles = level[:, None] * self.frequencies
        first, second = (self._modules[name] for name in "01")
        embedded = second(F.silu(first(torch.cat([angles.cos(), angles.sin()], 1))))
        if self.label is not None and label is not None:  # no class is the zero vector
            embedded = embedded + torch.where((label >= 0)[:, None], self.label[label.clamp(min=0)], torch.zeros_like(embedded))
        return F.silu(embedded)


class Attention(nn.Module):
    """Self-attention over all positions, added to its input."""

    def __init__(self, channels, shape, wiring):
        super().__init__()
        self.norm = Norm(channels, shape.groups, wiring.epsilon, silu=False)
        self.query, self.key, self.value = (Dense(channels, channels, bias=wiring.biases) for _ in range(3))
        self.out = Dense(channels, channels, bias=wiring.biases, zero=True)
        self.heads, self.sum_scale = channels // (shape.head_channels or channels), wiring.sum_scale

    def forward(self, x):
        rows = self.norm(x).flatten(2).transpose(1, 2)  # [n,t,c]
        n, t, c = rows.shape
        split = lambda y: y.reshape(n, t, self.heads, c // self.heads).transpose(1, 2)  # noqa: E731
        query, key, value = split(self.query(rows)), split(self.key(rows)), split(self.value(rows))
        if hasattr(F, "scaled_dot_product_attention"):
            seen = F.scaled_dot_product_attention(query, key, value)
        else:
            seen = (query @ key.transpose(2, 3) / math.sqrt(c / self.heads)).softmax(3) @ value
        seen = self.out(seen.transpose(1, 2).reshape(n, t, c))
        return (x + seen.transpose(1, 2).reshape(x.shape)) * self.sum_scale


class Block(nn.Module):
    """Norm, convolution, the level, norm, convolution; added to its input; attention if any."""

    def __init__(self, inputs, outputs, shape, wiring, attention=False, resample=None):
        super().__init__()
        bias = wiring.biases
        self.norm1, self.conv1 = Norm(inputs, shape.groups, wiring.epsilon), Conv(inputs, outputs, bias=bias)
        self.level = Dense(4 * shape.base, 2 * outputs if shape.scale_shift else outputs)
        self.norm2, self.conv2 = Norm(outputs, shape.groups, wiring.epsilon, silu=not shape.scale_shift), Conv(outputs, outputs, bias=bias, zero=True)
        self.skip = Conv(inputs, outputs, 1, bias=bias) if inputs != outputs or resample else None
        self.resample = {"down": lambda x: F.avg_pool2d(x, 2), "up": lambda x: F.interpolate(x, scale_factor=2.0, mode="nearest"), None: lambda x: x}[resample]
        self.scale_shift, self.sum_scale = shape.scale_shift, wiring.sum_scale
        self.attention = Attention(outputs, shape, wiring) if attention else None

    def forward(self, x, level, dropout):
        h = self.conv1(self.resample(self.norm1(x)))
        projected = self.level(level)[:, :, None, None]
        if self.scale_shift:
            scale, shift = projected.chunk(2, 1)
            h = F.silu(self.norm2(h) * (1 + scale) + shift)
        else:
            h = self.norm2(h + projected)
        kept = self.resample(x)
        h = self.conv2(F.dropout(h, dropout, self.training)) + (kept if self.skip is None else self.skip(kept))
        h = h * self.sum_scale
        return h if self.attention is None else self.attention(h)


class UNet(nn.Module):
    """x [n,c,h,w], level [n], label [n] or None -> [n,c,h,w]; h and w divisible by 2^(levels - 1). The output starts at zero."""

    def __init__(self, shape, channels=1, classes=0, dropout=0.0):
        super().__init__()
        wiring = WIRINGS[shape.architecture]
        self.wiring, self.dropout, last = wiring, dropout, len(shape.channels) - 1
        attends = lambda level: not isinstance(shape.attention, bool) and level in shape.attention  # noqa: E731
        self.embedding = Embedding(wiring.sinusoids * shape.base, 4 * shape.base, classes)
        self.enter = Conv(channels, shape.base, bias=True)
        now, kept = shape.base, [shape.base] if wiring.kept == "all" else []
        self.down, self.up = nn.ModuleDict(), nn.ModuleDict()
        for level, out in enumerate(shape.channels):
            stage = self.down[str(level)] = nn.ModuleDict()
            if level > 0:
                if wiring.resampling == "block":
                    stage["shrink"] = Block(now, now, shape, wiring, resample="down")
                else:
                    same = wiring.resampling == "changing convolution"
                    stage["shrink"] = Conv(now, out if same else now, bias=wiring.biases, stride=2, same=same)
                    now = out if same else now
                if wiring.kept == "all":
                    kept.append(now)
            for i in range(shape.blocks):
                stage[str(i)] = Block(now, out, shape, wiring, attends(level))
                now = out
                kept.append(now)
        self.middle = Block(now, now, shape, wiring, shape.attention is not False)
        if wiring.middle_blocks == 2:
            self.middle.add_module("1", Block(now, now, shape, wiring))
        count = shape.blocks + (wiring.kept == "all")
        for level in range(last, -1, -1):
            stage = self.up[str(level)] = nn.ModuleDict()
            for i in range(count):
                attention = attends(level) and (wiring.up_attention == "each" or i == count - 1)
                stage[str(i)] = Block(now + kept.pop(), shape.channels[level], shape, wiring, attention)
                now = shape.channels[level]
            if level > 0:
                if wiring.resampling == "block":
                    stage["grow"] = Block(now, now, shape, wiring, resample="up")
                else:
                    out = shape.channels[level - 1] if wiring.resampling == "changing convolution" else now
                    stage["grow"] = Conv(now, out, bias=wiring.biases)
                    now = out
        self.leave = Conv(now, channels, bias=True, zero=True)
        self.leave.norm = Norm(now, shape.groups, wiring.epsilon)

    def forward(self, x, level, label=None):
        embedded = self.embedding(level, label)
        run = lambda module, h: module(h, embedded, self.dropout) if isinstance(module, Block) else module(h)  # noqa: E731
        h = self.enter(x)
        kept = [h] if self.wiring.kept == "all" else []
        for stage in self.down.values():
            for name, module in stage.items():
                h = run(module, h)
                if name != "shrink" or self.wiring.kept == "all":
                    kept.append(h)
        h = run(self.middle, h)
        if self.wiring.middle_blocks == 2:
            h = run(self.middle._modules["1"], h)
        for stage in self.up.values():
            for name, module in stage.items():
                if name != "grow":
                    h = torch.cat([h, kept.pop()], 1)
                elif not isinstance(module, Block):
                    h = F.interpolate(h, scale_factor=2.0, mode="nearest")
                h = run(module, h)
        return self.leave(self.leave.norm(h))


def to_built_in(state):
    """Parameters by name in the layout of the built-in networks' files."""
    return {name: _moved(name, p.detach().cpu(), (2, 3, 1, 0)).contiguous() for name, p in state.items()}


def from_built_in(arrays):
    """A state_dict from parameters in that layout, tensors or arrays."""
    return {name: _moved(name, torch.as_tensor(array), (3, 2, 0, 1)).contiguous() for name, array in arrays.items()}


def _moved(name, p, order):
    if not name.endswith(".kernel"):
        return p
    return p.permute(*order) if p.dim() == 4 else p.t()
