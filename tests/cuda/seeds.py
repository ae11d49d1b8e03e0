#!/usr/bin/python3
"""The tutorial's recipe on the GPU from five seeds: its test accuracies, how they compare with the CPU's from the
same seeds, and that one seed gives the same losses twice.

  seeds.py BACKPROP-CLI [--device cuda] [--data DIR|practice] [--brief]
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SEEDS = range(5)
FIRST = 50  # losses that have to follow the CPU's
TOLERANCE = 1e-3
APART = 0.01  # by which the accuracies may differ on average; from one seed to the next they differ by 0.003


def train(options, device, seed, log):
    command = [options.cli, 'train', 'tutorial', '--device', device, '--data', options.data, '--seed', str(seed), '--json',
               '--log', str(log)] + (['--steps', '60'] if options.brief else [])
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f'{" ".join(command)}: {done.stderr.strip()}')
    losses = [float(line.split(',')[2]) for line in Path(log).read_text().splitlines()[1:]]
    return json.loads(done.stdout), losses


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('cli')
    parser.add_argument('--device', default='cuda')
    parser.add_argument('--data', default='practice')
    parser.add_argument('--brief', action='store_true')
    options = parser.parse_args()
    good, sums = True, {options.device: 0, 'cpu': 0}
    print('| seed | accuracy | on the CPU | first losses differ by | seconds |\n|--:|--:|--:|--:|--:|')
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            ours, losses = train(options, options.device, seed, Path(folder) / 'a.csv')
            cpu, wanted = train(options, 'cpu', seed, Path(folder) / 'b.csv')
            worst = max(abs(a / b - 1) for a, b in zip(losses[:FIRST], wanted[:FIRST], strict=True))
            good = good and worst < TOLERANCE
            for name, report in ((options.device, ours), ('cpu', cpu)):
                sums[name] += report['test_accuracy'] / len(SEEDS)
            print(f"| {seed} | {ours['test_accuracy']:.4f} | {cpu['test_accuracy']:.4f} | {worst:.1e} | {ours['seconds']:.3f} |")
        _, again = train(options, options.device, SEEDS[-1], Path(folder) / 'a.csv')
    apart = sums[options.device] - sums['cpu']
    print(f'\nOn average {apart:+.4f} from the CPU. The last seed a second time: '
          + ('the same losses.' if again == losses else 'OTHER LOSSES.'))
    return 0 if good and again == losses and abs(apart) < APART else 1


if __name__ == '__main__':
    sys.exit(main())
