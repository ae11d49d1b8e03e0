#!/usr/bin/python3
"""backprop-cli where memory is short: it ends, with a result or with one sentence, and never hangs or is killed.

  limits.py BACKPROP-CLI
"""
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import zlib
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
        done = run([cli, 'train', '--data', data, '--threads', '2', '--oversubscribe', '--steps', '9'], mebibytes)
        one = done.returncode == 1 and len(done.stderr.splitlines()) == 1 and not done.stdout
        tap.check(f'train with {mebibytes} MiB trains, or says why not', one or done.returncode == 0, done.stderr)
        trained.append(done.returncode == 0)
    tap.check('with too little it does not, with enough it does', not trained[0] and trained[-1], trained)


def bomb(folder, good):
    """2.6 MB of gzip that become 2.6 GB: as many black pictures."""
    n, label = 3_300_000, b'\0' * 1000
    folder.mkdir()
    for name, content in good.items():
        (folder / name).write_bytes(content)
    (folder / 'train-images-idx3-ubyte').unlink()
    # After a full flush the same bytes are packed in the same way again: packed once, written 3300 times.
    head, block = struct.pack('>BBBB3I', 0, 0, 8, 3, n, 28, 28), bytes(784 * 1000)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    begin, _, packed = [packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for part in (head, block, block)]
    checksum = zlib.crc32(head)
    for _ in range(n // 1000):
        checksum = zlib.crc32(block, checksum)
    end = b'\3\0' + struct.pack('<2I', checksum, len(head) + 784 * n)
    (folder / 'train-images-idx3-ubyte.gz').write_bytes(begin + packed * (n // 1000) + end)
    (folder / 'train-labels-idx1-ubyte').write_bytes(struct.pack('>BBBBI', 0, 0, 8, 1, n) + label * (n // 1000))
    return folder


def refused(tap, name, done, peak, *words):
    """One sentence with its sum, and nothing of that was taken: `peak` is the most memory that was in use."""
    lines = done.stderr.splitlines()
    tap.check(f'{name}: one sentence with {", ".join(words)}', done.returncode == 1 and len(lines) == 1
              and all(w in lines[0] for w in words), (done.returncode, done.stderr))
    tap.check(f'{name}: before anything is taken', peak < 150 << 10, f'{peak} KiB')


def measured(command, prepare):
    """What it said, and the most memory it used, in KiB."""
    with tempfile.TemporaryFile('w+') as said:
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=ENVIRONMENT, preexec_fn=prepare)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return subprocess.CompletedProcess(command, running.returncode, '', said.read()), usage.ru_maxrss


# More than 1.5 GB, each in its own way: weights, their states, what flows through them.
LARGE = {'weights': ['network.1.out_features=65536', 'network.3.out_features=4096'],
         'the memory of an optimizer': ['optimizer.kind=LBFGS', 'network.1.out_features=20000'],
         'a batch': ['data.batch_size=50000', 'data.validation_fraction=0.1', 'network.1.out_features=20000']}


def check_memory(tap, cli, data, large, where, prepare):
    for arguments in (['data', 'info', large], ['train', '--data', large]):
        done, peak = measured([cli, *arguments], prepare)
        refused(tap, f'a gzip bomb, {arguments[0]}, {where}', done, peak, '3300020 images of 784 bytes', '2.6 GB',
                'free')
    for name, sets in LARGE.items():
        sets = [part for s in sets for part in ('--set', s)]
        for place in (['--data', 'practice'], ['--data', data]):
            done, peak = measured([cli, 'train', *place, *sets], prepare)
            refused(tap, f'{name}, {place[1] if place[1] == "practice" else "files"}, {where}', done, peak,
                    'This run would take', 'GB of memory', 'free')
    done, peak = measured([cli, 'train', '--data', data, '--steps', '3'], prepare)
    tap.check(f'what fits is trained, {where}', done.returncode == 0, done.stderr)


def own_group():
    """The folder of this process's group of version 1, or None."""
    try:
        lines = Path('/proc/self/cgroup').read_text().splitlines()
        path = next(line.split(':', 2)[2] for line in lines if 'memory' in line.split(':')[1].split(','))
        return Path('/sys/fs/cgroup/memory' + path.rstrip('/'))
    except (OSError, StopIteration, IndexError):
        return None


def check_group(tap, cli, data, large):
    """In a group of 1.5 GB, below this process's own, where one can be made."""
    group = (own_group() or Path('/nonexistent')) / f'backprop-test-{os.getpid()}'
    try:
        group.mkdir()
    except OSError as error:
        return tap.skip('in a group', f'none can be made here: {error}')
    try:
        (group / 'memory.limit_in_bytes').write_text(str(1500 << 20))
        check_memory(tap, cli, data, large, 'in a group', lambda: (group / 'cgroup.procs').write_text(str(os.getpid())))
    finally:
        group.rmdir()


def check_early(tap, cli, large):
    """What a recipe alone can be blamed for is said before the data are read: these would take a while, and be refused
    themselves."""
    for name, sets, words in (
            ('a schedule', 'scheduler={"kind": "OneCycleLR", "total_steps": 3}', 'scheduler.total_steps'),
            ('a layer', 'network=["Flatten", {"kind": "Linear", "out_features": 10}, "Conv2d"]', 'network.2'),
            ('a transform', 'data.transforms=["ToTensor", {"kind": "Resize", "size": 0}]', 'data.transforms.1'),
            ('what is watched', 'scheduler={"kind": "ReduceLROnPlateau", "metric": "validation_loss"}', 'validation')):
        done, _ = measured([cli, 'train', '--data', large, '--set', sets], lambda: None)
        tap.check(f'{name} is refused first', done.returncode == 1 and len(done.stderr.splitlines()) == 1
                  and words in done.stderr, done.stderr)


def check_threads(tap, cli, data):
    """A run on one thread has it, the one that collects its records, and the one that draws the bar: OpenBLAS starts
    none of its own."""
    running = subprocess.Popen([cli, 'train', '--data', data, '--device', 'cpu', '--threads', '1', '--set',
                                'loop.epochs=1000', '--set', 'data.batch_size=1'],
                               stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    running.stdout.readline()
    names = [task.name for task in Path(f'/proc/{running.pid}/task').iterdir()]
    running.kill()
    running.communicate()
    tap.check('no threads but its own', len(names) == 3, names)


def check_cap(tap, cli, data):
    """More threads than cores only take turns: they are asked for twice."""
    cores = len(os.sched_getaffinity(0))
    command = [cli, 'train', '--data', data, '--device', 'cpu', '--steps', '2', '--json', '--threads']
    many = run([*command, '64'], 20000)
    used = json.loads(many.stdout)['threads']
    tap.check('more threads than cores are capped, and that is said', 1 <= used <= cores < 64
              and f'{used} thread' in many.stderr and '--oversubscribe' in many.stderr, (used, many.stderr))
    insisted = run([*command, '64', '--oversubscribe'], 20000)
    tap.check('--oversubscribe insists', json.loads(insisted.stdout)['threads'] == 64 and not insisted.stderr,
              insisted.stderr)
    one = subprocess.run(['taskset', '-c', str(min(os.sched_getaffinity(0))), *command, '0'], capture_output=True,
                         text=True, env=ENVIRONMENT, timeout=30)
    tap.check('all cores are those that taskset leaves', json.loads(one.stdout)['threads'] == 1, one.stderr)


def main(cli):
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix='backprop-limits-') as name:
        data = write_data(Path(name) / 'data', good_files())
        check_address_space(tap, cli, data)
        check_threads(tap, cli, data)
        check_cap(tap, cli, data)
        large = bomb(Path(name) / 'bomb', good_files())
        check_memory(tap, cli, data, large, 'ulimit -v', lambda: resource.setrlimit(resource.RLIMIT_AS, (1500 << 20,) * 2))
        check_group(tap, cli, data, large)
        check_early(tap, cli, large)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1])))
