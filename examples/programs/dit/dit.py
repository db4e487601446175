"""A diffusion transformer (Peebles & Xie 2023, "Scalable Diffusion Models with Transformers", DiT with adaLN-Zero), for small images."""
import math

import torch
import torch.nn.functional as F
from torch import nn


def sinusoids(x, features, fastest=256.0):
    """cos and sin of x [n] at features/2 geometrically spaced frequencies, from 1 to `fastest` radians per unit: [n,features]."""
    frequencies = fastest ** torch.linspace(0, 1, features // 2, device=x.device)
    angles = x[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], 1)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, t, c = x.shape
        query, key, value = self.qkv(x).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        if hasattr(F, "scaled_dot_product_attention"):
            seen = F.scaled_dot_product_attention(query, key, value)
        else:
            seen = (query @ key.transpose(2, 3) / math.sqrt(c / self.heads)).softmax(3) @ value
        return self.out(seen.transpose(1, 2).reshape(n, t, c))


class Block(nn.Module):
    """Attention and a perceptron, each scaled, shifted and gated by the condition; starts as the identity."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.norm1, self.norm2 = (nn.LayerNorm(width, elementwise_affine=False, eps=1e-6) for _ in range(2))
        self.attention = Attention(width, heads)
        self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(4 * width, width))
        self.modulation = zeroed(nn.Linear(width, 6 * width))

    def forward(self, x, condition):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(condition)[:, None].chunk(6, 2)
        x = x + gate1 * self.attention(self.norm1(x) * (1 + scale1) + shift1)
        return x + gate2 * self.perceptron(self.norm2(x) * (1 + scale2) + shift2)


class DiT(nn.Module):
    """x [n,c,h,w], level [n], label [n] (-1: none) or None -> [n,c,h,w]; the side is divisible by `patch`. The output starts at zero."""

    def __init__(self, size, channels, classes=0, patch=2, width=128, depth=4, heads=4, dropout=0.0):
        super().__init__()
        self.patch, self.width, self.side = patch, width, size // patch
        self.enter = nn.Conv2d(channels, width, patch, patch)
        self.position = nn.Parameter(0.02 * torch.randn(1, self.side**2, width))
        self.level = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.label = nn.Embedding(classes + 1, width) if classes else None
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.modulation = zeroed(nn.Linear(width, 2 * width))
        self.leave = zeroed(nn.Linear(width, channels * patch**2))

    def forward(self, x, level, label=None):
        condition = self.level(sinusoids(level, self.width))
        if self.label is not None and label is not None:
            condition = condition + self.label(label + 1)  # row 0: no class
        condition = F.silu(condition)
        h = self.enter(x).flatten(2).transpose(1, 2) + self.position
        for block in self.blocks:
            h = block(h, condition)
        shift, scale = self.modulation(condition)[:, None].chunk(2, 2)
        patches = self.leave(self.norm(h) * (1 + scale) + shift)
        return F.fold(patches.transpose(1, 2), (self.patch * self.side,) * 2, self.patch, stride=self.patch)


def zeroed(layer):
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
