#!/usr/bin/python3
"""What people's folders of pictures look like: how they are sorted, which files lie in them, and what is said of
those that are passed over.

  test_picture_folders.py BACKPROP-CLI FOLDER-DUMP CASES

CASES is a folder of folders that once failed; what concerns them is skipped where there is none.
"""
import base64
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'smoke'))
from pictures import JPEG, Programs, chunk, flat, packed_zeros, png, write
from tap import Tap

FEW = {f'{k}/{i}.png': flat(10 * i) for k in 'ab' for i in range(7)}
SPLIT = 'There is no test folder, so every 7th image is a test image, 2 in all.'


def below(name, files):
    return {f'{name}/{k}': v for k, v in files.items()}


# ---- how they are sorted ----

# In the order in which torchvision.datasets.ImageFolder (0.29) lists them: file, its first pixel.
TREE = (('a/10.png', 1), ('a/9.png', 2), ('a/_/k.png', 3), ('a/x/z.png', 5), ('a/x/é.png', 6), ('a/x y/q.png', 4),
        ('b/1.png', 7), ('b/z.png', 8), ('b/More/9.png', 9), ('b/more/2.png', 10), ('b/more-x/3.png', 11),
        ('b/more/deep/0.png', 12), ('b/é/1.png', 13), ('c/only/deep/er/5.png', 14))


def check_tree(tap, programs, folder):
    found = programs.dump(write(folder, {f'{half}/{name}': flat(value) for half in ('train', 'test')
                                         for name, value in TREE}), 28, 28)
    order = ('a/10.png', 'a/9.png', 'a/_/k.png', 'a/x/z.png', 'a/x/é.png', 'a/x y/q.png')
    wanted = [[' abc'.index(name[0]) - 1, value] for name, value in TREE]
    tap.check('folders in a class are walked in the order of ImageFolder', found['train'] == wanted
              and [n for n, _ in TREE[:6]] == list(order), found['train'])


def check_names_of_halves(tap, programs, folder):
    for i, (train, test) in enumerate((('train', 'test'), ('Train', 'Test'), ('TRAINING', 'Testing'), ('training', 'val'),
                                       ('train', 'Valid'), ('train', 'validation'))):
        found = programs.dump(write(folder / str(i), {**below(train, FEW), f'{test}/a/1.png': flat(1)}), 28, 28)
        tap.check(f'{train} and {test} are the halves', len(found['train']) == 14 and found['test'] == [[0, 1]], found)
    found = programs.dump(write(folder / 'three', {**below('train', FEW), 'val/a/1.png': flat(1), 'test/b/2.png': flat(2),
                                                   'val/b/1.png': flat(1)}), 28, 28)
    tap.check('of test and val the former counts, and this is said',
              found['test'] == [[1, 2]] and 'The folder val is not used.' in found['note'], found)
    found = programs.dump(write(folder / 'kaggle', {**below('train', FEW), 'test/1.png': flat(1)}), 28, 28)
    tap.check('pictures for testing without classes are not used, and this is said', len(found['train']) == 12
              and 'The images in test are not sorted into classes, so they are not used. ' + SPLIT in found['note'], found)
    found = programs.dump(write(folder / 'vehicles', {f'{k}/{i}.png': flat(i) for k in ('car', 'train') for i in range(7)}),
                          28, 28)
    tap.check('a class may be called train', found['classes'] == ['car', 'train'], found)


