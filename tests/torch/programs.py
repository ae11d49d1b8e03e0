"""What torch_suite.py runs in a Python that has PyTorch: all programs in one process, since importing PyTorch takes
seconds."""
import contextlib
import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

HERE = Path(__file__).resolve().parent
for folder in ('smoke', 'ref/traces'):
    sys.path.insert(0, str(HERE.parent / folder))
import pictures  # noqa: E402
from cases import cases, drawn_cases, folder_case  # noqa: E402
from tap import Tap  # noqa: E402

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

TRACES = HERE.parent / 'ref/traces/recipes'
N_STEPS, N_CLOSE, LOSS_TOL, LR_TOL, WEIGHT_TOL = 200, 50, 1e-4, 1e-12, 1e-3
SMALL_LOSS = 1e-3  # below it differences count absolutely: float32 rounds what the loss is a difference of
# Rprop goes by the signs of gradients, and those of a few weights are rounding.
LOOSE_WEIGHTS = {'rprop': 0.03}
# Muon rounds to 8 bits at every product, and a sum in another order rounds another way.
LOOSE = {'Muon': 0.005, 'Muon, matrices alone': 0.005}
NOT_IN_ONNX = set()  # batch statistics in evaluation, too
SKIPPED_CLASSES = {'section', 'dataset'}


def row_of(name):
    return name.replace(',', '').replace(' ', '-')


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


def read_safetensors(path):
    """By the format's own words, so that no package is needed."""
    data = path.read_bytes()
    n = 8 + int.from_bytes(data[:8], 'little')
    header, types = json.loads(data[8:n]), {'F32': torch.float32, 'I64': torch.int64}
    header.pop('__metadata__')
    return {name: torch.frombuffer(bytearray(data[n + entry['data_offsets'][0]:n + entry['data_offsets'][1]]),
                                   dtype=types[entry['dtype']]).reshape(entry['shape']) for name, entry in header.items()}


def write_safetensors(path, state):
    """As safetensors.torch.save_file() does: without a recipe, and in any order."""
    header, at, types = {}, 0, {torch.float32: 'F32', torch.int64: 'I64'}
    for name, tensor in sorted(state.items(), reverse=True):
        end = at + tensor.numel() * tensor.element_size()
        header[name] = {'dtype': types[tensor.dtype], 'shape': list(tensor.shape), 'data_offsets': [at, end]}
        at = end
    text = json.dumps(header).encode()
    values = b''.join(state[name].contiguous().numpy().tobytes() for name in header)
    path.write_bytes(len(text).to_bytes(8, 'little') + text + values)


def off_by(found, wanted, free):
    """How far a tensor is off at most, as a part of its own norm."""
    return max(((found[name].double() - w.double()).norm() / w.double().norm().clamp(min=1e-3)).item()
               for name, w in wanted.items() if name not in free)


def undetermined(model):
    """A bias that a normalization takes out again has rounding for a gradient, out of which Adam's kind makes steps of
    full size; the mean that the normalization remembers follows it."""
    names = set()
    for place, parent in model.named_modules():
        layers = list(parent.children()) if isinstance(parent, torch.nn.Sequential) else []
        for i, (layer, after) in enumerate(zip(layers, layers[1:])):
            if isinstance(after, (torch.nn.modules.batchnorm._BatchNorm, torch.nn.modules.instancenorm._InstanceNorm)):
                start = f'{place}.' if place else ''
                names |= {f'{start}{i}.bias', f'{start}{i + 1}.running_mean'}
    return names


