#!/usr/bin/env python3
"""Writes resize-pillow.json: checksums of what Pillow makes of pictures of bytes in many sizes.

Each row: height and width before, height and width after, CRC-32 of the bytes after, row by row. The pictures
before are make_transforms.py's. Sizes are drawn, and half of them lie where the order of the two passes changes.
Made with Pillow 13.0.0:  make_resize.py > resize-pillow.json
"""
import random
import zlib

import numpy
from PIL import Image


def picture(h, w):
    y, x = numpy.mgrid[:h, :w]
    return ((y * 37 + x * 91 + x * y * 13 + (x * x * y) % 29 * 7) % 256).astype(numpy.uint8)


def row(h, w, new_h, new_w):
    after = Image.fromarray(picture(h, w)).resize((new_w, new_h), Image.Resampling.BILINEAR)
    return f'[{h},{w},{new_h},{new_w},{zlib.crc32(after.tobytes())}]'


def anywhere(rng):
    most = rng.choice((4, 16, 40, 100, 256))
    return [rng.randint(1, most) for _ in range(4)]


def at_the_border(rng):
    """2 (W - W_new) is one less than, equal to or one more than H - H_new."""
    while True:
        h, w, new_h, new_w = anywhere(rng)
        h = new_h + 2 * (w - new_w) + rng.randint(-1, 1)
        if 1 <= h <= 256:
            return h, w, new_h, new_w


rng = random.Random(9)
large = [(700, 900, 28, 28), (1, 5000, 28, 28), (5000, 1, 28, 3), (1200, 300, 64, 250)]
rows = [row(*sizes(rng)) for _ in range(200) for sizes in (anywhere, at_the_border)] + [row(*s) for s in large]
print('{"rows":[' + ',\n'.join(rows) + ']}')
