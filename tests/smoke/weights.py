#!/usr/bin/python3
"""Weights in files: train --save, train --weights, eval and predict agree with each other.  weights.py BACKPROP_CLI

That PyTorch computes the same with them is suite torch's question."""
import gzip
import json
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
    for command, word in (('eval', 'backprop-cli eval RECIPE'), ('predict', 'train --save')):
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
    return tap.done()


sys.exit(main())
