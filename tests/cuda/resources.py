#!/usr/bin/python3
"""What the GPU's assembler said of every kernel, for every chip: registers, shared memory, stack and
spills. A kernel that spills, or that has a stack frame, is slow in a way that no other test shows.

  resources.py FOLDER      the build's folder with the .resources files
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'smoke'))
import tap  # noqa: E402

# Kernels whose name matches may have a stack frame, for the reason given. Spills are never allowed.
FRAMES = {}

KERNEL = re.compile(r"Compiling entry function '(\w+)' for '(sm_\d+\w*)'")
PROPERTIES = re.compile(r'Function properties for (\w+)')
FRAME = re.compile(r'(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads')
USED = re.compile(r'Used (\d+) registers(?:.*?, (\d+) bytes smem)?')


def kernels(text):
    """(name, chip) → frame, stores, loads, registers, shared memory; None: not said."""
    found, now, of = {}, None, None
    for line in text.splitlines():
        if match := KERNEL.search(line):
            now = match.groups()
            found[now] = {'frame': None, 'stores': None, 'loads': None, 'registers': None, 'shared': 0}
        elif match := PROPERTIES.search(line):
            of = match[1]
        elif (match := FRAME.search(line)) and now and of == now[0]:
            found[now].update(zip(('frame', 'stores', 'loads'), map(int, match.groups())))
        elif (match := USED.search(line)) and now:
            found[now].update(registers=int(match[1]), shared=int(match[2] or 0))
    return found


def complaints(found):
    for (name, chip), k in sorted(found.items()):
        if None in k.values():
            yield f'{name} on {chip}: the report is incomplete'
        elif k['stores'] or k['loads']:
            yield f"{name} on {chip}: spills {k['stores']} bytes out of its registers"
        elif k['frame'] and not any(re.search(pattern, name) for pattern in FRAMES):
            yield f"{name} on {chip}: a stack frame of {k['frame']} bytes; is an array indexed by a variable?"


def check_the_checks(t):
    report = """ptxas info    : Compiling entry function 'a' for 'sm_90'
ptxas info    : Function properties for a
    {} bytes stack frame, {} bytes spill stores, 0 bytes spill loads
ptxas info    : Used 40 registers, used 1 barriers, 2048 bytes smem
"""
    good = kernels(report.format(0, 0))
    t.check('reads a report', good == {('a', 'sm_90'): {
        'frame': 0, 'stores': 0, 'loads': 0, 'registers': 40, 'shared': 2048}}, good)
    t.check('allows a kernel that keeps to its registers', not list(complaints(good)))
    for what, text in (('a spill', report.format(0, 8)), ('a stack frame', report.format(16, 0)),
                       ('half a report', report.format(0, 0).rsplit('\n', 2)[0])):
        t.check(f'refuses {what}', list(complaints(kernels(text))))


def main():
    t = tap.Tap()
    check_the_checks(t)
    files = sorted(Path(sys.argv[1]).glob('*.resources'))
    if not files:
        t.skip('kernels', 'the CUDA module was not built')
        return t.done()
    for path in files:
        found = kernels(path.read_text())
        if not found:
            continue
        for (name, chip), k in sorted(found.items()):
            print(f"# {chip} {k['registers'] or 0:4} registers {k['shared']:6} bytes shared  {name}")
        bad = list(complaints(found))
        t.check(f'{path.stem}: {len(found)} kernels', not bad, '\n'.join(bad))
    return t.done()


if __name__ == '__main__':
    sys.exit(main())
