#!/usr/bin/env python3
"""What a student does with a saved notebook: runs its cells, and compares.  student.py NOTEBOOK DATA LOSSES.csv WEIGHTS ACCURACY

LOSSES.csv: step,loss of the run in the window. WEIGHTS: its weights, a safetensors file. Needs PyTorch."""
import contextlib
import csv
import io
import json
import struct
import sys
from pathlib import Path

import torch

LOSS_TOL, N_CLOSE = 1e-4, 50  # as in suite torch


def read_weights(path):
    """The safetensors format by its own words: a length, a header in JSON, the values."""
    bytes_ = Path(path).read_bytes()
    n = struct.unpack('<Q', bytes_[:8])[0]
    header, values = json.loads(bytes_[8:8 + n]), bytes_[8 + n:]
    return {name: torch.frombuffer(bytearray(values[slice(*entry['data_offsets'])]), dtype=torch.float32).reshape(entry['shape'])
            for name, entry in header.items() if name != '__metadata__'}


def run_cells(notebook, data):
    """The notebook's names after its cells have run; the one change is where the images are."""
    names = {}
    for cell in json.loads(Path(notebook).read_text())['cells']:
        text = ''.join(cell['source'])
        if cell['cell_type'] == 'code':
            exec(compile(text.replace('data = "data"', f'data = {data!r}'), 'cell', 'exec'), names)
    return names


def main(notebook, data, losses, weights, accuracy):
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        names = run_cells(notebook, data)
    theirs = [loss for _, _, loss, _ in names['history']]
    with open(losses) as file:
        ours = [float(row['loss']) for row in csv.DictReader(file)]
    assert len(ours) == len(theirs) >= N_CLOSE, f'{len(ours)} steps in the window, {len(theirs)} in the notebook'
    worst = max(abs(a - b) / max(abs(b), 1e-3) for a, b in zip(ours[:N_CLOSE], theirs))
    assert worst < LOSS_TOL, f'losses differ by {worst:.2g}: {ours[:3]} … and {theirs[:3]} …'
    names['model'].load_state_dict(read_weights(weights), strict=True)
    found = names['check_accuracy'](names['test_loader'])
    assert abs(found - float(accuracy)) < 1e-9, f'accuracy {accuracy} in the window, {found} with its weights'
    print(f'{len(ours)} steps, losses within {worst:.2g}, accuracy {found:.4f}')


main(*sys.argv[1:])
