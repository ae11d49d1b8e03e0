"""What torch_suite.py runs in a Python that has PyTorch: all programs in one process, since importing PyTorch takes
seconds."""
import contextlib
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in ('smoke', 'ref/traces'):
    sys.path.insert(0, str(HERE.parent / folder))
import pictures  # noqa: E402
from cases import cases, drawn_cases  # noqa: E402
from tap import Tap  # noqa: E402

TRACES = HERE.parent / 'ref/traces/recipes'
N_STEPS, N_CLOSE, LOSS_TOL, LR_TOL = 200, 50, 1e-4, 1e-12
SMALL_LOSS = 1e-3  # below it differences count absolutely: float32 rounds what the loss is a difference of
# Muon rounds to 8 bits at every product, and a sum in another order rounds another way.
LOOSE = {'Muon': 0.05}
SKIPPED_CLASSES = {'section', 'dataset'}


def read_log(path):
    with open(path) as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def kinds_in(value):
    """Names of all kinds in a recipe."""
    if isinstance(value, dict):
        yield from [value['kind']] if 'kind' in value else []
        value = list(value.values())
    if isinstance(value, list):
        for entry in value:
            yield from kinds_in(entry)


class Programs:
    def __init__(self, tap, cli, folder):
        self.tap, self.cli, self.folder, self.used = tap, cli, Path(folder), set()
        self.scripts = []

    def call(self, *arguments):
        done = subprocess.run([self.cli, *map(str, arguments)], capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else self.tap.check(' '.join(map(str, arguments[:2])), False, done.stderr)

    def script_of(self, name, recipe):
        path = self.folder / 'recipe.json'
        path.write_text(json.dumps(recipe))
        self.used |= set(kinds_in(json.loads(self.call('recipe', 'show', path) or '{}')))
        text = self.call('recipe', 'pytorch', path)
        if text:
            script = self.folder / f'{len(self.scripts):02}.py'
            script.write_text(text)
            self.scripts.append((name, script))
        return text

    def run_script(self, name, text, steps):
        """The program's names after it has run; None: it has failed."""
        log = self.folder / 'theirs.csv'
        names, argv = {'__name__': '__main__', '__doc__': name}, sys.argv
        sys.argv = [name, '--data', str(self.folder), '--log', str(log), '--steps', str(steps)]
        try:
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter('ignore')
                exec(compile(text, f'{name}.py', 'exec'), names)
        except Exception as error:  # whatever a program may raise
            self.tap.check(f'{name}: the program runs', False, f'{type(error).__name__}: {error}\n{text}')
            return None
        finally:
            sys.argv = argv
        return {**names, 'log': read_log(log)}

    def train(self, steps, *more):
        log = self.folder / 'ours.csv'
        done = self.call('train', self.folder / 'recipe.json', '--data', self.folder, '--log', log, '--steps', steps,
                         '--threads', 1, '--json', *more)
        return read_log(log) if done else None

    def compare(self, name, recipe):
        text = self.script_of(name, recipe)
        theirs = text and self.run_script(name, text, N_STEPS)
        ours = theirs and self.train(N_STEPS)
        if not ours:
            return
        theirs = theirs['log']
        same = [row['step'] for row in ours] == [row['step'] for row in theirs] and \
            [row['epoch'] for row in ours] == [row['epoch'] for row in theirs]
        self.tap.check(f'{name}: the same {len(ours)} steps in the same epochs', same and len(ours) == N_STEPS,
                       f'{len(ours)} {len(theirs)} {ours[-1]} {theirs[-1]}')
        worst = {key: max(abs(a[key] - b[key]) / max(abs(b[key]), least) for a, b in zip(ours[:n], theirs[:n]))
                 for key, n, least in (('loss', N_CLOSE, SMALL_LOSS), ('lr', N_STEPS, 1e-300))}
        tol = LOOSE.get(name, LOSS_TOL)
        print(f'# agreement program {name.replace(" ", "_")} {worst["loss"]:.3g} {tol}')
        self.tap.check(f'{name}: losses of the first {N_CLOSE} steps, {worst["loss"]:.2g}', worst['loss'] < tol,
                       '\n'.join(f'{a["loss"]} {b["loss"]}' for a, b in zip(ours[:N_CLOSE], theirs)))
        self.tap.check(f'{name}: learning rates of all steps, {worst["lr"]:.2g}', worst['lr'] < LR_TOL,
                       '\n'.join(f'{a["lr"]} {b["lr"]}' for a, b in zip(ours, theirs) if a['lr'] != b['lr']))

    def check_kinds(self):
        kinds = json.loads(self.call('kinds', '--json'))
        missing = {f'{klass} {kind["name"]}' for klass, entries in kinds.items() if klass not in SKIPPED_CLASSES
                   for kind in entries if kind['name'] not in self.used}
        self.tap.check('every kind is in a recipe', not missing, ', '.join(sorted(missing)))

    def check_style(self, tool, *arguments):
        found = subprocess.run([sys.executable, '-m', tool, '--version'], capture_output=True)
        if found.returncode != 0:
            self.tap.skip(f'{tool} has nothing to say', f'{tool} is not installed')
            return
        done = subprocess.run([sys.executable, '-m', tool, *arguments, *(str(path) for _, path in self.scripts)],
                              capture_output=True, text=True)
        self.tap.check(f'{tool} has nothing to say about {len(self.scripts)} programs', done.returncode == 0,
                       done.stdout + done.stderr)


def main(cli, *names):
    import torch
    torch.set_num_threads(1)
    tap = Tap()
    print(f'# PyTorch {torch.__version__}')
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pictures.write(folder)
        programs = Programs(tap, cli, folder)
        compared = [*((path.stem, json.loads(path.read_text())) for path in sorted(TRACES.glob('*.json'))), *cases()]
        for name, recipe in compared:
            if not names or name in names:
                programs.compare(name, recipe)
        for name, recipe in drawn_cases():
            if not names or name in names:
                text = programs.script_of(name, recipe)
                ran = text and programs.run_script(name, text, 5)
                tap.check(f'{name}: the program runs', ran and len(ran['log']) == 5)
        if not names:
            tap.check(f'{len(compared)} recipes are compared', len(compared) >= 40)
            programs.check_kinds()
            programs.check_style('ruff', 'check', '--isolated')
            programs.check_style('black', '--check', '--quiet')
    tap.done()


main(*sys.argv[1:])