def check_levels(tap, programs, folder):
    halves = {**below('training', FEW), **below('testing', {'a/1.png': flat(3), 'b/1.png': flat(4)})}
    root = Path(write(folder / 'set', halves))
    for name in ('training', 'testing'):
        found = programs.dump(str(root / name), 28, 28)
        tap.check(f'{name} alone opens both halves', found['title'] == 'set' and found['test'] == [[0, 3], [1, 4]]
                  and f'The data are in {root}.' in found['note'], found)
    found = programs.dump(str(root / 'training' / 'a'), 28, 28)
    tap.check('one class alone: the sentence says what to open', found ==
              f'{root}/training/a contains 7 images and no folders, as a single class does: open {root}.', found)
    inner = Path(write(folder / 'archive', {**below('pets/inner', FEW), '__MACOSX/._x.png': b'x'})) / 'pets' / 'inner'
    found = programs.dump(str(folder / 'archive'), 28, 28)
    tap.check('one folder around it is gone through', found['classes'] == ['a', 'b']
              and f'The data are in {inner}.' in found['note'], found)
    found = programs.dump(str(inner / 'b'), 28, 28)
    tap.check('one class of several: the sentence says what to open', found.endswith(f'as a single class does: open {inner}.'),
              found)
    found = programs.dump(str(write(folder / 'two', {**below('one', halves), **below('other', FEW)})), 28, 28)
    tap.check('of several data sets one has to be opened', found.endswith(
        f'is a dataset itself, with training and testing in it: open {folder}/two/one.'), found)


def check_classes(tap, programs, folder):
    found = programs.dump(write(folder / '1', {**below('train', {**FEW, 'c/0.png': flat(1)}), 'test/a/0.png': flat(1),
                                               'test/z/0.png': flat(9)}), 28, 28)
    tap.check('classes that only one half has are classes', found['classes'] == ['a', 'b', 'c', 'z']
              and found['test'] == [[0, 1], [3, 9]], found)
    tap.check('and this is said', 'The class z has no training images. 2 classes have no test images: b, c.'
              in found['note'], found['note'])
    found = programs.dump(write(folder / '2', {**FEW, 'empty/x.txt': b'x', '__MACOSX/._a': b'x'}), 28, 28)
    tap.check('folders without pictures are no classes', found['classes'] == ['a', 'b'] and
              '2 folders contain no images and are not classes (such as __MACOSX).' in found['note'], found)
    found = programs.dump(write(folder / '3', {f'a/{i}.png': flat(i) for i in range(7)}), 28, 28)
    tap.check('one class', found['note'].endswith('There is only one class, so there is nothing to classify.'), found)


# ---- which files lie in them ----

def bmp(width, height, value):
    """24 bits, rows from the bottom up, each a multiple of four bytes."""
    row = bytes((value,)) * (3 * width) + bytes(-3 * width % 4)
    return (b'BM' + struct.pack('<IHHI', 54 + len(row) * height, 0, 0, 54)
            + struct.pack('<IiiHHIIiiII', 40, width, height, 1, 24, 0, len(row) * height, 0, 0, 0, 0) + row * height)


