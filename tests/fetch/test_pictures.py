#!/usr/bin/python3
"""Folders of pictures, one folder per class, as backprop-cli reads them and trains on them.

  test_pictures.py BACKPROP-CLI FOLDER-DUMP

The pictures are written here, byte by byte, so that what must come out is known by construction; JPEG is
compared with what was drawn, within what its compression may lose. FOLDER-DUMP prints what was read.
"""
import json
import os
import random
import struct
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'smoke'))
from pictures import JPEG, Programs, flat, png, write
from tap import Tap

# ---- what is read ----

def halves(folder):
    files = {f'{half}/{name}/{i}.png': flat(value + i)
             for half, n in (('train', 3), ('test', 2)) for name, value in (('cat', 10), ('dog', 100), ('owl', 200))
             for i in range(n)}
    return write(folder, files)


def check_halves(tap, programs, folder):
    found = programs.dump(halves(folder), 28, 28)
    tap.check('classes by the order of their names', found['classes'] == ['cat', 'dog', 'owl'], found)
    tap.check('train/ and test/ are the halves', [p[0] for p in found['train']] == [0] * 3 + [1] * 3 + [2] * 3
              and [p[0] for p in found['test']] == [0, 0, 1, 1, 2, 2], found)
    tap.check('gray values are kept, files in the order of their names',
              [p[1] for p in found['train']] == [10, 11, 12, 100, 101, 102, 200, 201, 202], found)
    tap.check('nothing to be said about it', found['note'] == '', found['note'])


def check_val(tap, programs, folder):
    files = {f'{half}/{name}/0.PNG': flat(value) for half in ('train', 'val') for name, value in (('b', 1), ('a', 2))}
    found = programs.dump(write(folder, files), 28, 28)
    tap.check('val/ is as good as test/', found['test'] == [[0, 2], [1, 1]], found)


def check_split(tap, programs, folder):
    files = {f'{name}/{i:02}.png': flat(100 * k + i) for k, name in enumerate('ab') for i in range(8)}
    found = programs.dump(write(folder, files), 28, 28)
    everything = [[k, 100 * k + i] for k in range(2) for i in range(8)]
    tap.check('every 7th picture is for testing', found['test'] == everything[6::7], found['test'])
    tap.check('the others are for training', found['train'] == [p for i, p in enumerate(everything) if i % 7 != 6],
              found['train'])
    tap.check('and this is said', 'every 7th image is a test image, 2 in all' in found['note'], found['note'])


def check_colors(tap, programs, folder):
    colors = {'a': (png(28, 28, lambda x, y: (255, 0, 0), 2), 76), 'b': (png(28, 28, lambda x, y: (0, 255, 0), 2), 150),
               'c': (png(28, 28, lambda x, y: (0, 0, 255), 2), 29), 'd': (png(28, 28, lambda x, y: (0, 0, 0, 0), 6), 255),
               'e': (png(28, 28, lambda x, y: (0, 0, 0, 51), 6), 204),
               'f': (png(28, 28, lambda x, y: (255, 255, 255, 51), 6), 51),
               'g': (png(28, 28, lambda x, y: (0, 0, 255, 255), 6), 29)}
    files = {f'{half}/{name}/p.png': content for half in ('train', 'test') for name, (content, _) in colors.items()}
    found = programs.dump(write(folder, files), 28, 28)
    # Pillow's convert("L") of pure red, green and blue; dark ink on white paper, bright ink on black.
    tap.check('colors become gray as Pillow has it', [p[1] for p in found['train']] == [v for _, v in colors.values()],
              found['train'])
    tap.check('what is transparent is said', '6 images are transparent and were placed on black or white, whichever '
              'shows them (such as train/d/p.png).' in found['note'], found['note'])


