#!/usr/bin/python3
"""The tutorial's loop as the notebook writes it, in PyTorch: a DataLoader over tensors, AdamW. Prints
JSON: iterations per second after a warm-up, and the losses of the first steps.

  torch_loop.py MNIST-DIRECTORY BATCH-SIZE STEPS [SEED]
"""
import gzip
import json
import struct
import sys
import time
from pathlib import Path

import numpy
import torch
from torch import nn


def read_idx(path):
    data = gzip.open(path).read()
    dims = struct.unpack(f'>{data[3]}I', data[4:4 + 4 * data[3]])
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3]).reshape(dims)


class Digits(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.images = torch.from_numpy(read_idx(folder / 'train-images-idx3-ubyte.gz').copy())
        self.labels = read_idx(folder / 'train-labels-idx1-ubyte.gz')

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.images[i].to(torch.float32).div(255).unsqueeze(0), int(self.labels[i])


def make_model():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return model


def main(folder, batch_size, steps, seed):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loss_fn = nn.CrossEntropyLoss()
    loader = torch.utils.data.DataLoader(Digits(Path(folder)), batch_size=batch_size, shuffle=True)
    losses, warm_up, started = [], steps // 10, 0
    for step, (images, labels) in enumerate(loader):
        if step == warm_up:
            started = time.perf_counter()
        if step == steps:
            break
        optimizer.zero_grad()
        loss = loss_fn(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    rate = (len(losses) - warm_up) / (time.perf_counter() - started)
    print(json.dumps({'version': torch.__version__, 'iterations_per_second': rate, 'losses': losses[:100]}))


if __name__ == '__main__':
    main(sys.argv[1], *(int(a) for a in (sys.argv[2:] + ['0'])[:3]))