def tiff(width, height, pixels, orientation=1):
    entries = ((256, 3, width), (257, 3, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (274, 3, orientation),
               (277, 3, 1), (278, 3, height), (279, 4, width * height))
    table = b''.join(struct.pack('<HHI', tag, kind, 1) + struct.pack('<HH' if kind == 3 else '<I', value, *([0] * (kind == 3)))
                     for tag, kind, value in entries)
    data = bytes(pixels) + bytes(len(pixels) % 2)
    return b'II*\0' + struct.pack('<I', 8 + len(data)) + data + struct.pack('<H', len(entries)) + table + bytes(4)


# Written by Pillow 13: 4 × 3 pixels, 10 60 200 10 / 60 200 10 60 / 200 10 60 200.
GIF = base64.b64decode('R0lGODdhBAADAIEAAAoKCjw8PMjIyAAAACwAAAAABAADAAAICwABBBAgkODAggEBADs=')


def check_formats(tap, programs, folder):
    pixels = [10, 60, 200, 10, 60, 200, 10, 60, 200, 10, 60, 200]
    files = {'0.bmp': bmp(4, 3, 77), '1.gif': GIF, '2.pgm': b'P5 4 3 255\n' + bytes(pixels), '3.PPM': b'P6 4 3 255\n' + b'\x25' * 36,
             '4.tif': tiff(4, 3, pixels), '5.TIFF': tiff(4, 3, [88] * 12), '6': flat(5, 4, 3), '7.data': flat(6, 4, 3),
             '8.jpg': flat(7, 4, 3), '9.png': bmp(4, 3, 33)}
    found = programs.dump(write(folder / 'all', {f'{half}/a/{k}': v for half in ('train', 'test') for k, v in files.items()}),
                          3, 4)
    tap.check('every kind is known by its content', [p[1] for p in found['train']] == [77, 10, 10, 37, 10, 88, 5, 6, 7, 33], found)
    for kind, content in (('gif', GIF), ('pgm', files['2.pgm']), ('tif', files['4.tif'])):
        found = programs.dump(write(folder / kind, {f'{half}/a/1.{kind}': content for half in ('train', 'test')}), 3, 4)
        tap.check(f'{kind}: every pixel', found['first'] == pixels, found)
    found = programs.dump(write(folder / 'bmp', {f'{k}/{i}.bmp': bmp(5, 4, 10 * i) for k in 'ab' for i in range(7)}), 4, 5)
    tap.check('nothing but BMP opens', [p[1] for p in found['train'] + found['test']] == [0, 10, 20, 30, 40, 50] * 2
              + [60, 60], found)


# 24 × 16 pixels in four quarters, by Pillow at quality 95; and where they are once the picture is turned as
# EXIF says: ImageOps.exif_transpose of Pillow 13.
QUARTERS = base64.b64decode(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsK'
    'DAkKCgr/wAALCAAQABgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEG'
    'E1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJ'
    'ipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APxPr6M/YB/5'
    'm3/tw/8Abivoyv1Ar6M/YB/5m3/tw/8Abivoyv/Z')
TURNED = {1: (20, 90, 170, 240), 2: (90, 20, 240, 170), 3: (240, 170, 90, 20), 4: (170, 240, 20, 90),
          5: (20, 170, 90, 240), 6: (170, 20, 240, 90), 7: (240, 90, 170, 20), 8: (90, 240, 20, 170)}


def with_orientation(jpeg, orientation):
    exif = b'Exif\0\0II*\0' + struct.pack('<IHHHIHHI', 8, 1, 274, 3, 1, orientation, 0, 0)
    return jpeg[:2] + b'\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif + jpeg[2:]


def check_orientation(tap, programs, folder):
    pixels = [(20, 90, 170, 240)[(x >= 12) + 2 * (y >= 8)] for y in range(16) for x in range(24)]
    for kind, content in (('jpg', lambda o: with_orientation(QUARTERS, o)), ('tif', lambda o: tiff(24, 16, pixels, o))):
        for orientation, (a, b, c, d) in TURNED.items():
            w, h = (16, 24) if orientation > 4 else (24, 16)
            found = programs.dump(write(folder / f'{kind}{orientation}', {f'{half}/a/1.{kind}': content(orientation)
                                                                          for half in ('train', 'test')}), h, w)
            first = found['first']
            corners = [first[0], first[w - 1], first[w * (h - 1)], first[w * h - 1]]
            # In the corners JPEG keeps what was drawn, to one or two gray levels.
            tap.check(f'{kind}: orientation {orientation}', max(abs(p - q) for p, q in zip(corners, (a, b, c, d))) <= 2
                      and 'scaled' not in found['note'], (corners, found['note']))
            said = '2 images were turned as their camera recorded (such as train/a/1.jpg).' in found['note']
            tap.check(f'{kind}: orientation {orientation} is said', kind != 'jpg' or said == (orientation > 1), found['note'])


def check_cut_off(tap, programs, folder):
    generator = random.Random(1)
    whole = {'png': png(31, 20, lambda x, y: (generator.randrange(256),)), 'jpg': JPEG, 'gif': GIF, 'bmp': bmp(31, 20, 5), 'tif': tiff(31, 20, [9] * 620),
             'pgm': b'P5 31 20 255\n' + bytes(620), 'ppm': b'P6 31 20 255\n' + bytes(1860)}
    for kind, content in whole.items():
        n = len(content)
        # Pillow, too, takes a PNG whose end mark alone is missing for a whole one.
        cuts = (0, 3, 20, n // 2, n * 3 // 4, n * 7 // 8 if kind == 'png' else n - 5)
        files = {**FEW, **{f'a/x{cut}.{kind}': content[:cut] for cut in cuts}, f'b/whole.{kind}': content}
        found = programs.dump(write(folder / kind, files), 20, 31)
        n = len(found['train']) + len(found['test']) if isinstance(found, dict) else found
        tap.check(f'{kind}: all that are cut off are passed over, and this is said', n == len(FEW) + 1 and
                  f'6 files were skipped: 6 that cannot be decoded (a/x0.{kind}).' in found['note'], (n, found))


def check_passed_over(tap, programs, folder):
    bomb = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 20000, 20000, 8, 0, 0, 0, 0)) + \
        chunk(b'IDAT', packed_zeros(20001 * 20000)) + chunk(b'IEND', b'')
    files = {**FEW, 'a/.DS_Store': b'x', 'readme.md': b'x', 'a/labels.txt': b'a text', 'b/labels.TXT': b'another', 'b/none': b'text',
             'c.png': flat(3), 'a/6.jxl': b'\xff\x0a', 'b/bomb.png': bomb, 'a/broken.jpg': b'\xff\xd8 no picture',
             'a/drawing.svg': b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', '.hidden/x.png': flat(1)}
    data = Path(write(folder, files))
    (data / 'a' / 'circle').symlink_to('..')
    (data / 'b' / 'lost').symlink_to('nowhere')
    os.mkfifo(data / 'b' / 'pipe.png')
    found = programs.dump(str(data), 28, 28)
    for part in ('2 .txt', '1 .jxl (cannot be read on this system)', '1 .svg (cannot be read on this system)', '1 .md',
                 '1 without an ending', '2 hidden (', '2 that are not files (b/', '1 circular link (a/circle)',
                 '1 outside the class folders (c.png)', '1 too large (b/bomb.png)', '1 that cannot be decoded (a/broken.jpg)',
                 '14 files were skipped: '):
        tap.check(f'it is said what was skipped: {part}', part in found['note'], found['note'])
    for added, said in (({'a/x.txt': b'x'}, '1 file was skipped (.txt).'),
                        ({'a/x.txt': b'x', 'b/y.txt': b'y'}, '2 files were skipped (.txt).'),
                        ({**{f'a/{i}.txt': b'x' for i in range(3)}, 'b/y.csv': b'y', 'b/z.csv': b'z'},
                         '5 files were skipped (3 .txt, 2 .csv).')):
        data_of_words = write(Path(folder) / f'words{len(added)}', {**FEW, **added})
        note = programs.dump(str(data_of_words), 28, 28)['note']
        tap.check(f'in short: {said}', said in note, note)
    tap.check('and the others are read', len(found['train']) == 12 and len(found['test']) == 2, found)


def check_links(tap, programs, folder):
    data = Path(write(folder / 'data', FEW))
    (data / 'a' / 'more').symlink_to(write(folder / 'elsewhere', {'0.png': flat(200), 'deep/1.png': flat(201)}))
    (data / 'c').symlink_to('a')
    for name in 'ab':
        (data / name / 'up').symlink_to('..')
    found = programs.dump(str(data), 28, 28)
    # ImageFolder's list, had it not the circles: a, a/more, a/more/deep, then b, and c as a.
    one = [*range(0, 70, 10), 200, 201]
    wanted = [[k, v] for k, values in enumerate((one, range(0, 70, 10), one)) for v in values]
    tap.check('links are followed, circles are not', found['train'] == [p for i, p in enumerate(wanted) if i % 7 != 6]
              and '3 circular links' in found['note'], found)


def check_names(tap, programs, folder):
    folder.mkdir()
    for half in (b'train', b'test'):
        for name in (b'two\nlines', b'not \xff text', b'q"uote'):
            os.makedirs(os.path.join(os.fsencode(folder), half, name))
            for file in (b'1.png', b'\xe9\n.png', b'bad\n\xff.jpg'):
                Path(os.fsdecode(os.path.join(os.fsencode(folder), half, name, file))).write_bytes(
                    b'' if file.startswith(b'bad') else flat(4))
    found = programs.dump(str(folder), 28, 28)
    tap.check('names may be anything', found['classes'] == ['not ? text', 'q"uote', 'two?lines'] and len(found['train']) == 6
              and '\n' not in found['note'], found)
    done = programs.run('data', 'info', folder)
    tap.check('and are shown as text', done.returncode == 0 and len(done.stdout.splitlines()) == 3, done.stdout)


# ---- many, and large ----

def limited(program, bytes_of_memory):
    """The address sanitizer reserves terabytes of addresses for itself: it runs without a limit."""
    if b'__asan_init' in Path(program).read_bytes():
        return None
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (bytes_of_memory, bytes_of_memory))


