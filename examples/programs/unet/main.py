"""The built-in U-Nets in PyTorch, on a GPU if there is one.

Settings: `network`, a named one (tiny); `precision`, float32, tf32 or bf16 (float32); `compile`, true for torch.compile (false);
`likeBuiltIn`, true for the built-in engine's own initial weights and noise, to be compared with it number by number (false; slow);
`weights`, a file of this folder with weights to take instead of training, as this program or the built-in engine writes them. They are right for the
design alone that they were trained with: schedule, scale, parameterisation, normalisation and conditioning; samplers, discretisations and steps are free.
"""
import math

import torch

from program import Stream, load, read_tensors
from unet import UNet, from_built_in, named, to_built_in

task = load()
network = str(task.settings.get("network", "tiny"))
precision = task.settings.get("precision", "float32")
like_built_in = bool(task.settings.get("likeBuiltIn", False))
if precision not in ("float32", "tf32", "bf16"):
    task.unsupported(f"precision {precision}: float32, tf32 or bf16")
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision != "float32"
autocast = torch.bfloat16 if precision == "bf16" else None

torch.manual_seed(task.seed)
net = UNet(named(network), task.channels, task.classes, dropout=task.raw["train"]["dropout"] if task.kind == "train" else 0.0)
if device == "cuda":
    net = net.to(memory_format=torch.channels_last)
compiled = bool(task.settings.get("compile", False))
if compiled and not hasattr(torch, "compile"):
    task.unsupported(f"torch.compile in torch {torch.__version__}: it came with 2.0")
forward = torch.compile(net) if compiled else net


def initial(name, p):
    """As the built-in engine draws it, from the stream of the parameter's name; zeros and ones are the same anyhow."""
    if not (name.endswith(".kernel") or name.endswith(".label")) or not p.any():
        return p
    std = math.sqrt(1 / math.prod(p.shape[:-1])) if name.endswith(".kernel") else 1.0
    return torch.from_numpy(std * Stream(task.seed, *map(ord, name)).normals(*p.shape))


def given(file):
    """The sets of weights of a file."""
    expected = {name: tuple(p.shape) for name, p in to_built_in(net.state_dict()).items()}
    sets = {"ema": {}, "weights": {}}
    for name, array in read_tensors(file).items():
        sets[name.split("/")[0]][name.split("/", 1)[1]] = array
    for name, arrays in sets.items():
        if {key: array.shape for key, array in arrays.items()} != expected:
            task.unsupported(f"{file}: its {name} are not those of the network {network} with {task.channels} channels and {task.classes} classes")
    return sets


if task.kind == "train" and "weights" in task.settings:
    task.versions(device)
    task.save(given(task.settings["weights"]))
elif task.kind == "train":
    if like_built_in:
        net.load_state_dict(from_built_in({name: initial(name, p) for name, p in to_built_in(net.state_dict()).items()}))
    task.train(net, device, forward=forward, autocast=autocast, like_built_in=like_built_in, export=to_built_in)
elif task.kind == "sample":
    net.load_state_dict(from_built_in(task.weights()))
    net.to(device).eval()
    task.sample(forward, device, autocast=autocast, batch=64 if device == "cpu" else 512)
else:
    task.unsupported(f"a task of kind {task.kind}")
