#!/usr/bin/python3
"""A run that was stopped, by whatever, goes on: its log is that of the run that was never stopped, byte for
byte. And what cannot go on is refused in a sentence and left alone.

  resume.py BACKPROP-CLI
"""
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../smoke'))
import runs  # noqa: E402
from tap import Tap  # noqa: E402

STEPS_PER_EPOCH, EPOCHS = 23, 6  # 180 images in batches of 8: the last one is not full


def unbroken(cli, folder):
    """The run that all others are compared with."""
    log = folder / 'unbroken.csv'
    done = runs.train(cli, folder / 'recipe.json', '--data', folder / 'data', '--log', log, '--json')
    return log.read_bytes(), json.loads(done.stdout)


def figures(report):
    """What is the same however often it was stopped: all but the time that it took."""
    epochs = [{k: v for k, v in e.items() if k not in ('seconds', 'iterations_per_second')} for e in report['epochs']]
    return epochs, [report[k] for k in ('train_loss', 'train_accuracy', 'test_loss', 'test_accuracy', 'steps')]


def rows(path):
    return runs.query(path, 'SELECT step, epoch, loss, accuracy, lr FROM step ORDER BY step')


def check_steps(tap, cli, folder, wanted, report):
    """Stopped by --steps in the middle of an epoch, at its end, at the first step; and twice."""
    whole = folder / 'whole.bprun'
    runs.train(cli, folder / 'recipe.json', '--data', folder / 'data', '--out', whole)
    tap.check('one file, and nothing beside it', [p.name for p in folder.glob('*whole*')] == ['whole.bprun'])
    tap.check('every step is in the file', len(rows(whole)) == STEPS_PER_EPOCH * EPOCHS)
    for stops in ([1], [STEPS_PER_EPOCH - 1], [STEPS_PER_EPOCH], [STEPS_PER_EPOCH + 5], [30, 31, 100]):
        path, log = folder / f'steps-{stops[0]}.bprun', folder / 'part.csv'
        name = 'stopped after ' + ' and '.join(map(str, stops))
        runs.train(cli, folder / 'recipe.json', '--data', folder / 'data', '--out', path, '--steps', stops[0])
        for stop in stops[1:]:
            runs.train(cli, '--resume', path, '--steps', stop)
        state = runs.query(path, 'SELECT state, steps, epochs, (SELECT max(step) FROM checkpoint) FROM run')[0]
        tap.check(f'{name}: a checkpoint of that very step', state == ('stopped', stops[-1], stops[-1] // STEPS_PER_EPOCH, stops[-1]), state)
        done = runs.train(cli, '--resume', path, '--log', log, '--json')
        if tap.check(f'{name}: goes on', done.returncode == 0, done.stderr):
            tap.check(f'{name}: the same log', log.read_bytes() == wanted)
            tap.check(f'{name}: the same figures', figures(json.loads(done.stdout)) == figures(report),
                      (figures(json.loads(done.stdout)), figures(report)))
        tap.check(f'{name}: the same curves in the file', rows(path) == rows(whole))
        tap.check(f'{name}: two checkpoints, and it has finished',
                  runs.query(path, 'SELECT state, (SELECT count(*) FROM checkpoint) FROM run') == [('finished', 2)])


def check_unmeasured(tap, cli, folder, report):
    """Stopped, or killed, when all steps were done and the whole training set was still being measured."""
    for state in ('stopped', 'active'):
        path = folder / f'unmeasured-{state}.bprun'
        shutil.copy(folder / 'whole.bprun', path)
        with sqlite3.connect(path) as file:
            file.execute('UPDATE run SET state = ?, train_loss = NULL, train_accuracy = NULL', (state,))
        file.close()
        done = runs.train(cli, '--resume', path, '--json')
        tap.check(f'{state} at the end: measured when it goes on', done.returncode == 0
                  and figures(json.loads(done.stdout)) == figures(report)
                  and runs.query(path, 'SELECT state, train_loss FROM run') == [('finished', report['train_loss'])], done.stderr)


def stop_by_signal(cli, folder, path, number):
    command = runs.train_command(cli, folder / 'slow.json', '--data', folder / 'data', '--out', path)
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=runs.ENVIRONMENT)
    for _ in range(3000):
        if running.poll() is not None or (path.exists() and runs.query(path, 'SELECT steps FROM run')[0][0] > 50):
            break
        time.sleep(0.01)
    running.send_signal(number)
    return running, running.communicate(timeout=60)[1]


def check_signals(tap, cli, folder):
    for number in (signal.SIGINT, signal.SIGTERM):
        path = folder / f'{number.name}.bprun'
        running, said = stop_by_signal(cli, folder, path, number)
        steps = int((re.search(r'Stopped after (\d+) steps', said) or [0, -1])[1])
        tap.check(f'{number.name}: a checkpoint of the step that it speaks of', running.returncode == 128 + number
                  and runs.query(path, 'SELECT run.state, max(checkpoint.step) FROM run, checkpoint') == [('stopped', steps)], said)
        log, again = folder / 'a.csv', folder / 'b.csv'
        runs.train(cli, '--resume', path, '--steps', steps + 40, '--log', log)
        runs.train(cli, folder / 'slow.json', '--data', folder / 'data', '--steps', steps + 40, '--log', again)
        tap.check(f'{number.name}: goes on as if nothing had happened', log.read_bytes() == again.read_bytes())


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_harm(tap, cli, folder, good):
    """A run's file by somebody who wants the program to come to grief."""
    many, broken = folder / 'many.bprun', folder / 'broken.bprun'
    for path in (many, broken):
        shutil.copy(good, path)
    with sqlite3.connect(many) as file:
        file.execute('UPDATE checkpoint SET epoch = 4000000000')
        file.execute('INSERT INTO epoch WITH RECURSIVE t(a) AS (SELECT 100 UNION ALL SELECT a + 1 FROM t LIMIT 100000)'
                     ' SELECT a, 1, 0, 0, 0, 0, 0, 0, 0, 0 FROM t')
    done = runs.train(cli, '--resume', many, '--steps', 32, '--json')
    tap.check('100000 epochs too many: none is taken for one of this run', done.returncode == 0 and
              len(json.loads(done.stdout)['epochs']) <= 2, done.stderr)
    with sqlite3.connect(broken) as file:
        file.execute("UPDATE checkpoint SET state = 'nothing of the kind'")
    done = runs.train(cli, '--resume', broken)
    tap.check('a checkpoint that is none: said of which file', done.returncode == 1 and
              'broken.bprun: The checkpoint is damaged' in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr)


def check_refusals(tap, cli, folder):
    good = folder / 'good.bprun'
    runs.train(cli, folder / 'recipe.json', '--data', folder / 'data', '--out', good, '--steps', '30')
    whole, text, cut, newer = (folder / name for name in ('whole.bprun', 'recipe.json', 'cut.bprun', 'newer.bprun'))
    cut.write_bytes(good.read_bytes()[:good.stat().st_size // 2])
    shutil.copy(good, newer)
    with sqlite3.connect(newer) as file:
        file.execute('PRAGMA user_version = 9')
    runs.write_set(folder / 'other', seed=8)
    cases = [
        ('not a run', [text], 1, 'recipe.json is not a run of Backprop.'),
        ('no file', [folder / 'none.bprun'], 1, 'none.bprun could not be opened: No such file or directory.'),
        ('damaged', [cut], 1, 'cut.bprun is damaged: '),
        ('newer', [newer], 1, 'newer.bprun is from a newer version of Backprop: its format is 9'),
        ('finished', [whole], 1, 'whole.bprun has finished: all of its 138 steps are done.'),
        ('other data', [good, '--data', folder / 'other'], 1, 'good.bprun was trained on other data'),
        ('fewer steps than it has', [good, '--steps', '30'], 1, 'has done 30 steps already'),
        ('another recipe', [good, 'softmax'], 2, '--resume takes the recipe from its file'),
        ('a change of the recipe', [good, '--set', 'loop.epochs=2'], 2, '--resume takes the recipe from its file'),
        ('a seed', [good, '--seed', '3'], 2, '--resume takes the recipe from its file'),
        ('another file', [good, '--out', folder / 'x.bprun'], 2, '--resume goes on in its own file'),
    ]
    for name, arguments, status, words in cases:
        before = digest(arguments[0]) if arguments[0].exists() else None
        done = runs.train(cli, '--resume', *arguments)
        tap.check(f'{name}: refused in one line', done.returncode == status and words in done.stderr
                  and len(done.stderr.splitlines()) == 1, (done.returncode, done.stderr))
        tap.check(f'{name}: left alone', before == (digest(arguments[0]) if before else None)
                  and not [p for p in folder.iterdir() if p.name.endswith('-journal')])
    done = runs.train(cli, folder / 'recipe.json', '--data', folder / 'data', '--out', good)
    tap.check('a new run is never put over a file', done.returncode == 1 and 'exists already' in done.stderr, done.stderr)
    check_harm(tap, cli, folder, good)
    if os.geteuid() != 0:
        good.chmod(0o444)
        done = runs.train(cli, '--resume', good)
        tap.check('no permission', done.returncode == 1 and 'cannot be written' in done.stderr, done.stderr)
    else:
        tap.skip('no permission', 'root may write everything')


def check_full_disk(tap, cli, folder):
    """A limit on the size of files is what a full disk is to the program: training goes on."""
    path, log = folder / 'full.bprun', folder / 'full.csv'

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (131072, 131072))

    done = runs.train(cli, folder / 'long.json', '--data', folder / 'data', '--out', path, '--steps', '4000', preexec_fn=limit)
    tap.check('a full disk: said once, and the training is completed', done.returncode == 1
              and done.stderr.count('Training goes on, but is no longer kept.') == 1 and 'Accuracy on test set' in done.stdout,
              (done.returncode, done.stderr))
    listed = json.loads(runs.run(cli, 'runs', 'show', path, '--json').stdout or '{}')
    tap.check('a full disk: the file opens, and says that it was interrupted', listed.get('state') == 'interrupted', listed)
    done = runs.train(cli, '--resume', path, '--steps', '4000', '--log', log)
    runs.train(cli, folder / 'long.json', '--data', folder / 'data', '--steps', '4000', '--log', folder / 'never.csv')
    tap.check('a full disk: with room again the run goes on', done.returncode == 0
              and log.read_bytes() == (folder / 'never.csv').read_bytes(), done.stderr)


def check_runs(tap, cli, folder):
    """backprop-cli runs."""
    place = folder / 'list'
    place.mkdir()
    path = place / 'a.bprun'
    shutil.copy(folder / 'whole.bprun', path)
    tap.check('rename', runs.run(cli, 'runs', 'rename', path, 'mein Lauf').returncode == 0)
    listed = json.loads(runs.run(cli, 'runs', 'list', place, '--json').stdout)
    tap.check('list', [(r['title'], r['state'], r['steps'], r['recipe']['seed']) for r in listed]
              == [('mein Lauf', 'finished', STEPS_PER_EPOCH * EPOCHS, 5)], listed)
    plain = runs.run(cli, 'runs', 'list', place).stdout
    tap.check('list, for a person', 'finished' in plain and 'mein Lauf' in plain and len(plain.splitlines()) == 1, plain)
    shown = runs.run(cli, 'runs', 'show', path).stdout
    tap.check('show', 'Steps: 138 of 138, epochs: 6 of 6' in shown and 'Newest checkpoint: after 138 steps' in shown, shown)
    lines = runs.run(cli, 'runs', 'export', path, '--csv').stdout.splitlines()
    log = [line.split(',') for line in (folder / 'unbroken.csv').read_text().splitlines()[1:]]
    tap.check('export', lines[0] == 'step,epoch,loss,accuracy,lr,seconds' and
              [[c[0], c[1], c[2], c[4]] for c in (line.split(',') for line in lines[1:])] == log)
    tap.check('export without a format', runs.run(cli, 'runs', 'export', path).returncode == 2)
    tap.check('delete', runs.run(cli, 'runs', 'delete', path).returncode == 0 and not path.exists()
              and (place / '.deleted/a.bprun').exists())
    done = runs.run(cli, 'runs', 'delete', folder / 'recipe.json')
    tap.check('what is no run is not deleted', done.returncode == 1 and (folder / 'recipe.json').exists(), done.stderr)
    for words in (['what'], ['show'], ['rename', path], ['delete', path, path], ['show', path, '--csv']):
        done = runs.run(cli, 'runs', *words)
        tap.check(f'usage: runs {words[0]} with {len(words) - 1}', done.returncode == 2
                  and len(done.stderr.splitlines()) == 1, done.stderr)


def check_numbers(tap, cli, folder):
    """A run in the user's folder has its number from the beginning, whatever that folder is called; no other has one."""
    home = folder / 'home/backprop/runs'
    home.mkdir(parents=True)
    (folder / 'link').symlink_to(home)
    env = runs.ENVIRONMENT | {'XDG_DATA_HOME': str(folder / 'home')}
    for path in (home / 'a.bprun', folder / 'elsewhere.bprun', folder / 'link/b.bprun', 'c.bprun'):
        done = runs.train(cli, folder / 'recipe.json', '--data', folder / 'data', '--out', path, '--steps', '2', env=env,
                          cwd=home)
        tap.check(f'a run in {path}', done.returncode == 0, done.stderr)
    numbers = (home / '.numbers').read_text()
    tap.check('numbers are given at the beginning', numbers == '1 a.bprun\n2 b.bprun\n3 c.bprun\n', numbers)
    tap.check('and in this folder alone', not (folder / '.numbers').exists())


def check_cut_data(tap, cli, folder):
    """A file so large that it is mapped is cut off while it is trained on."""
    data, path = folder / 'large', folder / 'large.bprun'
    data.mkdir()
    for name, n in (('train', 350000), ('t10k', 1000)):
        with open(data / f'{name}-images-idx3-ubyte', 'wb') as file:  # a hole: it takes no room on the disk
            file.write(struct.pack('>BBBB3I', 0, 0, 8, 3, n, 28, 28))
            file.truncate(16 + n * 28 * 28)
        (data / f'{name}-labels-idx1-ubyte').write_bytes(struct.pack('>BBBBI', 0, 0, 8, 1, n) + bytes(i % 10 for i in range(n)))
    running = subprocess.Popen(runs.train_command(cli, '--data', data, '--out', path, '--set', 'loop.epochs=1000'),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=runs.ENVIRONMENT)
    while running.poll() is None and not (path.exists() and runs.query(path, 'SELECT steps FROM run')[0][0] > 50):
        time.sleep(0.02)
    os.truncate(data / 'train-images-idx3-ubyte', 100000)
    said = running.communicate(timeout=120)[1]
    tap.check('data that are cut off: one sentence ends the run', running.returncode == 1 and len(said.splitlines()) == 1
              and 'large became shorter' in said, (running.returncode, said))
    tap.check('which keeps it, and no weights that have seen it', runs.query(path, 'SELECT state, reason FROM run') ==
              [('failed', said.removeprefix('backprop-cli: ').strip())] and not runs.query(path, 'SELECT step FROM checkpoint'))


def check_document(tap, folder):
    """docs/run-file.md names the tables and columns that are there, and its first example runs."""
    text = (Path(__file__).resolve().parents[2] / 'docs/run-file.md').read_text()
    named = set(re.findall(r'`(\w+)`', text.split('## Tables')[1].split('## Checkpoints')[0]))
    for (table,) in runs.query(folder / 'whole.bprun', "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        columns = {row[1] for row in runs.query(folder / 'whole.bprun', f'PRAGMA table_info({table})')}
        tap.check(f'documented: {table}', columns | {table} <= named | {'id'}, columns - named)
    code = re.search(r'```python\n(.*?)```', text, re.S).group(1).replace("'run.bprun'", repr(str(folder / 'whole.bprun')))
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=False)
    tap.check('the example runs', done.returncode == 0 and "'kind': 'Adam'" in done.stdout and 'finished' in done.stdout,
              done.stdout + done.stderr)


def main(cli):
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs.write_set(folder / 'data')
        (folder / 'recipe.json').write_text(runs.recipe(EPOCHS))
        (folder / 'long.json').write_text(runs.recipe(1000, 256))
        (folder / 'slow.json').write_text(runs.recipe(1000, 2048))
        wanted, report = unbroken(cli, folder)
        check_steps(tap, cli, folder, wanted, report)
        check_unmeasured(tap, cli, folder, report)
        check_signals(tap, cli, folder)
        check_refusals(tap, cli, folder)
        check_full_disk(tap, cli, folder)
        check_cut_data(tap, cli, folder)
        check_runs(tap, cli, folder)
        check_numbers(tap, cli, folder)
        check_document(tap, folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(Path(sys.argv[1]).resolve()))
