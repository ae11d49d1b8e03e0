#!/usr/bin/python3
"""Color pictures become gray, and then small, as Pillow and torchvision make them: byte by byte.

  test_picture_colors.py BACKPROP-CLI FOLDER-DUMP colors-pillow.json

make_colors.py says where the right values come from. What is decoded without a loss has to agree exactly. JPEG
decoders may differ from one another; libjpeg-turbo 2.1 and 3.2 do not, in any of these files.
"""
import base64
import json
import os
import struct
import sys
import tempfile
import zlib
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'smoke'))
from pictures import Programs, chunk, write
from tap import Tap

# Of another decoder's pixels: the largest and the mean difference.
JPEG_MOST, JPEG_MEAN = 6, 1


def both_halves(folder, name, content):
    return write(folder, {f'{half}/a/{name}': content for half in ('train', 'test')})


def check_file(tap, programs, folder, one, width, height):
    data = both_halves(folder / one['name'], one['name'], base64.b64decode(one['file']))
    for what, rows, columns in (('gray', height, width), ('resized', 9, 8)):
        wanted = bytes.fromhex(one[what])
        found = programs.dump(data, rows, columns)
        if isinstance(found, str) or len(found['first']) != len(wanted):
            tap.check(f'{one["name"]}: {what}', False, found)
            continue
        off = [abs(a - b) for a, b in zip(found['first'], wanted)]
        ok = max(off) <= JPEG_MOST and sum(off) <= JPEG_MEAN * len(off) if one['name'].endswith('.jpg') else max(off) == 0
        tap.check(f'{one["name"]}: {what}, off by at most {max(off)}', ok, off)


def check_every_color(tap, programs, folder):
    """The formula of Pillow's convert("L"), on 4096 colors of a picture that loses nothing."""
    colors = [(r, g, b) for r in range(0, 256, 17) for g in range(0, 256, 17) for b in range(0, 256, 17)]
    rows = b''.join(b'\0' + bytes(v for color in colors[64 * y:64 * y + 64] for v in color) for y in range(64))
    content = (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 64, 8, 2, 0, 0, 0))
               + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
    found = programs.dump(both_halves(folder / 'every', 'every.png', content), 64, 64)
    tap.check('4096 colors', found['first'] == [(r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16 for r, g, b in colors], found)


def check_deep_gray(tap, programs, folder):
    """16 bits of gray become the upper eight. Pillow's convert("L") makes everything above 255 white."""
    values = [(i * 2749) % 65536 for i in range(256)]
    rows = b''.join(b'\0' + struct.pack('>16H', *values[16 * y:16 * y + 16]) for y in range(16))
    content = (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 16, 16, 16, 0, 0, 0, 0))
               + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
    found = programs.dump(both_halves(folder / 'deep', 'deep.png', content), 16, 16)
    tap.check('16 bits of gray', found['first'] == [v >> 8 for v in values], found)


def main(cli, dump, values):
    tap, programs = Tap(), Programs(cli, dump)
    wanted = json.loads(Path(values).read_text(encoding='utf-8'))
    with tempfile.TemporaryDirectory(prefix='backprop-colors-') as name:
        folder = Path(name).resolve()
        for one in wanted['files']:
            check_file(tap, programs, folder, one, wanted['width'], wanted['height'])
        check_every_color(tap, programs, folder)
        check_deep_gray(tap, programs, folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