def check_bounds(tap, programs, folder):
    """A PNG of 20 000 × 20 000 in 50 kB; 400 MB, were it unpacked. Then thousands of everything."""
    bomb = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 20000, 20000, 8, 2, 0, 0, 0)) + \
        chunk(b'IDAT', packed_zeros(60001 * 20000)) + chunk(b'IEND', b'')
    data = write(folder / 'bombs', {**FEW, **{f'a/bomb{i}.png': bomb for i in range(5)}})
    done = subprocess.run([programs.dump_program, data, '28', '28'], capture_output=True, text=True, timeout=60, check=False,
                          preexec_fn=limited(programs.dump_program, 400 << 20))
    tap.check('pictures that promise gigabytes are not unpacked', done.returncode == 0 and '5 too large' in done.stdout,
              done.stderr[-300:])
    data = Path(write(folder / 'empty', FEW))
    for i in range(3000):
        (data / f'c{i}').mkdir()
    found = programs.dump(str(data), 28, 28)
    tap.check('thousands of empty folders are no classes', isinstance(found, dict) and found['classes'] == ['a', 'b']
              and '3000 folders contain no images' in found['note'], found)
    deep = folder / 'deep' / 'a'
    write(folder / 'deep', FEW)
    path = str(deep)
    for _ in range(400):
        path += '/x'
    os.makedirs(path)
    Path(path, '1.png').write_bytes(flat(250))
    found = programs.dump(str(folder / 'deep'), 28, 28)
    tap.check('folders may be 400 deep', isinstance(found, dict) and [0, 250] in found['train'], found)


