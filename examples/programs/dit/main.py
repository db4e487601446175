"""A diffusion transformer in PyTorch, on a GPU if there is one: a network that the built-in engine does not have.

Settings: `patch` (2), `width` (128), `depth` (4), `heads` (4); `precision`, float32, tf32 or bf16 (float32); `compile`, true for torch.compile (false).
"""
import torch

from dit import DiT
from program import load

task = load()
shape = {name: int(task.settings.get(name, default)) for name, default in (("patch", 2), ("width", 128), ("depth", 4), ("heads", 4))}
precision, compiled = task.settings.get("precision", "float32"), bool(task.settings.get("compile", False))
if task.kind == "embed" or precision not in ("float32", "tf32", "bf16") or task.size % shape["patch"] or (compiled and not hasattr(torch, "compile")):
    task.unsupported(f"a task of kind {task.kind}, precision {precision}, images of {task.size} pixels in patches of {shape['patch']}, torch.compile {compiled} in torch {torch.__version__}")
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision != "float32"
autocast = torch.bfloat16 if precision == "bf16" else None

torch.manual_seed(task.seed)
net = DiT(task.size, task.channels, task.classes, **shape, dropout=task.raw["train"]["dropout"] if task.kind == "train" else 0.0)
forward = torch.compile(net) if compiled else net
if task.kind == "train":
    task.train(net, device, forward=forward, autocast=autocast)
else:
    net.load_state_dict(task.weights())
    net.to(device).eval()
    task.sample(forward, device, autocast=autocast, batch=64 if device == "cpu" else 512)
