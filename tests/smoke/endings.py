#!/usr/bin/python3
"""How backprop-cli ends: on signals, with its output closed, full or read no further, and what becomes of the
log then.

  endings.py BACKPROP-CLI

What is right is what shells count (128 + the signal's number), what POSIX says of ignored signals, and that nothing
which was computed is lost.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from bad_input import good_files, write_data
from tap import Tap

ENVIRONMENT = {k: v for k, v in os.environ.items() if k != 'BACKPROP_DATA'}


class Trial:
    """Trains for long on a small set, with a log."""

    def __init__(self, cli, folder, data):
        self.log = folder / 'run.csv'
        self.part = folder / '.run.csv.backprop-part'
        self.command = [cli, 'train', '--data', data, '--device', 'cpu', '--threads', '1', '--log', self.log,
                        '--set', 'loop.epochs=1000', '--set', 'data.batch_size=1', '--set',
                        'network.1.out_features=2048']

    def start(self, **options):
        return subprocess.Popen(self.command, text=True, env=ENVIRONMENT, **options)

    def wait_for_rows(self, running):
        """Until more than the header is in the part: the run is under way."""
        for _ in range(2000):
            if running.poll() is not None or (self.part.exists() and self.part.stat().st_size > 4000):
                return
            time.sleep(0.01)

    def rows(self):
        """Steps of the log, which has to be whole."""
        if not self.log.exists():
            return None
        lines = self.log.read_text().splitlines()
        whole = lines[0] == 'step,epoch,loss,lr' and all(line.count(',') == 3 for line in lines)
        return [int(line.split(',')[0]) for line in lines[1:]] if whole else None

    def clear(self):
        self.log.unlink(missing_ok=True)
        self.part.unlink(missing_ok=True)


def check_signals(tap, trial):
    for name, repeats in (('SIGINT', 1), ('SIGTERM', 2), ('SIGHUP', 2), ('SIGXCPU', 1), ('SIGINT', 5)):
        number = getattr(signal, name)
        trial.clear()
        running = trial.start(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        trial.wait_for_rows(running)
        for _ in range(repeats):  # as a shell adds its own SIGHUP to the terminal's
            running.send_signal(number)
            time.sleep(0.001)
        said = running.communicate(timeout=60)[1]
        tap.check(f'{name}: status 128 + {int(number)}', running.returncode == 128 + number, running.returncode)
        found = re.fullmatch(r'backprop-cli: Stopped after (\d+) steps\.\n', said)
        rows = trial.rows()
        tap.check(f'{name}: the log holds every step that it speaks of', found and rows
                  and rows == list(range(int(found[1]))) and not trial.part.exists(), (said, rows and len(rows)))


def check_ignored(tap, trial):
    """nohup, and a shell's background: what was ignored goes on being so."""
    trial.clear()
    running = trial.start(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    trial.wait_for_rows(running)
    running.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    tap.check('an ignored SIGHUP ends nothing', running.poll() is None, running.returncode)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    tap.check('SIGTERM still does', running.returncode == 128 + signal.SIGTERM and trial.rows())


def check_killed(tap, trial):
    trial.clear()
    old = 'step,epoch,loss,lr\n0,0,precious,1\n'
    trial.log.write_text(old)
    running = trial.start(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    trial.wait_for_rows(running)
    second = subprocess.run(trial.command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
    tap.check('a second run with the same log is refused before it trains', second.returncode == 1
              and 'another program is writing it' in second.stderr and not second.stdout, second.stderr + second.stdout)
    running.kill()
    running.wait()
    tap.check('SIGKILL leaves the old log, and the part beside it',
              trial.log.read_text() == old and trial.part.exists())
    left = trial.part.read_text()
    done = subprocess.run([*trial.command, '--steps', '7'], capture_output=True, text=True, env=ENVIRONMENT,
                          timeout=60)
    kept = trial.log.with_name('run-unfinished.csv')
    tap.check('which the next run keeps, and says where', done.returncode == 0 and trial.rows() == list(range(7))
              and not trial.part.exists() and kept.exists() and kept.read_text() == left
              and f'is kept as {kept}.' in done.stderr, done.stderr)


def check_reader(tap, trial):
    """| head -1"""
    trial.clear()
    running = trial.start(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first = running.stdout.readline()
    running.stdout.close()
    said = running.stderr.read()
    status = running.wait(timeout=60)
    tap.check('a reader that goes away ends it, without a word', first.startswith('Epoch: [1/') and said == ''
              and status == 128 + signal.SIGPIPE, (first, said, status))
    tap.check('and the log is kept', trial.rows() and not trial.part.exists())
    for arguments in (['kinds'], ['train', *map(str, trial.command[2:4]), '--steps', '2', '--json']):
        done = subprocess.run(['bash', '-c', 'set -o pipefail; "$@" | true', 'bash', trial.command[0], *arguments],
                              capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
        tap.check(f'{arguments[0]} | true: no word', done.stderr == '' and done.returncode in (0, 141),
                  (done.returncode, done.stderr))


def check_output(tap, cli, trial, folder):
    def shell(command):
        return subprocess.run(['bash', '-c', command, 'bash', cli, *map(str, trial.command[2:6])], capture_output=True,
                              text=True, env=ENVIRONMENT, cwd=folder, timeout=60)

    one_line = re.compile(r'backprop-cli: .+\.?\n')
    for command, status in (('"$1" kinds >&-', 1), ('"$1" kinds >/dev/full', 1), ('"$1" recipe show >/dev/full', 1),
                            ('"$1" kinds --json >/dev/full', 1), ('"$1" --help >&-', 1), ('"$1" --version >/dev/full', 1),
                            ('"$1" train "${@:2}" --steps 2 --json >/dev/full', 1),
                            ('"$1" train "${@:2}" --steps 2 >&-', 1)):
        done = shell(command)
        tap.check(f'{command}: status {status} and one sentence', done.returncode == status
                  and one_line.fullmatch(done.stderr), (done.returncode, done.stderr))
    done = shell('"$1" train "${@:2}" --steps 2 --log closed.csv >&- 2>&- <&-')
    text = (folder / 'closed.csv').read_text() if (folder / 'closed.csv').exists() else ''
    tap.check('with all three closed the log holds the log alone',
              re.fullmatch(r'step,epoch,loss,lr\n0,0,\S+\n1,0,\S+\n', text), text)
    done = shell('"$1" train "${@:2}" --steps 2 --log /dev/stdout > both.txt; cat both.txt')
    tap.check('--log /dev/stdout goes where the shell says', done.returncode == 0
              and re.match(r'step,epoch,loss,lr\n', done.stdout) and '\n1,0,' in done.stdout and 'Accuracy' in done.stdout,
              done.stdout + done.stderr)
    done = shell('"$1" train "${@:2}" --steps 2 --log >(cat > piped.csv) >/dev/null; sleep 0.5; cat piped.csv')
    tap.check('--log may be a pipe', done.returncode == 0 and done.stdout.count('\n') == 3, done.stdout + done.stderr)


def check_refused(tap, trial, folder):
    (folder / 'folder').mkdir()
    (folder / '.taken.csv.backprop-part').symlink_to(folder / 'victim')
    for log, status, words in (('', 2, '--log'), ('-', 2, '/dev/stdout'), (folder / 'folder', 1, 'Is a directory'),
                               (folder / 'none/x.csv', 1, 'No such file'), (folder / 'taken.csv', 1, 'in the way')):
        done = subprocess.run([*trial.command, '--log', log, '--steps', '1'], capture_output=True, text=True, env=ENVIRONMENT,
                              timeout=60)
        lines = done.stderr.splitlines()
        tap.check(f'--log "{Path(log).name}" is refused before training', done.returncode == status and len(lines) == 1
                  and words in lines[0] and not done.stdout, (done.returncode, done.stderr, done.stdout))
    tap.check('and nothing was written through the link', not (folder / 'victim').exists())
    mine = folder / 'mine.json'
    shown = subprocess.run([trial.command[0], 'recipe', 'show', 'softmax'], capture_output=True, text=True, env=ENVIRONMENT)
    mine.write_text(shown.stdout)
    (folder / 'linked').symlink_to(mine)
    pictures = next(Path(trial.command[3]).glob('train-images*'))
    for log in (mine, folder / 'linked', pictures):
        before = log.read_bytes()
        done = subprocess.run([trial.command[0], 'train', mine, '--data', trial.command[3], '--steps', '1', '--log', log],
                              capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
        tap.check(f'--log {log.name}, which is no log, is refused and left as it is', done.returncode == 1
                  and done.stderr.count('\n') == 1 and 'is not a log of an earlier run' in done.stderr and not done.stdout
                  and log.read_bytes() == before, (done.returncode, done.stderr))
    notes = folder / 'notes.txt'
    notes.write_text('my notes\n')
    with open(notes, 'a') as out:
        done = subprocess.run([*trial.command, '--log', '/dev/stdout', '--steps', '1'], stdout=out, stderr=subprocess.PIPE,
                              text=True, env=ENVIRONMENT, timeout=60)
    tap.check('what the shell appends to may hold anything', done.returncode == 0
              and notes.read_text().startswith('my notes\nstep,epoch,loss,lr\n'), done.stderr)


def check_late_repeat(tap, trial, folder):
    """A run that cannot end, as nobody reads its log, is ended at once by a signal a few seconds after the first."""
    pipe = folder / 'pipe.csv'
    os.mkfifo(pipe)
    running = subprocess.Popen([*trial.command, '--log', pipe, '--set', 'network.1.out_features=8'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=ENVIRONMENT)
    with open(pipe, 'rb'):
        time.sleep(4)  # it is full, after 64 KiB
        running.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        running.send_signal(signal.SIGTERM)
        time.sleep(3.3)
        waits = running.poll() is None
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=60)
    tap.check('a signal long after the first ends it at once', waits and running.returncode == -signal.SIGTERM,
              (waits, running.returncode))


def main(cli):
    tap = Tap()
    # Under nohup it is ignored, and the program respects that.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with tempfile.TemporaryDirectory(prefix='backprop-endings-') as name:
        folder = Path(name)
        trial = Trial(cli, folder, write_data(folder / 'data', good_files()))
        check_signals(tap, trial)
        check_ignored(tap, trial)
        check_killed(tap, trial)
        check_reader(tap, trial)
        check_output(tap, cli, trial, folder)
        check_refused(tap, trial, folder)
        check_late_repeat(tap, trial, folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1])))
