#!/usr/bin/env python3
"""Writes small.json: what PyTorch makes of recipes at the edges of what it takes, on twelve pictures: the losses of every
step, or its words when it refuses. Needs PyTorch.

  make_small.py [NAME …]            prints these cases, or writes all of them"""
import json
import math
import sys
import tempfile
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'traces'))
import pictures  # noqa: E402
from cases import CASES, N_PICTURES  # noqa: E402
from torch_recipe import Program  # noqa: E402


def run(name, recipe, steps, folder):
    """Every refusal must be PyTorch's own, so the program around it raises nothing by itself."""
    case = {'name': name, 'recipe': recipe} | ({'steps': steps} if steps else {})
    try:
        program = Program(recipe, folder)
        program.run(steps or math.inf)
        program.evaluate(program.train)
    except (ValueError, RuntimeError, KeyError, ZeroDivisionError, TypeError) as error:
        return case | {'refused': f'{type(error).__name__}: {error}'.splitlines()[0]}
    return case | {'losses': [float(f'{loss:.9g}') for loss, _ in program.log]}


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        pictures.write(folder, N_PICTURES, N_PICTURES)
        made = [run(*case, folder) for case in CASES if not sys.argv[1:] or case[0] in sys.argv[1:]]
    for case in made:
        print(f"{case['name']}: {case.get('refused') or case['losses']}")
    if sys.argv[1:]:
        return
    lines = ',\n'.join(json.dumps(case) for case in made)
    head = json.dumps({'torch': torch.__version__.split('+')[0], 'pictures': N_PICTURES})
    (HERE / 'small.json').write_text(head[:-1] + ', "cases": [\n' + lines + '\n]}\n')


if __name__ == '__main__':
    main()
