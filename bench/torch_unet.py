"""The loss, Adam and EMA of elucidate in PyTorch, on the U-Net of examples/programs/unet: the reference that engines are timed against.

python3 torch_unet.py '{"device": "cpu", "threads": 1, "tf32": false, "batch": 64, "resolution": 32, "productSize": 1024,
  "architecture": "compact", "channels": [32, 64, 128], "blocks": 2, "attention": false, "groups": 8, "scaleShift": false,
  "training": {"warmUp": 2, "steps": 2}, "denoising": {"warmUp": 1, "steps": 2}}'

With "outputs": true instead of the counts of steps it prints what the network makes of fixed images with fixed weights, which
bench/src/same-network.ts compares with what libs/diffusion does.

"device" is cpu, cuda or mps; "tf32" lets a GPU multiply with the ten bits of TensorFloat-32 instead of float32's twenty-three.

Prints one line of JSON.
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

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples", "programs", "unet"))
from unet import Shape, UNet, from_built_in, to_built_in  # noqa: E402


def network_of():
    attention = settings["attention"]
    return UNet(Shape(
        tuple(settings["channels"]), settings["blocks"], attention if isinstance(attention, bool) else tuple(attention), settings["groups"],
        settings["architecture"], settings.get("baseChannels", 0), settings.get("headChannels", 0), settings["scaleShift"]))


def numbers_of(name, count):
    """As numbersOf in libs/training/src/fixed-outputs.ts."""
    phase = sum(ord(letter) * (i + 1) for i, letter in enumerate(name))
    x = torch.sin(12.9898 * torch.arange(1, count + 1, dtype=torch.float64) + phase) * 43758.5453
    return (2 * (x - x.floor()) - 1).float()


def set_weights(network):
    """As weightOf in libs/training/src/fixed-outputs.ts."""
    weights = {}
    for name, p in to_built_in(network.state_dict()).items():
        factor = math.sqrt(3 / (p.numel() / p.shape[-1])) if p.dim() > 1 else 0.3
        weights[name] = numbers_of(name, p.numel()).reshape(p.shape) * factor + (1 if name.endswith(".scale") else 0)
    network.load_state_dict(from_built_in(weights))


def outputs():
    network = network_of()
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
    network = network_of().to(device)
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
