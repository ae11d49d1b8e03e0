#!/usr/bin/python3
"""What bench-cuda.py compares with: the same networks trained by PyTorch on the GPU, and single operations
through cuBLAS and cuDNN. Prints JSON. The pictures lie on the GPU as bytes and are gathered there, as ours
do, so that only the loops differ: eager; compiled, with CUDA graphs (torch.compile, reduce-overhead); and a
whole step captured by hand. FP32 without TF32 throughout.

  torch_gpu.py SECONDS          about how long each measurement takes
"""
import json
import sys
import time

import torch
from torch import nn

DEVICE = 'cuda'


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


def cnn():
    return nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(3136, 10))


class Loop:
    def __init__(self, make, batch_size):
        torch.manual_seed(0)
        self.images = torch.randint(0, 256, (60000, 1, 28, 28), dtype=torch.uint8, device=DEVICE)
        self.labels = torch.randint(0, 10, (60000,), device=DEVICE)
        self.model = make().to(DEVICE)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, capturable=True, fused=True)
        self.loss_fn = nn.CrossEntropyLoss()
        self.batch_size = batch_size
        self.order = torch.randperm(60000, device=DEVICE)
        self.at = torch.zeros(batch_size, dtype=torch.long, device=DEVICE)

    def forward_backward(self):
        images = self.images[self.at].float().div(255)
        loss = self.loss_fn(self.model(images), self.labels[self.at])
        loss.backward()
        return loss

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.forward_backward()
        self.optimizer.step()
        return loss

    def next(self, i):
        start = i * self.batch_size % (60000 - self.batch_size)
        self.at.copy_(self.order[start:start + self.batch_size])


def rate(loop, step, seconds):
    for i in range(20):
        loop.next(i)
        step()
    torch.cuda.synchronize()
    n, started = 0, time.perf_counter()
    while n < 50 or time.perf_counter() - started < seconds:
        for _ in range(50):
            loop.next(n)
            step()
            n += 1
        torch.cuda.synchronize()
    return n / (time.perf_counter() - started)


def eager(make, batch_size, seconds):
    loop = Loop(make, batch_size)
    return rate(loop, loop.step, seconds)


def compiled(make, batch_size, seconds):
    loop = Loop(make, batch_size)
    loop.model = torch.compile(loop.model, mode='reduce-overhead')
    return rate(loop, loop.step, seconds)


def graph(make, batch_size, seconds):
    loop = Loop(make, batch_size)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            loop.step()
    torch.cuda.current_stream().wait_stream(stream)
    captured = torch.cuda.CUDAGraph()
    loop.optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(captured):
        loop.forward_backward()
        loop.optimizer.step()
        loop.optimizer.zero_grad(set_to_none=False)
    return rate(loop, captured.replay, seconds)


def best(call, seconds):
    """Seconds of one call, many of them in one graph, as bench-ops does."""
    for _ in range(3):
        call()
    torch.cuda.synchronize()
    captured = torch.cuda.CUDAGraph()
    with torch.cuda.graph(captured):
        for _ in range(50):
            call()
    least, started = 1e30, time.perf_counter()
    while time.perf_counter() - started < seconds / 4:
        torch.cuda.synchronize()
        begin = time.perf_counter()
        captured.replay()
        torch.cuda.synchronize()
        least = min(least, (time.perf_counter() - begin) / 50)
    return least


def linear(N, n_in, n_out, seconds):
    x, w, dy = (torch.randn(*s, device=DEVICE) for s in ((N, n_in), (n_out, n_in), (N, n_out)))
    return {f'Linear y {N} × {n_out} × {n_in}': best(lambda: x @ w.t(), seconds),
            f'Linear dx {N} × {n_in} × {n_out}': best(lambda: dy @ w, seconds),
            f'Linear dW {n_out} × {n_in} × {N}': best(lambda: dy.t() @ x, seconds)}


def convolution(N, C, K, size, kernel, seconds):
    x, dy = torch.randn(N, C, size, size, device=DEVICE), torch.randn(N, K, size, size, device=DEVICE)
    w, b = torch.randn(K, C, kernel, kernel, device=DEVICE), torch.randn(K, device=DEVICE)
    pad, shape = kernel // 2, f'{N}: {C} → {K}, {size}², {kernel} × {kernel}'

    def backward(mask):
        return lambda: torch.ops.aten.convolution_backward(dy, x, w, [K], [1, 1], [pad, pad], [1, 1], False, [0, 0], 1, mask)

    return {f'Conv2d y {shape}': best(lambda: nn.functional.conv2d(x, w, b, padding=pad), seconds),
            f'Conv2d dx {shape}': best(backward([True, False, False]), seconds),
            f'Conv2d dW, db {shape}': best(backward([False, True, True]), seconds)}


def main(seconds):
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    result = {'version': torch.__version__, 'device': torch.cuda.get_device_name(), 'loops': {}, 'ops': {}}
    for name, make, batch_size in (('tutorial', mlp, 8), ('tutorial', mlp, 512), ('cnn', cnn, 512)):
        for way in (eager, compiled, graph):
            try:
                result['loops'][f'{name} {batch_size} {way.__name__}'] = way(make, batch_size, seconds)
            except Exception as error:  # torch.compile needs a compiler that the machine may lack
                print(f'{way.__name__}: {error}', file=sys.stderr)
    for shape in ((8, 784, 64), (512, 784, 64), (512, 784, 512), (512, 2048, 2048)):
        result['ops'].update(linear(*shape, seconds))
    for shape in ((512, 1, 32, 28, 3), (512, 32, 64, 14, 3), (512, 64, 64, 14, 5)):
        result['ops'].update(convolution(*shape, seconds))
    print(json.dumps(result))


if __name__ == '__main__':
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1)
