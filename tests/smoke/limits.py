#!/usr/bin/python3
"""backprop-cli where memory is short: it ends, with a result or with one sentence, and never hangs or is killed.

  limits.py BACKPROP-CLI
"""
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from bad_input import good_files, write_data
from tap import Tap

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(('BACKPROP_DATA', 'OPENBLAS_', 'OMP_'))}


def run(command, mebibytes):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20))

    try:
        return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=30, preexec_fn=limit)
    except subprocess.TimeoutExpired as error:
        return subprocess.CompletedProcess(command, -1, '', f'does not end: {error}')


def check_address_space(tap, cli, data):
    """ulimit -v: 60 to 190 MiB is less than OpenBLAS takes for itself."""
    for mebibytes in (*range(60, 200, 10), 300):
        done = run([cli, '--version'], mebibytes)
        tap.check(f'--version with {mebibytes} MiB', done.returncode == 0 and not done.stderr, done.stderr)
    trained = []
    for mebibytes in (*range(60, 400, 20), 500, 700, 1000):
        done = run([cli, 'train', '--data', data, '--threads', '2', '--steps', '9'], mebibytes)
        one = done.returncode == 1 and len(done.stderr.splitlines()) == 1 and not done.stdout
        tap.check(f'train with {mebibytes} MiB trains, or says why not', one or done.returncode == 0, done.stderr)
        trained.append(done.returncode == 0)
    tap.check('with too little it does not, with enough it does', not trained[0] and trained[-1], trained)


def check_threads(tap, cli, data):
    """A run on one thread has it, and the one that draws the bar: OpenBLAS starts none of its own."""
    running = subprocess.Popen([cli, 'train', '--data', data, '--device', 'cpu', '--threads', '1', '--set',
                                'loop.epochs=1000', '--set', 'data.batch_size=1'],
                               stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    running.stdout.readline()
    names = [task.name for task in Path(f'/proc/{running.pid}/task').iterdir()]
    running.kill()
    running.communicate()
    tap.check('no threads but its own', len(names) == 2, names)


def main(cli):
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix='backprop-limits-') as name:
        data = write_data(Path(name) / 'data', good_files())
        check_address_space(tap, cli, data)
        check_threads(tap, cli, data)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1])))
