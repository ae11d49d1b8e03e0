#!/usr/bin/python3
"""Folders that are no data sets, opened by mistake, and what no walk may do: wait, turn in circles, run out of
descriptors.

  test_picture_walk.py BACKPROP-CLI FOLDER-DUMP
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'smoke'))
from pictures import Programs, flat, write
from tap import Tap

FEW = {f'{k}/{i}.png': flat(10 * i) for k in 'ab' for i in range(7)}
# A refusal takes one or two seconds; the rest is for a computer that is busy.
PATIENCE = 20


def linked(folder, n_links, n_files, name='{}.txt', content=b''):
    """n_links × n_files files, of which n_files are there."""
    write(folder / '.once', {name.format(i): content for i in range(n_files)})
    for k in range(n_links):
        (folder / f'l{k}').symlink_to('.once')


def timed(programs, *arguments):
    start = time.monotonic()
    done = programs.run(*arguments)
    return done.returncode, (done.stdout + done.stderr).strip(), time.monotonic() - start


# ---- no data sets ----

def check_many(tap, programs, folder):
    """200 000 empty files; then as many that have to be looked into."""
    for name, content in (('empty', b''), ('text', b'a text')):
        linked(folder / name, 400, 500, content=content)
        code, said, seconds = timed(programs, 'data', 'info', folder / name)
        tap.check(f'{name}: refused in one sentence', code != 0 and said.endswith(
            f'found in {folder / name}, 0 are images, but at least one in five should be: open a folder of images, with one '
            'folder for each class.') and len(said.splitlines()) == 1, said)
        tap.check(f'{name}: soon', seconds < PATIENCE, seconds)
    code, said, seconds = timed(programs, 'train', '--data', folder / 'text', '--steps', '1')
    tap.check('train says the same', code != 0 and ', 0 are images,' in said and seconds < PATIENCE, (said, seconds))


def check_stop(tap, programs, folder):
    """Who cancels does not wait for the end of a walk through 200 000 images."""
    linked(folder, 400, 500, '{}.heic', b'an image')
    seconds = []
    for more in ((), ('stop',)):
        start = time.monotonic()
        done = subprocess.run([programs.dump_program, str(folder), '28', '28', *more], capture_output=True, text=True, check=False)
        seconds.append(time.monotonic() - start)
    tap.check('a walk can be stopped', done.returncode != 0 and done.stderr == 'Loading was stopped.\n', done.stderr)
    tap.check('before its end', seconds[1] < seconds[0] / 3, seconds)


def check_share(tap, programs, folder):
    write(folder, FEW)
    linked(folder / 'notes', 21, 500)
    code, said, _ = timed(programs, 'data', 'info', folder)
    # 14 pictures, 3 folders, 21 links, the hidden folder, 10 500 files.
    tap.check('14 images among ten thousand other files are refused', code != 0 and
              f'Of 10539 files and folders found in {folder}, 14 are images, but at least one in five' in said, said)
    linked(folder / 'more', 6, 500, '{}.png', flat(3, 2, 2))
    found = programs.dump(str(folder), 28, 28)
    tap.check('three thousand are accepted, wherever they lie', isinstance(found, dict) and found['classes'] == ['a', 'b', 'more']
              and '10502 files were skipped: 10500 .txt, 2 hidden' in found['note'], found if isinstance(found, str) else found['note'])
    shutil.rmtree(folder / 'notes')
    linked(folder / 'notes', 19, 500)
    shutil.rmtree(folder / 'more')
    found = programs.dump(str(folder), 28, 28)
    tap.check('fewer than ten thousand others are accepted', isinstance(found, dict) and found['classes'] == ['a', 'b'], found)


def check_system(tap, programs, folder):
    for name in ('/proc', '/proc/self', '/proc/self/fd', '/sys', '/dev', '/'):
        if not os.path.isdir(name):
            tap.skip(name, 'it is not here')
            continue
        code, said, seconds = timed(programs, 'data', 'info', name)
        if name == '/':  # a system in a box may be so small that its few pictures are a data set
            tap.check('/ is done with soon', seconds < PATIENCE, (said, seconds))
            continue
        tap.check(f'{name} is refused soon, in one sentence', seconds < PATIENCE and len(said.splitlines()) == 1 and code != 0
                  and 'contains no data: neither images' in said, (said, seconds))
        found = programs.dump(name, 28, 28)
        tap.check(f'{name} is no folder of images', isinstance(found, str) and 'images' in found, found)


# ---- what is never opened ----

def check_special(tap, programs, folder):
    data = Path(write(folder, FEW))
    os.mkfifo(data / 'a' / 'pipe')
    os.mkfifo(data / 'a' / 'pipe.png')
    os.mkfifo(data / 'c.png')
    for i, target in enumerate(('/dev/zero', '/dev/full', '/dev/tty')):
        (data / 'a' / f'device{i}.jpg').symlink_to(target)
    tap.check('pipes and devices are passed over', '6 files were skipped: 6 that are not files (' in
              programs.dump(str(data), 28, 28)['note'], programs.dump(str(data), 28, 28))
    for i, target in enumerate(('/proc/kmsg', '/proc/self/maps', '/proc')):
        (data / 'a' / f'kernel{i}.png').symlink_to(target)
    found = programs.dump(str(data), 28, 28)
    tap.check('and what the kernel makes up', '9 files were skipped: 9 that are not files (' in found['note'], found)
    (data / 'b' / 'empty').touch()
    (data / 'b' / 'empty.png').touch()
    found = programs.dump(str(data), 28, 28)
    tap.check('and empty files', '1 without an ending' in found['note'] and '1 that cannot be decoded (b/empty.png)'
              in found['note'] and len(found['train']) == 12, found)
    os.mkfifo(data / 'classes.txt')
    for i, name in enumerate(('train-images-idx3-ubyte', 't10k-labels-idx1-ubyte.gz')):
        (folder / str(i)).mkdir()
        os.mkfifo(folder / str(i) / name)
        code, said, seconds = timed(programs, 'data', 'info', folder / str(i))
        tap.check(f'{name} may be a pipe', code != 0 and seconds < PATIENCE and len(said.splitlines()) == 1, (said, seconds))


def check_unreadable(tap, programs, folder):
    data = Path(write(folder, {**FEW, 'c/1.png': flat(9)}))
    (data / 'c').chmod(0)
    if os.access(data / 'c', os.R_OK):
        tap.skip('a closed folder', 'this user may read everything')
    else:
        found = programs.dump(str(data), 28, 28)
        tap.check('a closed folder is passed over', '1 folder that cannot be read (c)' in found['note'], found)
    (data / 'c').chmod(0o700)


# ---- deep, and in circles ----

def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))


def nest(folder, name, n):
    """A tree of n folders in one another, deeper than a path can say."""
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(n):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def check_deep(tap, programs, folder):
    data = Path(write(folder, FEW))
    nest(data / 'a' / 'n', 'x', 3000)
    nest(data / 'b' / 'n', 'a_long_name', 1000)
    done = subprocess.run([programs.dump_program, str(data), '28', '28'], capture_output=True, text=True, timeout=60,
                          check=False, preexec_fn=few_descriptors)
    shown = 'a/n/' + 'x/' * 18 + '…' + '/x' * 20
    tap.check('thousands of folders in one another, with 30 descriptors', done.returncode == 0 and
              f'1 folder nested too deeply ({shown})' in done.stdout and '1 that is not a file (b/n/a_long_name/' in done.stdout,
              done.stdout[-400:] + done.stderr[-400:])
    subprocess.run(['rm', '-r', data / 'a' / 'n', data / 'b' / 'n'], check=True)


def check_circles(tap, programs, folder):
    """Links to oneself, to one another, and 2³⁰ ways to a picture."""
    data = Path(write(folder / 'circles', FEW))
    (data / 'a' / 'self').symlink_to('self')
    (data / 'a' / 'here').symlink_to('.')
    (data / 'a' / 'beside').symlink_to('../b')
    (data / 'b' / 'beside').symlink_to('../a')
    found = programs.dump(str(data), 28, 28)
    # a, then b within it; b, then a within it: what os.walk(followlinks=True) finds, had it not the circles.
    tap.check('links in circles end', isinstance(found, dict) and len(found['train']) + len(found['test']) == 28
              and '3 circular links' not in found['note'] and 'circular links (' in found['note'], found)
    for i in range(30):
        (folder / 'ways' / str(i)).mkdir(parents=True)
        for name in ('p', 'q'):
            (folder / 'ways' / str(i) / name).symlink_to(f'../{i + 1}')
    code, said, seconds = timed(programs, 'data', 'info', folder / 'ways' / '0')
    tap.check('links that double at each level end', code != 0 and seconds < PATIENCE, (code, said, seconds))
    for i in range(3):
        (folder / 'ways' / '30' / f'{i}.png').parent.mkdir(exist_ok=True)
        (folder / 'ways' / '30' / f'{i}.png').write_bytes(flat(i))
    code, said, seconds = timed(programs, 'data', 'info', folder / 'ways' / '0')
    tap.check('also where there are pictures at their end, and it is said', code == 0 and seconds < PATIENCE
              and 'links to folders read already (' in said, (code, said, seconds))
    shared = folder / 'shared'
    write(shared, {f'all/{i}.png': flat(i) for i in range(7)})
    for name in 'abc':
        (shared / name).symlink_to('all')
    found = programs.dump(str(shared), 28, 28)
    tap.check('a folder that a few classes share is read for each', isinstance(found, dict)
              and len(found['train']) + len(found['test']) == 28 and 'already' not in found['note'], found)


def main(cli, dump):
    tap, programs = Tap(), Programs(cli, dump)
    with tempfile.TemporaryDirectory(prefix='backprop-walk-') as name:
        for check in (check_many, check_stop, check_share, check_system, check_special, check_unreadable, check_deep, check_circles):
            check(tap, programs, Path(name).resolve() / check.__name__)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