def check_sizes(tap, programs, folder):
    half = lambda w, h: png(w, h, lambda x, y: (255 * (x >= w // 2),))
    write(folder, {'train/a/1.png': half(64, 48), 'train/a/2.png': half(20, 90), 'test/a/1.jpg': JPEG,
                   'train/b/1.png': flat(7, 1, 1), 'test/b/3.jpeg': JPEG})
    for rows, columns in ((28, 28), (6, 8), (48, 64), (256, 256), (1, 2)):
        found = programs.dump(str(folder), rows, columns)
        left, right = found['corners'][0]
        tap.check(f'scaled to {rows} × {columns}: shape', found['shape'] == [1, rows, columns], found['shape'])
        # Pillow's filter reaches over the edge between two pixels, a seventh of the way.
        tap.check(f'scaled to {rows} × {columns}: left is black, right white',
                  [left, right] == ([0, 255] if columns > 2 else [36, 219]), found['corners'])
        left, right = found['test_corners'][0]
        wanted = (0, 255) if columns > 2 else (36, 219)
        tap.check(f'JPEG to {rows} × {columns}', abs(left - wanted[0]) < 16 and abs(right - wanted[1]) < 16,
                  found['test_corners'])
    tap.check('different sizes are said', 'different sizes, up to 64 × 90, are scaled to 2 × 1' in found['note'],
              found['note'])


# torchvision's Compose([Grayscale(), Resize(size)]) of pattern(), 0.29 on Pillow 13.
PATTERN = {(47, 61, 4, 5): [126, 125, 128, 129, 130, 129, 129, 125, 128, 129,
                            126, 128, 129, 129, 128, 122, 126, 129, 130, 128],
           (3, 2, 4, 5): [53, 57, 64, 71, 76, 54, 58, 66, 73, 78, 55, 61, 69, 77, 83, 56, 62, 71, 79, 85]}


def pattern(x, y):
    return (x * 37 + y * 11) % 256, (x * y * 5 + 90) % 256, (y * y + x * 3) % 256


def check_pixels(tap, programs, folder):
    for i, ((width, height, rows, columns), pixels) in enumerate(PATTERN.items()):
        files = {f'{half}/{name}/1.png': png(width, height, pattern, 2) for half in ('train', 'test') for name in 'ab'}
        found = programs.dump(write(folder / str(i), files), rows, columns)
        tap.check(f'{width} × {height} is made gray and {columns} × {rows} as torchvision does it',
                  found['first'] == pixels, found['first'])


# ---- what is refused ----

def check_refusals(tap, programs, folder):
    cases = {
        'pictures that are not sorted': ({'1.png': flat(1), '2.png': flat(2)}, ['2 images that are not sorted']),
        'a half that is not sorted': ({'train/1.png': flat(1), 'train/2.png': flat(2), 'test/3.png': flat(2)},
                                      ['train contains 2 images that are not sorted']),
        'a class alone': ({'only/1.png': flat(1), 'only/2.png': flat(2)}, ['2 images: at least 7']),
        'too few to split': ({'a/1.png': flat(1), 'b/1.png': flat(2)}, ['2 images', 'at least 7']),
        'nothing that can be decoded': ({f'{k}/{i}.png': b'no picture' for k in 'ab' for i in range(5)},
                                        ['a/0.png cannot be read as an image']),
        'nothing but pictures of another kind': ({f'{k}/{i}.jxl': b'\xff\x0a' for k in 'ab' for i in range(5)},
                                                 ['no images of a kind that can be read on this system',
                                                  '10 .jxl']),
        'too many classes': ({f'{i:04}/1.png': flat(1, 1, 1) for i in range(1001)}, ['1001 classes', '1000']),
        'no pictures at all': ({'a/readme.txt': b'x'}, ['contains no data', 'one folder for each class', 'IDX']),
    }
    for i, (name, (files, words)) in enumerate(cases.items()):
        done = programs.run('train', '--data', write(folder / str(i), files), '--steps', '1')
        lines = done.stderr.strip().splitlines()
        tap.check(f'{name}: one sentence with {", ".join(words)}',
                  done.returncode == 1 and len(lines) == 1 and all(w in lines[0] for w in words)
                  and (name == 'no pictures at all' or 'MNIST' not in lines[0]), done.stderr)
    for name, arguments, words in (
            ('no IDX files named', ['--set', 'data.dataset=idx'], ['none was given']),
            ('no folder named', ['--set', 'data.dataset=folder'], ['none was given']),
            ('a folder that is not there', ['--data', '/nonexistent', '--set', 'data.dataset=folder'], ['/nonexistent']),
            ('a size out of range', ['--data', folder / '0', '--set', 'data.dataset.kind=folder', '--set',
                                     'data.dataset.image_size=257'], ['image_size', '257', '256'])):
        done = programs.run('train', *arguments, '--steps', '1')
        tap.check(f'{name}: one sentence', done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1
                  and all(w in done.stderr for w in words), done.stderr)


# ---- training ----

def stripes(generator, k, n, width, height):
    """Class k of n: a bright stripe at its own place, on noise."""
    at = k * height // n
    return png(width, height, lambda x, y: (generator.randrange(60) + 180 * (at <= y < at + max(height // n, 1)),))


def check_training(tap, programs, folder):
    generator = random.Random(3)
    files = {f'{name}/{i:02}.png': stripes(generator, k, 3, 64, 48) for k, name in enumerate(('circle', 'line', 'star'))
             for i in range(21)}
    data = write(folder, files)
    done = programs.run('data', 'info', data)
    tap.check('data info tells of it', '54 training and 9 test images of 1 × 28 × 28, 3 classes' in done.stdout
              and 'every 7th' in done.stdout, done.stdout + done.stderr)
    size = ['--set', 'data.dataset.kind=folder', '--set', 'data.dataset.image_size=[48, 64]']
    done = programs.run('train', '--data', data, *size, '--set', 'network.5.out_features=3', '--json', '--seed', '1')
    result = json.loads(done.stdout) if done.returncode == 0 else {}
    tap.check('3 classes of 64 × 48 pixels are trained', result.get('test_accuracy', 0) > 0.8, done.stderr or result)
    tap.check('with weights for every pixel', result.get('parameters') == 48 * 64 * 64 + 64 + 64 * 64 + 64 + 64 * 3 + 3,
              result.get('parameters'))
    tap.check('the recipe keeps the size', result.get('recipe', {}).get('data', {}).get('dataset')
              == {'kind': 'folder', 'image_size': [48, 64]}, result.get('recipe'))
    done = programs.run('train', '--set', 'network.5.out_features=3', '--steps', '2', BACKPROP_DATA=data)
    tap.check('BACKPROP_DATA may name pictures', done.returncode == 0, done.stderr)
    done = programs.run('train', '--data', data, *size, '--set', 'network.5.out_features=2', '--steps', '2')
    tap.check('fewer outputs than classes is an error that says what to do', done.returncode == 1
              and said(done) == ['backprop-cli: The output size of the network is 2, but there are 3 classes; --set '
                                 'network.5.out_features=3 makes it fit.'], done.stderr)


def said(done):
    return [line for line in done.stderr.splitlines() if line.startswith('backprop-cli')]


def check_adapts(tap, programs, folder):
    """The program's own recipes turn to the data; a person's does not, and is told what it lacks."""
    data = write(folder, {f'{name}/{i}.png': flat(100 * k + i, 9, 7) for k, name in enumerate(('leaf', 'Straße', '空'))
                          for i in range(7)})
    for recipe in ('tutorial', 'exercise2', 'mlp-best', 'softmax', 'regularized'):
        done = programs.run('train', recipe, '--data', data, '--set', 'data.batch_size=8', '--steps', '2', '--json')
        result = json.loads(done.stdout) if done.returncode == 0 else {}
        tap.check(f'{recipe} turns to 3 classes, and says so', result
                  and result['recipe']['network'][-1]['out_features'] == 3
                  and 'The last layer now has 3 outputs, one for each class.' in done.stderr, done.stderr)
        tap.check(f'{recipe}: the report names the classes', result.get('classes') == ['Straße', 'leaf', '空'],
                  result.get('classes'))
        tap.check(f'{recipe}: the report says that it was a folder', result
                  and result['recipe']['data']['dataset'] == {'kind': 'folder', 'image_size': 28}, result)
    own = Path(folder).with_suffix('.json')
    own.write_text('{"network": [{"kind": "Flatten"}, {"kind": "Linear", "out_features": 10}]}')
    done = programs.run('train', own, '--data', data, '--steps', '1')
    tap.check("a person's recipe is left as it is", done.returncode == 1
              and said(done) == ['backprop-cli: The output size of the network is 10, but there are 3 classes; --set '
                                 'network.1.out_features=3 makes it fit.'], done.stderr)
    done = programs.run('train', own, '--data', data, '--steps', '1', '--set', 'network.1.out_features=3')
    tap.check('and what it was told helps', done.returncode == 0, done.stderr)
    done = programs.run('data', 'info', data)
    tap.check('data info names the classes', '\nClasses: Straße, leaf, 空\n' in done.stdout, done.stdout)


# ---- IDX files of nobody's ----

def idx_set(folder, n_classes, side, n=(2000, 300)):
    """Labels of 16 bits where a byte is too small; each class has its own stripe of pixels."""
    Path(folder).mkdir(parents=True)
    form, width, kind = ('ubyte', 1, 8) if n_classes <= 256 else ('short', 2, 11)
    for half, count in zip(('train', 't10k'), n):
        labels = [7 * i % n_classes for i in range(count)]
        pixels = b''.join(bytes(255 * (k * side * side // n_classes == p) for p in range(side * side)) for k in labels)
        for part, sizes, values in ((f'images-idx3-ubyte', (8, count, side, side), pixels),
                                    (f'labels-idx1-{form}', (kind, count),
                                     b''.join(k.to_bytes(width, 'big') for k in labels))):
            header = struct.pack(f'>BBBB{len(sizes) - 1}I', 0, 0, sizes[0], len(sizes) - 1, *sizes[1:])
            (Path(folder) / f'{half}-{part}').write_bytes(header + values)
    return folder


def check_idx(tap, programs, folder):
    for n_classes, side, n, least in ((3, 1, (60, 9), 0.3), (3, 28, (2000, 300), 0.99), (1000, 32, (3000, 1000), 0.1),
                                      (12, 256, (96, 12), 0.5)):
        data = idx_set(Path(folder) / f'of-{n_classes}-{side}', n_classes, side, n)
        done = programs.run('train', '--data', data, '--set', 'data.batch_size=16', '--set', 'loop.epochs=6', '--json')
        result = json.loads(done.stdout) if done.returncode == 0 else {}
        accuracy = result.get('test_accuracy', -1)
        tap.check(f'{n_classes} classes of {side} × {side} are trained', accuracy > least
                  and len(result['classes']) == n_classes, (accuracy, done.stderr))
        done = programs.run('data', 'info', data)
        tap.check('data info calls it as its folder is called', done.stdout.startswith(f'of-{n_classes}-{side}: ')
                  and f' of 1 × {side} × {side}, {n_classes} classes' in done.stdout, done.stdout + done.stderr)
    named = idx_set(Path(folder) / 'named', 3, 8, (60, 9))
    (named / 'classes.txt').write_text('ash\nbeech\nelm\n')
    done = programs.run('data', 'info', named)
    tap.check('classes.txt names the classes', '\nClasses: ash, beech, elm\n' in done.stdout, done.stdout)


def check_many_classes(tap, programs, folder):
    generator = random.Random(5)
    files = {f'c{k:03}/{i}.png': flat(generator.randrange(256), 6, 6) for k in range(300) for i in range(3)}
    done = programs.run('train', '--data', write(folder, files), '--set', 'network.5.out_features=300', '--steps', '40',
                        '--json')
    result = json.loads(done.stdout) if done.returncode == 0 else {}
    tap.check('300 classes are trained', result.get('steps') == 40 and 0 <= result['test_accuracy'] <= 1, done.stderr)


def check_large(tap, programs, folder):
    generator = random.Random(6)
    files = {f'{name}/{i}.png': flat(generator.randrange(256), 300, 200) for name in 'ab' for i in range(7)}
    done = programs.run('train', '--data', write(folder, files), '--set', 'data.dataset.kind=folder', '--set',
                        'data.dataset.image_size=256', '--set', 'network.5.out_features=2', '--steps', '3', '--json')
    result = json.loads(done.stdout) if done.returncode == 0 else {}
    tap.check('pictures of 256 × 256 are trained', result.get('parameters', 0) > 256 * 256 * 64, done.stderr)


def main(cli, dump):
    tap, programs = Tap(), Programs(cli, dump)
    with tempfile.TemporaryDirectory(prefix='backprop-pictures-') as name:
        for i, check in enumerate((check_halves, check_val, check_split, check_colors, check_sizes, check_pixels,
                                   check_refusals, check_training, check_adapts, check_idx, check_many_classes,
                                   check_large)):
            check(tap, programs, Path(name) / str(i))
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
