#!/usr/bin/env python3
"""Writes torch_streams.json: the random numbers that a PyTorch program gets on the CPU after
torch.manual_seed(0), for test-torch-streams.c.

  make_streams.py OUT.json

Weights are given by their first five values, their sum and the 64-bit FNV-1a hash of their bytes, so
that every bit counts; orders of samples by their first sixteen entries and a weighted sum. Needs PyTorch 1.13 or newer."""
import json
import sys

import torch
from torch import nn


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{h:016x}"


def summary(tensor):
    t = tensor.detach()
    return {"shape": list(t.shape), "first": t.flatten()[:5].tolist(), "sum": t.double().sum().item(),
            "fnv1a": fnv1a(t.numpy().tobytes())}


def draw(function):
    torch.manual_seed(0)
    return function()


def tutorial():
    """The tutorial's network, then Xavier weights, then two epochs of a shuffled loader."""
    torch.manual_seed(0)
    layers = [nn.Linear(784, 64), nn.Linear(64, 64), nn.Linear(64, 10)]
    default = [summary(p) for layer in layers for p in (layer.weight, layer.bias)]
    for layer in layers:
        nn.init.xavier_uniform_(layer.weight)
    xavier = [summary(layer.weight) for layer in layers]
    loader = torch.utils.data.DataLoader(range(60000), batch_size=8, shuffle=True)
    orders = [torch.cat(list(loader)).tolist() for _ in range(2)]
    epochs = [{"first": order[:16], "last": order[-16:],
               "weighted_sum": sum((i + 1) * x for i, x in enumerate(order))} for order in orders]
    return {"default": default, "xavier_uniform_": xavier, "epochs": epochs}


def small_loader():
    """Also without shuffling each pass over a loader draws one number, which the next draw shows."""
    data = list(range(10))
    shuffled = torch.utils.data.DataLoader(data, batch_size=4, shuffle=True)
    plain = torch.utils.data.DataLoader(data, batch_size=4, drop_last=True)
    epochs = [[b.tolist() for b in loader] for loader in (shuffled, plain, shuffled)]
    return {"shuffled, plain with drop_last, shuffled": epochs, "rand after": torch.rand(1).tolist()}


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    linear = draw(lambda: nn.Linear(4, 3))
    content = {
        "torch": torch.__version__.split("+")[0],
        "rand5": draw(lambda: torch.rand(5).tolist()),
        "randn3": draw(lambda: torch.randn(3).tolist()),
        "randn20": draw(lambda: torch.randn(20).tolist()),
        "normal100_mean_0.5_std_0.02": draw(lambda: torch.empty(100).normal_(0.5, 0.02).tolist()),
        "randperm10": draw(lambda: torch.randperm(10).tolist()),
        "linear_4_3": {"weight": linear.weight.flatten().tolist(), "bias": linear.bias.tolist()},
        "uniform1000": draw(lambda: summary(torch.empty(1000).uniform_(-0.3, 0.7))),
        "small_loader": draw(small_loader),
        "tutorial": tutorial(),
    }
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
