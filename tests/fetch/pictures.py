"""Writes pictures byte by byte, so that what must be read is known by construction, and runs the programs
that read them."""
import base64
import json
import os
import struct
import subprocess
import zlib
from pathlib import Path

# A JPEG of 16 × 8 pixels, left half black, right half white, written by libjpeg at quality 90.
JPEG = base64.b64decode(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMU'
    'FRUVDA8XGBYUGBIUFRT/wAALCAAIABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAACQr/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oA'
    'CAEBAAA/ACqVUP/Z')


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def packed_zeros(n):
    """What zlib.decompress() makes n zeros of, n being a multiple of 1000, made in no time: after a full flush the same
    bytes become the same again, and Adler's sum of zeros is known."""
    packer, block = zlib.compressobj(9), bytes(n // 1000)
    begin, packed = [packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    return begin + packed * 999 + b'\3\0' + struct.pack('>I', n % 65521 << 16 | 1)


def png(width, height, pixel, color=0):
    """PNG bytes; pixel(x, y) gives a tuple. color: 0 gray, 2 RGB, 6 RGBA."""
    rows = b''.join(b'\0' + bytes(v for x in range(width) for v in pixel(x, y)) for y in range(height))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, color, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def flat(value, width=28, height=28):
    return png(width, height, lambda x, y: (value,))


def write(folder, files):
    for name, content in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(folder)


class Programs:
    def __init__(self, cli, dump):
        self.cli, self.dump_program = cli, dump
        self.environment = {k: v for k, v in os.environ.items() if k != 'BACKPROP_DATA'}

    def run(self, *arguments, **more):
        return subprocess.run([self.cli, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                              env={**self.environment, **more})

    def dump(self, folder, rows, columns):
        done = subprocess.run([self.dump_program, folder, str(rows), str(columns)], capture_output=True, text=True,
                              timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip()
