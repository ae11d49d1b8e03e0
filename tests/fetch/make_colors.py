#!/usr/bin/env python3
"""Writes colors-pillow.json: small color pictures in many formats, and what torchvision makes of them.

Of each: its bytes in base64; its gray values, row by row in hexadecimal, as ImageFolder and Grayscale give them
(Image.open(f).convert("RGB").convert("L")); and those of Grayscale, Resize((9, 8)). Made with Pillow 13.0.0 (with
libjpeg-turbo 3.2.0), torchvision 0.29:  make_colors.py > colors-pillow.json
"""
import base64
import io
import json
import struct
import tempfile
import zlib
from pathlib import Path

import numpy
from PIL import Image
from torchvision.datasets import ImageFolder
from torchvision.transforms import Compose, Grayscale, PILToTensor, Resize

WIDTH, HEIGHT = 23, 19


def drawn():
    """Soft colors, as JPEG likes them, and a little noise."""
    rng = numpy.random.default_rng(7)
    y, x = numpy.mgrid[:HEIGHT, :WIDTH]
    rgb = numpy.stack([127 + 120 * numpy.sin(x / 5 + y / 9), 127 + 120 * numpy.cos(x / 7 - y / 4), (x * 7 + y * 11) % 256], -1)
    return Image.fromarray(numpy.clip(rgb + rng.normal(0, 9, rgb.shape), 0, 255).astype(numpy.uint8))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))


def png16():
    """16 bits for each of red, green and blue, which Pillow cannot write."""
    rows = numpy.random.default_rng(8).integers(0, 65536, (HEIGHT, WIDTH, 3)).astype('>u2')
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', WIDTH, HEIGHT, 16, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row.tobytes() for row in rows))) + chunk(b'IEND', b''))


def files():
    rgb = drawn()
    cmyk, gray = rgb.convert('CMYK'), rgb.convert('L')
    yield 'rgb.png', saved(rgb, 'PNG')
    yield 'rgb16.png', png16()
    yield 'palette.png', saved(rgb.quantize(100), 'PNG')
    yield 'palette4.png', saved(rgb.quantize(12), 'PNG')
    yield 'gray.png', saved(gray, 'PNG')
    yield 'gray2.png', saved(rgb.convert('1'), 'PNG')
    yield 'palette.gif', saved(rgb.quantize(32), 'GIF')
    yield 'interlaced.gif', saved(rgb.quantize(32), 'GIF', interlace=True)
    yield 'rgb.bmp', saved(rgb, 'BMP')
    yield 'palette.bmp', saved(rgb.quantize(16), 'BMP')
    yield 'rgb.ppm', saved(rgb, 'PPM')
    yield 'lzw.tif', saved(rgb, 'TIFF', compression='tiff_lzw')
    yield 'cmyk.tif', saved(cmyk, 'TIFF', compression='tiff_lzw')
    for quality in (75, 95):
        for name, subsampling in (('420', 2), ('422', 1), ('444', 0)):
            yield f'{name}-{quality}.jpg', saved(rgb, 'JPEG', quality=quality, subsampling=subsampling)
    yield 'progressive.jpg', saved(rgb, 'JPEG', quality=85, progressive=True)
    yield 'rgb.jpg', saved(rgb, 'JPEG', quality=90, keep_rgb=True)
    yield 'cmyk.jpg', saved(cmyk, 'JPEG', quality=90)
    yield 'gray.jpg', saved(gray, 'JPEG', quality=85)


def pixels(root, *transforms):
    tensor, _ = ImageFolder(root, Compose([Grayscale(), *transforms, PILToTensor()]), is_valid_file=lambda path: True)[0]
    return bytes(tensor.flatten().tolist()).hex()


def entry(name, content):
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / 'a').mkdir()
        (Path(root) / 'a' / name).write_bytes(content)
        return {'name': name, 'file': base64.b64encode(content).decode(), 'gray': pixels(root), 'resized': pixels(root, Resize((9, 8)))}


print('{"width": %d, "height": %d, "files": [' % (WIDTH, HEIGHT))
print(',\n'.join(json.dumps(entry(*file)) for file in files()) + ']}')