# ---- what once failed ----

def check_cases(tap, programs, cases):
    wanted = {'folder-nestedmix': ('28 training and 4 test', 'a, b'), 'folder-mixformats': ('training and ', 'a, b'),
              'folder-bmponly': ('14 training and 2 test', 'a, b'),
              'folder-mnist_png': ('20 training and 20 test', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9'),
              'folder-onepicclass': ('2 classes have no training images: b, d.', 'a, b, c, d'),
              'ten-own-classes': ('ten-own-classes: 200 training and 60 test', 'A, B, C, D, E, F, G, H, I, J'),
              'emnist-torchvision-tree': ('they were turned upright', 'N/A, a, b, c, d,'),
              'photo-negative/photos': ('16 training and 12 test', 'ball, cross'),
              'bom/classes-with-bom': ('20 training and 10 test', 'c0, c1, c2, c3, c4, c5, c6, c7, c8, c9')}
    for name, (said, classes) in wanted.items():
        if not (cases / name).is_dir():
            tap.skip(name, 'it is not here')
            continue
        done = programs.run('data', 'info', cases / name)
        tap.check(name, done.returncode == 0 and said in done.stdout and f'\nClasses: {classes}' in done.stdout,
                  done.stdout + done.stderr)


def main(cli, dump, cases):
    tap, programs = Tap(), Programs(cli, dump)
    with tempfile.TemporaryDirectory(prefix='backprop-folders-') as name:
        for check in (check_tree, check_names_of_halves, check_levels, check_classes, check_formats, check_orientation,
                      check_cut_off, check_passed_over, check_links, check_names, check_bounds):
            check(tap, programs, Path(name).resolve() / check.__name__)
    check_cases(tap, programs, Path(cases))
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
