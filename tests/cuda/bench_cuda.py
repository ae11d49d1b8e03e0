#!/usr/bin/python3
"""How fast the GPU trains, as Markdown tables for tests/bench/RESULTS.md: whole networks beside their two
floors and PyTorch on the same GPU in the same run, then single operations beside cuBLAS and cuDNN. Where PyTorch
cannot be imported or sees no GPU, its columns say so.

  bench_cuda.py BACKPROP-CLI BENCH-OPS [--device cuda] [--data DIR|practice] [--brief]

--brief takes a few steps of everything, to see that it runs (with the emulator, for example).
"""
import argparse
import ctypes
import json
import subprocess
import sys
import tempfile
from pathlib import Path

# CUDA C++ Programming Guide, arithmetic instructions: FP32 multiply-adds of a multiprocessor in one clock
LANES = {(7, 5): 64, (8, 0): 64, (8, 6): 128, (8, 9): 128, (9, 0): 128, (10, 0): 128, (12, 0): 128}
CNN = [{'kind': 'Conv2d', 'out_channels': 32, 'padding': 1}, {'kind': 'BatchNorm2d'}, {'kind': 'ReLU'},
       {'kind': 'MaxPool2d'}, {'kind': 'Conv2d', 'out_channels': 64, 'padding': 1}, {'kind': 'BatchNorm2d'},
       {'kind': 'ReLU'}, {'kind': 'MaxPool2d'}, {'kind': 'Flatten'}, {'kind': 'Linear', 'out_features': 10}]


def linear_flop(sizes):
    """Multiply-adds count two. y and dW for every layer, dx for all but the first."""
    pairs = [2 * a * b for a, b in zip(sizes, sizes[1:])]
    return 2 * sum(pairs) + sum(pairs[1:])


def cnn_flop():
    first, second, last = 2 * 32 * 9 * 784, 2 * 64 * 288 * 196, 2 * 3136 * 10
    return 2 * first + 3 * second + 3 * last


def cnn_bytes():
    """Each layer's output is written once and read by the layer after it forwards and backwards, its gradient
    written and read once: five passes over each, ReLU in place."""
    outputs = [32 * 784] * 2 + [32 * 196] + [64 * 196] * 2 + [64 * 49]
    return 784 + 5 * 4 * sum(outputs)


# name, batch, steps, FLOP and bytes of device memory of one sample. The tutorial's weights and moments, 0.9 MB,
# can stay on the chip, so that its pictures alone have to be read.
CASES = [('tutorial', 8, 22500, linear_flop([784, 64, 64, 10]), 784 + 4),
         ('tutorial', 512, 1170, linear_flop([784, 64, 64, 10]), 784 + 4),
         ('cnn', 512, 234, cnn_flop(), cnn_bytes())]


class Device:
    """What the driver says of GPU 0: name, peak FP32 rate and bandwidth of its memory, or None."""

    def __init__(self):
        self.name, self.flops, self.bandwidth = 'no GPU', None, None
        try:
            cuda = ctypes.CDLL('libcuda.so.1')
        except OSError:
            return
        device, text = ctypes.c_int(), ctypes.create_string_buffer(256)
        if cuda.cuInit(0) or cuda.cuDeviceGet(ctypes.byref(device), 0):
            return
        cuda.cuDeviceGetName(text, 256, device)
        self.name = text.value.decode()

        def attribute(number):
            value = ctypes.c_int()
            return value.value if not cuda.cuDeviceGetAttribute(ctypes.byref(value), number, device) else 0

        # numbers of CUdevice_attribute: 13 clock in kHz, 16 multiprocessors, 36 memory clock in kHz, 37 bus in
        # bits, 75 and 76 compute capability
        lanes = LANES.get((attribute(75), attribute(76)), 128)
        self.flops = 2e3 * lanes * attribute(16) * attribute(13) or None
        self.bandwidth = 2e3 * attribute(36) * attribute(37) / 8 or None


