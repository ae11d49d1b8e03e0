#!/usr/bin/python3
"""Does PyTorch compute the same? Runs what `backprop-cli recipe pytorch` prints for recipes that together use every kind,
and compares with `backprop-cli train`: losses of the first 50 steps, learning rates of all, weights after 50.

  torch_suite.py BACKPROP-CLI [NAME …]

Needs a Python with PyTorch, torchvision and tqdm: $PYTORCH_PYTHON, or python3; without one everything is skipped. It
prints lines "# agreement program NAME LARGEST-DIFFERENCE TOLERANCE" for the table in tests/ref/README.md."""
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'smoke'))
from tap import Tap  # noqa: E402

PYTHON = os.environ.get('PYTORCH_PYTHON', 'python3')
NEEDS = 'import torch, torchvision, tqdm'


def main():
    try:
        lacks = subprocess.run([PYTHON, '-c', NEEDS], capture_output=True, text=True).stderr
    except OSError as error:
        lacks = str(error)
    if lacks:
        tap = Tap()
        tap.skip('programs for PyTorch', f'{PYTHON}: {lacks.strip().splitlines()[-1]}')
        tap.done()
        return 0
    environment = {**os.environ, 'TQDM_DISABLE': '1', 'OMP_NUM_THREADS': '1', 'PYTHONDONTWRITEBYTECODE': '1'}
    return subprocess.run([PYTHON, HERE / 'programs.py', Path(sys.argv[1]).resolve(), *sys.argv[2:]], env=environment).returncode


sys.exit(main())
