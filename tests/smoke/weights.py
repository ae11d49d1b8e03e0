#!/usr/bin/python3
"""Weights in files: train --save, train --weights, eval and predict agree with each other.  weights.py BACKPROP_CLI

That PyTorch computes the same with them is suite torch's question."""
import gzip
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'ref/traces'))
import pictures  # noqa: E402
from tap import Tap  # noqa: E402

CLI = sys.argv[1]
SIDE = 28


def call(*arguments):
    return subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True)


def chunk(name, data):
    body = name + data
    return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))


def png(rows):
    """Gray pictures by the words of the PNG specification."""
    header = struct.pack('>IIBBBBB', len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = zlib.compress(b''.join(b'\0' + bytes(row) for row in rows))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', data) + chunk(b'IEND', b'')


def write_test_pictures(folder):
    """The test pictures of the data set, a file each; their labels."""
    pixels = gzip.decompress((folder / 't10k-images-idx3-ubyte.gz').read_bytes())[16:]
    labels = gzip.decompress((folder / 't10k-labels-idx1-ubyte.gz').read_bytes())[8:]
    names = []
    for i in range(len(labels)):
        image = pixels[i * SIDE * SIDE:(i + 1) * SIDE * SIDE]
        names.append(folder / f'{i:03}.png')
        names[-1].write_bytes(png([image[y * SIDE:(y + 1) * SIDE] for y in range(SIDE)]))
    return names, labels


def check_agreement(tap, folder, weights):
    names, labels = write_test_pictures(folder)
    done = call('eval', '--weights', weights, '--data', folder, '--json')
    if not tap.check('eval', done.returncode == 0, done.stderr):
        return
    found = json.loads(done.stdout)
    done = call('predict', '--weights', weights, '--as-is', '--json', *names)
    if 'without GdkPixbuf' in done.stderr:
        tap.skip('predict', 'this build has no GdkPixbuf')
        return
    if not tap.check('predict', done.returncode == 0, done.stderr):
        return
    answers = json.loads(done.stdout)
    confusion = [[0] * 10 for _ in range(10)]
    for label, answer in zip(labels, answers):
        confusion[label][answer['class']] += 1
    tap.check('predict says of every picture what eval counts', confusion == found['confusion'], found)
    right = sum(confusion[k][k] for k in range(10))
    tap.check('accuracy is a fraction of these', abs(found['accuracy'] - right / len(labels)) < 1e-12, found)
    tap.check('and each class has its own', found['per_class'] == [row[k] / sum(row) for k, row in enumerate(confusion)])
    tap.check('probabilities add up to 1', all(abs(sum(answer['probabilities']) - 1) < 1e-5 and
                                               answer['probability'] == max(answer['probabilities']) for answer in answers))


def check_start(tap, folder, weights):
    """Training that begins with them begins with their loss."""
    first = call('train', '--weights', weights, '--data', folder, '--steps', 1, '--json', '--save', folder / 'next.safetensors')
    tap.check('train begins with them, and with their recipe', first.returncode == 0 and
              json.loads(first.stdout)['recipe'] == json.loads(call('recipe', 'show', folder / 'r.json').stdout), first.stderr)
    other = call('train', '--weights', weights, '--data', folder, '--set', 'network.1.out_features=5')
    tap.check('of another network they are refused', other.returncode == 1 and '"1.weight"' in other.stderr and
              len(other.stderr.strip().splitlines()) == 1, other.stderr)


def change(path, source, metadata=None, values=None):
    """A safetensors file with other metadata or all values: its header by the format's own description."""
    data = source.read_bytes()
    n = struct.unpack('<Q', data[:8])[0]
    header, body = json.loads(data[8:8 + n]), data[8 + n:]
    header['__metadata__'] = header['__metadata__'] if metadata is None else metadata
    text = json.dumps(header).encode()
    floats = [entry['data_offsets'] for entry in header.values() if entry.get('dtype') == 'F32']
    for first, end in floats if values is not None else ():
        body = body[:first] + struct.pack('<f', values) * ((end - first) // 4) + body[end:]
    path.write_bytes(struct.pack('<Q', len(text)) + text + body)
    return path


def check_files(tap, folder, weights):
    """What is no file, what leaves nothing behind, and what computes nothing."""
    picture = folder / '000.png'
    pipe, run, log = folder / 'pipe.safetensors', folder / 'new.bprun', folder / 'log.npz'
    os.mkfifo(pipe)
    train = ('train', folder / 'r.json', '--data', folder)
    huge = change(folder / 'huge.safetensors', weights, values=3e38)  # as float32: finite, and their sums are not
    foreign = change(folder / 'foreign.safetensors', weights, metadata={'format': 'pt'})
    for arguments, words in (
            (('eval', '--weights', pipe, '--data', folder), ['not a file']),
            ((*train, '--weights', weights, '--set', 'network.1.out_features=5', '--out', run), ['"1.weight"']),
            ((*train, '--log', log, '--save', folder / '.' / 'log.npz'), ['--log and --save both name']),
            ((*train, '--save', folder / 'x.npz', '--out', folder / 'x.npz'), ['--save and --out both name']),
            (('eval', '--weights', huge, '--data', folder), ['huge.safetensors', 'not a number']),
            (('predict', '--weights', huge, picture), ['huge.safetensors', '000.png', 'no finite numbers'])):
        done = call(*arguments)
        tap.check(f'{" ".join(Path(str(a)).name for a in arguments)} is refused', done.returncode == 1 and
                  all(word in done.stderr for word in words) and not done.stdout and
                  len(done.stderr.strip().splitlines()) == 1, f'{done.returncode} {done.stdout} {done.stderr}')
    tap.check('and nothing is left behind', not run.exists() and not log.exists() and not (folder / 'x.npz').exists())
    own = call('predict', '--weights', weights, '--as-is', picture)
    if own.returncode == 0:  # this build has GdkPixbuf
        named = call('predict', '--weights', foreign, '--recipe', folder / 'r.json', '--as-is', picture)
        tap.check('--recipe says what the file does not', named.stdout == own.stdout, named.stderr)
        odd = os.fsencode(folder) + b'/\xff\n\x1b[31m.png'
        Path(os.fsdecode(odd)).write_bytes(picture.read_bytes())
        done = call('predict', '--weights', weights, '--as-is', os.fsdecode(odd))
        tap.check('a name is a line of text', done.stdout.count('\n') == 1 and '\x1b' not in done.stdout, repr(done.stdout))
        done = call('predict', '--weights', weights, '--as-is', '--json', os.fsdecode(odd))
        tap.check('and JSON of any name', len(json.loads(done.stdout or '[]')) == 1, done.stdout)


def check_full_disk(tap, folder):
    """The log does not fit any more, which costs the log alone: nn_out_open() lets nobody see half of one."""
    log, kept = folder / 'long.csv', folder / 'kept.safetensors'
    limit = 100000  # bytes a file; the weights have 65000
    done = subprocess.run([CLI, 'train', folder / 'r.json', '--data', folder, '--set', 'loop.epochs=1000', '--log', log, '--save', kept],
                          capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    tap.check('a log that does not fit is said', done.returncode == 1 and 'long.csv cannot be written' in done.stderr, done.stderr)
    tap.check('and what was learned until then is kept', kept.exists() and not log.exists() and
              call('eval', '--weights', kept, '--data', folder).returncode == 0, done.stderr)


def check_refusals(tap, folder, weights):
    cut = folder / 'cut.safetensors'
    cut.write_bytes(weights.read_bytes()[:-100])
    blank = folder / 'blank.png'
    blank.write_bytes(png([[200] * 40] * 40))
    for arguments, word, status in (
            (('eval', '--weights', cut, '--data', folder), 'outside of it', 1),
            (('eval',), '--weights', 2),
            (('predict', '--weights', weights), 'picture', 2),
            (('predict', '--weights', weights, folder / 'none.png'), 'none.png', 1),
            (('predict', '--weights', weights, weights), 'cannot be read as an image', 1),
            (('train', '--save', folder / 'weights.pt'), '.safetensors', 1),
            (('train', '--save', folder / 'no/weights.npz'), 'no/weights.npz', 1),
            (('train', '--weights', folder / 'r.json', '--data', folder), 'safetensors', 1)):
        done = call(*arguments)
        tap.check(f'{" ".join(Path(str(a)).name for a in arguments)} is refused', done.returncode == status and
                  word in done.stderr and len(done.stderr.strip().splitlines()) == 1, f'{done.returncode} {done.stderr}')
    unnamed = folder / 'unnamed.safetensors'
    header = json.dumps({'0.weight': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}}).encode()
    unnamed.write_bytes(struct.pack('<Q', len(header)) + header + bytes(4))
    for command, word in (('eval', 'backprop-cli eval RECIPE'), ('predict', 'predict --recipe RECIPE')):
        done = call(command, '--weights', unnamed, *([blank] if command == 'predict' else []))
        tap.check(f'{command} of weights without a recipe says what to do', done.returncode == 1 and word in done.stderr and
                  ('eval' in done.stderr) == (command == 'eval'), done.stderr)
    done = call('predict', '--weights', weights, '--set', 'seed=1', blank)
    tap.check('an option that a command has not is refused', done.returncode == 2, done.stderr)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures.write(folder)
        recipe, weights = folder / 'r.json', folder / 'w.safetensors'
        recipe.write_text(json.dumps({'data': {'dataset': 'idx', 'batch_size': 20, 'transforms': ['ToTensor', {
            'kind': 'Normalize', 'mean': 0.2, 'std': 0.4}]}, 'network': ['Flatten', {'kind': 'Linear', 'out_features': 20},
                                                                        'BatchNorm1d', 'ReLU', {'kind': 'Linear', 'out_features': 10}]}))
        done = call('train', recipe, '--data', folder, '--steps', 40, '--save', weights, '--json')
        tap.check('a run that --steps ends saves its weights', done.returncode == 0 and weights.exists(), done.stderr)
        if weights.exists():
            check_agreement(tap, folder, weights)
            check_start(tap, folder, weights)
            check_refusals(tap, folder, weights)
            check_files(tap, folder, weights)
            check_full_disk(tap, folder)
    return tap.done()


sys.exit(main())
