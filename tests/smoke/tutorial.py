#!/usr/bin/python3
"""The tutorial's three epochs by backprop-cli: on real MNIST where it lies beside the source tree, on
practice digits otherwise. Accuracy in PyTorch's range for several seeds; the same seed gives the same
bits twice, and on one and two threads. With $BACKPROP_TEST_HALF the second time is the one on two threads.

  tutorial.py BACKPROP-CLI MNIST-DIRECTORY SEEDS
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from tap import Tap


def train(cli, data, log, *arguments):
    done = subprocess.run([cli, 'train', '--data', data, '--json', '--log', log, *arguments],
                          capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {'failed': done.stderr}


def check_accuracy(tap, report, real):
    # PyTorch's own runs of this recipe on MNIST end between 0.968 and 0.975.
    least = 0.965 if real else 0.93
    seed = report.get('seed')
    accuracy = report.get('test_accuracy', 0)
    tap.check(f'seed {seed}: test accuracy {accuracy:.4f} is at least {least}', accuracy >= least, report)
    tap.check(f'seed {seed}: it fell short of the training accuracy by less than 0.02',
              0 <= report.get('train_accuracy', 1) - accuracy < 0.02, report)


def main(cli, mnist, seeds):
    tap = Tap()
    real = (Path(mnist) / 'train-images-idx3-ubyte.gz').exists()
    data = mnist if real else 'practice'
    print(f"# on {'MNIST' if real else 'practice digits'}")
    with tempfile.TemporaryDirectory() as folder:
        logs = [Path(folder) / f'{i}.csv' for i in range(3)]
        for seed in range(int(seeds) if real else 1):
            report = train(cli, data, logs[0], '--seed', str(seed), '--threads', '1')
            check_accuracy(tap, report, real)
            if seed == 0:
                again = report
                if 'BACKPROP_TEST_HALF' not in os.environ:
                    again = train(cli, data, logs[1], '--seed', '0', '--threads', '1')
                    tap.check('the same seed gives the same losses', logs[1].read_bytes() == logs[0].read_bytes())
                wide = train(cli, data, logs[2], '--seed', '0', '--threads', '2')
                first = logs[0].read_bytes()
                tap.check('every step is in the log', first.count(b'\n') == 22501)
                tap.check('two threads give the same losses', logs[2].read_bytes() == first)
                tap.check('and the same accuracies',
                          report['test_accuracy'] == again['test_accuracy'] == wide['test_accuracy']
                          and report['train_accuracy'] == wide['train_accuracy'])
                lrs = [epoch['lr'] for epoch in report['epochs']]
                tap.check('the learning rate falls tenfold per epoch',
                          all(abs(lr / 10 ** -(3 + i) - 1) < 1e-12 for i, lr in enumerate(lrs)), lrs)
        # As many threads as work is cut for: a wide network takes the pool.
        wide = ['--seed', '3', '--steps', '200', '--set', 'data.batch_size=256', '--set',
                'network.1.out_features=512', '--set', 'network.3.out_features=300']
        for i, threads in enumerate('12'):
            train(cli, data, logs[i], '--threads', threads, *wide)
        tap.check('a wide network: two threads give the same losses',
                  logs[0].read_bytes() == logs[1].read_bytes() and logs[0].stat().st_size > 1000)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