class Programs:
    def __init__(self, tap, cli, folder):
        self.tap, self.cli, self.folder, self.used = tap, cli, Path(folder), set()
        self.scripts, self.names, self.state = [], {}, None
        register_optimizer_step_post_hook(self.after_step)

    def after_step(self, *_):
        """Keeps the weights of step N_CLOSE. (An optimizer inside another one comes here, too, and first.)"""
        if len(self.names.get('history', ())) == N_CLOSE - 1:
            self.state = {name: tensor.clone() for name, tensor in self.names['model'].state_dict().items()}

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
        self.names = names = {'__name__': '__main__', '__doc__': name}
        self.state, argv = None, sys.argv
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
        return read_log(log)

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
        same = [row['step'] for row in ours] == [row['step'] for row in theirs] and \
            [row['epoch'] for row in ours] == [row['epoch'] for row in theirs]
        self.tap.check(f'{name}: the same {len(ours)} steps in the same epochs', same and len(ours) == N_STEPS,
                       f'{len(ours)} {len(theirs)} {ours[-1]} {theirs[-1]}')
        worst = {key: max(abs(a[key] - b[key]) / max(abs(b[key]), least) for a, b in zip(ours[:n], theirs[:n]))
                 for key, n, least in (('loss', N_CLOSE, SMALL_LOSS), ('lr', N_STEPS, 1e-300))}
        tol = LOOSE.get(name, LOSS_TOL)
        print(f'# agreement program {row_of(name)} {worst["loss"]:.3g} {tol}')
        self.tap.check(f'{name}: losses of the first {N_CLOSE} steps, {worst["loss"]:.2g}', worst['loss'] < tol,
                       '\n'.join(f'{a["loss"]} {b["loss"]}' for a, b in zip(ours[:N_CLOSE], theirs)))
        self.tap.check(f'{name}: learning rates of all steps, {worst["lr"]:.2g}', worst['lr'] < LR_TOL,
                       '\n'.join(f'{a["lr"]} {b["lr"]}' for a, b in zip(ours, theirs) if a['lr'] != b['lr']))

        self.compare_weights(name, tol)

    def compare_weights(self, name, tol):
        path = self.folder / 'weights.safetensors'
        if not self.train(N_CLOSE, '--save', path):
            return
        ours, model = read_safetensors(path), self.names['model']
        weight_tol = LOOSE_WEIGHTS.get(name, max(WEIGHT_TOL, tol * 10))
        off = off_by(ours, self.state, undetermined(model)) if ours.keys() == self.state.keys() else float('inf')
        print(f'# agreement weights {row_of(name)} {off:.3g} {weight_tol}')
        self.tap.check(f'{name}: weights after {N_CLOSE} steps, {off:.2g}', off < weight_tol,
                       f'{sorted(ours)}\n{sorted(self.state)}')
        theirs = self.folder / 'theirs.safetensors'
        write_safetensors(theirs, model.state_dict())  # after all steps
        self.compare_evaluation(f'{name}, trained there', theirs, model, self.folder / 'recipe.json')
        model.load_state_dict(ours, strict=True)
        logits = self.compare_evaluation(f'{name}, trained here', path, model)
        if onnxruntime:
            self.compare_onnx(name, logits)

    def compare_evaluation(self, name, path, model, *recipe):
        """The same weights on the test set: here, and there."""
        found = json.loads(self.call('eval', *recipe, '--weights', path, '--data', self.folder, '--json') or '{}')
        with torch.no_grad():
            model.eval()
            x, y = (torch.cat(part) for part in zip(*self.names['test_loader']))
            logits = torch.cat([model(part) for part in x.split(self.names['test_loader'].batch_size)])
        loss, accuracy = torch.nn.functional.cross_entropy(logits, y).item(), (logits.argmax(1) == y).double().mean().item()
        self.tap.check(f'{name}: the same on the test set', found and abs(found['loss'] - loss) < LOSS_TOL * max(1, loss)
                       and abs(found['accuracy'] - accuracy) < 1e-9, f'{loss} {accuracy} {found}')

        return logits

    def compare_onnx(self, name, logits):
        path = self.folder / 'network.onnx'
        if name in NOT_IN_ONNX or not self.train(N_CLOSE, '--save', path):
            return
        x = torch.cat([x for x, _ in self.names['test_loader']])
        session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
        found = torch.tensor(session.run(['logits'], {'images': x.numpy()})[0])
        off = ((found - logits).abs().max() / logits.abs().max().clamp(min=1)).item()
        self.tap.check(f'{name}: the same logits by onnxruntime, {off:.2g}', off < LOSS_TOL, f'{found[:2]}\n{logits[:2]}')

    def check_kinds(self):
        kinds = json.loads(self.call('kinds', '--json'))
        missing = {f'{klass} {kind["name"]}' for klass, entries in kinds.items() if klass not in SKIPPED_CLASSES
                   for kind in entries if kind['name'] not in self.used}
        self.tap.check('every kind is in a recipe', not missing, ', '.join(sorted(missing)))

    def check_notebook(self):
        """The same in cells: it is a notebook, and its code runs from the first to the last."""
        notebook = json.loads(self.call('recipe', 'pytorch', '--notebook') or '{}')
        code = [''.join(cell['source']) for cell in notebook['cells'] if cell['cell_type'] == 'code']
        self.tap.check('a notebook has the form of one', notebook['nbformat'] == 4 and len(code) == 6 and
                       all({'id', 'metadata', 'source'} <= cell.keys() for cell in notebook['cells']), notebook)
        code[0] = code[0].replace('data = "data"', f'data = {str(self.folder)!r}').replace('steps = None', 'steps = 30')
        names = {'__name__': '__main__'}
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in code:
                exec(cell, names)
        (self.folder / 'recipe.json').write_text('{"version": 1}')
        ours, theirs = self.train(30), names['history']
        self.tap.check('a notebook gives the same losses', len(theirs) == 30 and all(
            abs(row['loss'] - loss) < LOSS_TOL for row, (_, _, loss, _) in zip(ours, theirs)))

    def check_torchvision(self):
        """Data as torchvision keeps it: nothing is downloaded where it is complete."""
        raw = self.folder / 'tv/MNIST/raw'
        raw.mkdir(parents=True)
        for path in self.folder.glob('*ubyte.gz'):
            (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        text, folder = self.script_of('the folder of torchvision', {'version': 1}), self.folder
        found = self.run_script('plain files', text, 20)
        self.folder = folder / 'tv'
        again = self.run_script("torchvision's folder", text, 20)
        self.folder = folder
        self.tap.check('the same losses from the folder of torchvision', found and found == again)

    def check_folder(self):
        """Colors and sizes of all sorts, as ImageFolder reads them."""
        from PIL import Image
        draw, folder = torch.Generator().manual_seed(0), self.folder
        self.folder = folder / 'pictures'
        for part, n in (('train', 12), ('test', 5)):
            for name in ('ant', 'bee', 'cat'):
                place = self.folder / part / name
                place.mkdir(parents=True)
                for i in range(n):
                    pixels = torch.randint(0, 256, (20 + i % 5, 18 + i % 7, 3), generator=draw).byte()
                    Image.fromarray(pixels.numpy()).save(place / f'{i:02}.png')
        text = self.script_of('pictures in folders', folder_case())
        theirs, ours = self.run_script('pictures in folders', text, 20), self.train(20)
        self.folder = folder
        self.tap.check('pictures in folders: the same losses', ours and theirs and all(
            abs(a['loss'] - b['loss']) < LOSS_TOL * b['loss'] for a, b in zip(ours, theirs)), f'{ours}\n{theirs}')

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
                tap.check(f'{name}: the program runs', ran and len(ran) == 5)
        if not names:
            tap.check(f'{len(compared)} recipes are compared', len(compared) >= 40)
            programs.check_kinds()
            if not onnxruntime:
                tap.skip('the same logits by onnxruntime', 'onnxruntime is not installed')
            programs.check_notebook()
            programs.check_torchvision()
            programs.check_folder()
            programs.check_style('ruff', 'check', '--isolated')
            programs.check_style('black', '--check', '--quiet')
    return tap.done()


sys.exit(main(*sys.argv[1:]))
