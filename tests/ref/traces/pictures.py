"""A small data set that needs no download: 600 pictures to train on and 120 to test on, 28×28, in MNIST's own files. Whole
numbers only, so that every machine writes the same bytes: stripes whose direction depends on the class, and noise."""
import gzip
import struct
from pathlib import Path

SIDE, N_TRAIN, N_TEST = 28, 600, 120


def noise(state):
    """A linear congruential generator, modulo 2³¹."""
    return (1103515245 * state + 12345) & 0x7FFFFFFF


def picture(i, label, state):
    pixels = bytearray()
    across, down = label % 4 + 1, label // 2 + 1
    for r in range(SIDE):
        for c in range(SIDE):
            state = noise(state)
            edge = r < 3 or c < 3 or r > 24 or c > 24
            stripe = (r * down + c * across + i % 3) // 7 % 3
            pixels.append(0 if edge else stripe * 70 + (state >> 16) % 116)
    return pixels, state


def pictures(first, n):
    images, labels, state = bytearray(), bytearray(), first + 1
    for i in range(first, first + n):
        label = (7 * i + i // 10) % 10
        pixels, state = picture(i, label, state)
        images += pixels
        labels.append(label)
    return bytes(images), bytes(labels)


def write(folder, n_train=N_TRAIN, n_test=N_TEST):
    """The four files of MNIST in `folder`."""
    for part, first, n in (('train', 0, n_train), ('t10k', N_TRAIN, n_test)):
        images, labels = pictures(first, n)
        files = {f'{part}-images-idx3-ubyte.gz': struct.pack('>4I', 0x803, n, SIDE, SIDE) + images,
                 f'{part}-labels-idx1-ubyte.gz': struct.pack('>2I', 0x801, n) + labels}
        for name, data in files.items():
            (Path(folder) / name).write_bytes(gzip.compress(data, 1, mtime=0))