def ours(options, name, batch_size, steps):
    """Steps a second, or what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        recipe = 'tutorial'
        if name == 'cnn':
            recipe = Path(folder) / 'cnn.json'
            recipe.write_text(json.dumps({'version': 1, 'network': CNN}))
        epochs = -(-steps * batch_size // 60000)
        done = subprocess.run([options.cli, 'train', recipe, '--device', options.device, '--data', options.data, '--json',
                               '--set', f'data.batch_size={batch_size}', '--set', f'loop.epochs={epochs}',
                               '--steps', str(steps)], capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip()
    report = json.loads(done.stdout)
    return report['steps'] / report['seconds']


def torch_results(brief):
    try:
        done = subprocess.run([sys.executable, Path(__file__).with_name('torch_gpu.py'), '1'], capture_output=True, text=True,
                              timeout=5 if brief else 150)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {'version': None, 'loops': {}, 'ops': {}}


def number(value, digits=0):
    return '–' if value is None else f'{value:,.{digits}f}'.replace(',', ' ')


def floors(device, flop, n_bytes):
    """Seconds that the arithmetic and the bytes take at least."""
    return (flop / device.flops if device.flops else None, n_bytes / device.bandwidth if device.bandwidth else None)


def micro(seconds, digits=2):
    return number(None if seconds is None else 1e6 * seconds, digits)


def networks(options, device, torch):
    print('| network | batch | it/s | samples/s | µs a step | floor: arithmetic, µs | floor: bytes, µs | '
          'PyTorch eager, it/s | compiled | graph |\n|---|' + '--:|' * 9)
    for name, batch_size, steps, flop, n_bytes in CASES:
        if options.brief:
            batch_size, steps = 8, 3
        rate = ours(options, name, batch_size, steps)
        if isinstance(rate, str):
            print(f'| {name} | {batch_size} | {rate} |' + ' |' * 7)
            continue
        arithmetic, memory = floors(device, flop * batch_size, n_bytes * batch_size)
        theirs = [torch['loops'].get(f'{name} {batch_size} {way}') for way in ('eager', 'compiled', 'graph')]
        cells = [number(rate), number(rate * batch_size), micro(1 / rate), micro(arithmetic), micro(memory), *map(number, theirs)]
        print(f'| {name} | {batch_size} | ' + ' | '.join(cells) + ' |', flush=True)


def operations(options, device, torch):
    done = subprocess.run([options.ops, options.device] + (['1'] if options.brief else []), capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr.strip())
    print('\n| operation | shape | µs | GFLOP/s | floor: arithmetic, µs | floor: bytes, µs | PyTorch, µs |\n|---|---|' + '--:|' * 5)
    for line in done.stdout.splitlines():
        op = json.loads(line)
        arithmetic, memory = floors(device, op['flop'], op['bytes'])
        theirs = torch['ops'].get(f"{op['op']} {op['shape']}")
        cells = [micro(op['seconds']), number(op['flop'] / op['seconds'] / 1e9), micro(arithmetic), micro(memory), micro(theirs)]
        print(f"| {op['op']} | {op['shape']} | " + ' | '.join(cells) + ' |')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('cli')
    parser.add_argument('ops')
    parser.add_argument('--device', default='cuda')
    parser.add_argument('--data', default='practice')
    parser.add_argument('--brief', action='store_true')
    options = parser.parse_args()
    device, torch = Device(), torch_results(options.brief)
    print(f'{device.name}; peak FP32 {number(device.flops and device.flops / 1e12, 1)} TFLOP/s, memory '
          f'{number(device.bandwidth and device.bandwidth / 1e12, 2)} TB/s; '
          + (f"PyTorch {torch['version']}, FP32 without TF32." if torch['version'] else 'PyTorch with CUDA is not there.') + '\n')
    networks(options, device, torch)
    operations(options, device, torch)


if __name__ == '__main__':
    main()
