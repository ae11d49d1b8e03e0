#!/usr/bin/python3
"""What a person can get wrong on the command line: each gives one line on standard error that names
the place and what is allowed, the right exit status, and changes no file.

  bad_input.py BACKPROP-CLI
"""
import gzip
import os
import re
import resource
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from tap import Tap

RECIPES = {
    'broken JSON': ('{"version": 1,\n "seed": }', ['line 2']),
    'an unknown key': ('{"version": 1,\n "data": {"batchsize": 8}}', ['line 2', 'batchsize', 'batch_size']),
    'an unknown kind': ('{"network": [{"kind": "Relu"}]}', ['network.0', 'Relu', 'ReLU']),
    'an unknown optimizer': ('{"optimizer": {"kind": "Sophia"}}', ['optimizer', 'Sophia', 'AdamW']),
    'a wrong type': ('{"optimizer": {"kind": "SGD", "lr": "fast"}}', ['optimizer.lr', 'number']),
    'a fraction for a whole number': ('{"loop": {"epochs": 1.5}}', ['loop.epochs', '1.5', 'whole']),
    'a value out of range': ('{"network": [{"kind": "Dropout", "p": 1.5}]}', ['network.0.p', '1.5', '0 to 1']),
    'a future version': ('{"version": 2}', ['version', '2', '1']),
    'shapes that do not fit': ('{"network": [{"kind": "Flatten"}, {"kind": "Linear", "out_features": 7}]}',
                               ['7', '10 classes']),
    'a Linear on a picture': ('{"network": [{"kind": "Linear", "out_features": 10}]}', ['network.0', 'Flatten']),
    'UTF-16': ('{"seed": 1}'.encode('utf-16'), ['recipe', 'is in UTF-16; save it in UTF-8.']),
    'UTF-32': ('{"seed": 1}'.encode('utf-32'), ['recipe', 'is in UTF-32; save it in UTF-8.']),
    'an empty network': ('{"network": []}', ['network', '0 layers']),
    'nesterov without momentum': ('{"optimizer": {"kind": "SGD", "nesterov": true}}',
                                  ['optimizer', 'momentum']),
    'a list for an object': ('[1, 2]', ['recipe']),
    'an empty file': ('', ['empty']),
    'deep nesting': ('[' * 5000, ['recipe']),
    'a zero byte': ('{"seed": 1}\0', ['recipe']),
    'a zero character': ('{"network": [{"kind": "\\u0000"}]}', ['line 1', 'the character \\u0000 is not allowed in a text.']),
}

ARGUMENTS = {
    'no command': ([], 2, ['train']),
    'an unknown command': (['fly'], 2, ['fly']),
    'an unknown option': (['train', '--sett', 'a=b'], 2, ['--sett']),
    'a cluster of letters': (['train', '--json', '-xy'], 2, ['-xy', 'train']),
    'a value for a switch': (['train', '--json=yes'], 2, ['--json takes no value']),
    'an option of another command': (['recipe', 'show', '--json'], 2, ['recipe show', '--json']),
    'an empty folder to fetch to': (['data', 'get', 'mnist', '--to='], 2, ['--to is empty']),
    'empty data': (['train', '--data', ''], 2, ['--data is empty']),
    'an empty place': (['data', 'info', ''], 2, ['data info']),
    'too many steps': (['train', '--steps', '9' * 20], 2, ['1 to 1000000000000']),
    'a missing value': (['train', '--seed'], 2, ['--seed']),
    'a seed that is none': (['train', '--seed', 'x'], 2, ['--seed', 'x']),
    'two recipes': (['train', 'a', 'b'], 2, ['one recipe']),
    'a set without value': (['train', '--set', 'seed'], 2, ['KEY=VALUE']),
    'no such recipe': (['train', 'nonesuch'], 1, ['nonesuch', 'tutorial']),
    'no such file': (['train', './none.json'], 1, ['none.json']),
    'an unknown key to set': (['train', '--set', 'optimizer.speed=1'], 1, ['optimizer', 'speed', 'lr']),
    'a value to set that is out of range': (['train', '--set', 'optimizer.lr=-1'], 1, ['optimizer.lr', '-1']),
    'a layer that is not there': (['train', '--set', 'network.9.p=0'], 1, ['network', '6']),
    'a device that is none': (['train', '--device', 'abacus'], 1, ['abacus', 'cpu']),
    'no CUDA module': (['train', '--device', 'cuda'], 1, ['CUDA']),
    'no data there': (['train', '--data', '/nonexistent'], 1, ['/nonexistent']),
    'a file for a directory': (['data', 'info', '/etc/passwd'], 1, ['/etc/passwd']),
    'a batch larger than the set': (['train', '--data', 'SMALL', '--set', 'data.batch_size=500', '--set',
                                     'data.drop_last=true'], 1, ['batch']),
    'a log in no directory': (['train', '--data', 'SMALL', '--log', '/nonexistent/x.csv'], 1, ['/nonexistent/x.csv']),
    'a log on a full device': (['train', '--data', 'SMALL', '--log', '/dev/full', '--steps', '5'], 1, ['/dev/full']),
    'a loss that explodes': (['train', '--data', 'SMALL', '--set', 'optimizer.kind=SGD', '--set', 'optimizer.lr=10',
                              '--set', 'regularization.l2=1', '--set', 'loop.epochs=200'], 1, ['at step', 'finite']),
    'an explosion in the last update': (['train', 'softmax', '--data', 'SMALL', '--set', 'optimizer.kind=SGD', '--set',
                                         'optimizer.lr=3e38', '--steps', '1'], 1, ['at step 1', 'finite', 'diverged']),
}


def idx(shape, values, magic=8):
    return struct.pack(f'>BBBB{len(shape)}I', 0, 0, magic, len(shape), *shape) + values


def good_files():
    return {'train-images-idx3-ubyte': idx((60, 28, 28), bytes(i % 256 for i in range(60 * 784))),
            'train-labels-idx1-ubyte': idx((60,), bytes(i % 10 for i in range(60))),
            't10k-images-idx3-ubyte': idx((20, 28, 28), bytes(i % 251 for i in range(20 * 784))),
            't10k-labels-idx1-ubyte': idx((20,), bytes(i % 10 for i in range(20)))}


def broken_files():
    """name → (file, its content or None, words of the sentence)"""
    images, labels = 'train-images-idx3-ubyte', 'train-labels-idx1-ubyte'
    good = good_files()
    packed = gzip.compress(good[images])
    return {
        'a missing file': (images, None, ['train-images']),
        'a truncated file': (images, good[images][:-100], [images]),
        'a truncated header': (images, good[images][:9], [images]),
        'an oversized header': (images, idx((4000000000, 28, 28), b'x' * 100), [images]),
        'a wrong magic': (images, b'PNG' + good[images], [images]),
        'labels where pictures belong': (images, good[labels], [images]),
        'a text file': (labels, b'hello, this is no IDX file at all', [labels]),
        'half a gzip file': (images + '.gz', packed[:len(packed) // 2], [images]),
        'a gzip file with a broken sum': (images + '.gz', packed[:-8] + b'\1' * 8, [images]),
        'fewer labels than pictures': (labels, idx((59,), bytes(59)), ['59', '60']),
        'an empty file': (labels, b'', [labels]),
        'trailing bytes': (labels, good[labels] + b'??', [labels]),
    }


def run(cli, arguments, **options):
    environment = {k: v for k, v in os.environ.items() if k != 'BACKPROP_DATA'}
    return subprocess.run([cli, *arguments], capture_output=True, text=True, env=environment, timeout=60, **options)


def check_refusal(tap, name, done, status, words):
    lines = done.stderr.strip().splitlines()
    message = lines[-1] if lines else ''
    tap.check(f'{name}: status {status}, one sentence with {", ".join(words)}',
              done.returncode == status and len(lines) == 1 and all(word in message for word in words),
              f'status {done.returncode}\n{done.stderr}\n{done.stdout}')


def write_data(folder, files):
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def check_recipes(tap, cli, folder, small):
    for name, (text, words) in RECIPES.items():
        path = folder / 'recipe.json'
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        check_refusal(tap, name, run(cli, ['train', str(path), '--data', str(small)]), 1, words)


def check_absent(tap, cli, folder):
    environment = {k: v for k, v in os.environ.items() if k != 'BACKPROP_DATA'}
    environment.update(HOME=str(folder / 'nobody'), XDG_DATA_HOME=str(folder / 'nobody/data'))
    done = subprocess.run([cli, 'data', 'info', 'mnist'], capture_output=True, text=True, env=environment, cwd=folder)
    tap.check('data info mnist says that there is none', done.returncode == 0 and 'MNIST was not found' in done.stderr
              and 'drawn by the program' in done.stdout, done.stdout + done.stderr)
    done = subprocess.run([cli, 'data', 'info', 'practice'], capture_output=True, text=True, env=environment, cwd=folder)
    tap.check('who asks for practice digits is told no more', done.returncode == 0 and not done.stderr, done.stderr)


def check_terminal(tap, cli, folder):
    """What a folder or an argument is called is no order to the terminal, and is text."""
    data = write_data(folder / 'a\x1b[31m\x9b\u202e', good_files())
    odd = Path(os.fsdecode(os.fsencode(folder / 'b') + b'\xff'))
    data.rename(odd)
    for place in (odd, data):
        if not place.exists():
            odd.rename(place)
        done = subprocess.run([cli, 'data', 'info', place], capture_output=True)
        said = done.stdout.decode('utf-8', 'replace')
        tap.check('a folder with an odd name is described in text', done.returncode == 0 and '?' in said
                  and not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufffd]', said), done.stdout)
    done = run(cli, ['data', '\x1b[31m\x9b'])
    done2 = run(cli, ['kinds', '\x1b[31m\x9b'])
    tap.check('nor is a word on the command line', '\x1b' not in done.stderr + done2.stderr and '?[31m' in done2.stderr,
              done.stderr + done2.stderr)


def check_one_class(tap, cli, folder):
    """Numbers and their nouns agree."""
    files = {'train-images-idx3-ubyte': idx((8, 5, 5), bytes(200)), 'train-labels-idx1-ubyte': idx((8,), bytes(8)),
             't10k-images-idx3-ubyte': idx((1, 5, 5), bytes(25)), 't10k-labels-idx1-ubyte': idx((1,), bytes(1))}
    data = write_data(folder / 'one-class', files)
    for arguments in (['data', 'info', data], ['train', '--data', data, '--set', 'network.5.out_features=3'],
                      ['train', '--data', data, '--set', 'network=["Flatten"]'],
                      ['train', '--data', data, '--steps', '1', '--set', 'loss.weight=[1, 2]']):
        done = run(cli, list(map(str, arguments)))
        said = done.stdout + done.stderr
        tap.check(f'one class: {" ".join(map(str, arguments[:1] + arguments[3:]))}', '1 class' in said.replace('one class', '')
                  and not re.search(r'\b1 (classes|outputs|entries|steps|images\b(?! of))', said)
                  and not re.search(r'\S  +\S', said), said)


def check_data(tap, cli, folder):
    for i, (name, (file, content, words)) in enumerate(broken_files().items()):
        files = good_files()
        files.pop(file.removesuffix('.gz'))
        if content is not None:
            files[file] = content
        data = write_data(folder / f'data{i}', files)
        check_refusal(tap, name, run(cli, ['train', '--data', str(data)]), 1, words)


def check_log_survives(tap, cli, folder, small):
    """A log that cannot be finished leaves the old one as it was."""
    log = folder / 'log.csv'
    log.write_text('precious\n')

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = run(cli, ['train', '--data', str(small), '--log', str(log), '--set', 'loop.epochs=100'], preexec_fn=limit)
    check_refusal(tap, 'a log on a full disk', done, 1, ['log.csv'])
    tap.check('the old log is untouched, nothing lies beside it',
              log.read_text() == 'precious\n' and list(folder.glob('log.csv*')) == [log])


def check_help(tap, cli):
    """Every command explains itself, wherever among its words that is asked."""
    whole = run(cli, ['--help']).stdout
    for words, own, others in ((['train', '--help'], '--oversubscribe', 'kinds ['), (['train', '-h'], '--log', 'data get'),
                               (['train', 'softmax', '--set', 'seed=1', '--help'], '--steps', 'kinds ['),
                               (['kinds', '--help'], 'kinds [', '--log'), (['recipe', '-h'], 'recipe show', '--log'),
                               (['recipe', 'show', '--help'], 'recipe show', '--log'),
                               (['data', '--help'], 'data get', '--log'), (['data', 'get', '-h'], '--from', '--log')):
        done = run(cli, words)
        tap.check(f'{" ".join(words)}', done.returncode == 0 and not done.stderr and own in done.stdout
                  and others not in done.stdout and all(line in whole for line in done.stdout.splitlines()), done.stdout)


def main(cli):
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = write_data(folder / 'small', good_files())
        done = run(cli, ['train', '--data', str(small), '--steps', '3'])
        tap.check('the good files train', done.returncode == 0 and not done.stderr, done.stderr)
        check_help(tap, cli)
        for name, (arguments, status, words) in ARGUMENTS.items():
            arguments = [str(small) if a == 'SMALL' else a for a in arguments]
            check_refusal(tap, name, run(cli, arguments), status, words)
        check_recipes(tap, cli, folder, small)
        check_data(tap, cli, folder)
        check_one_class(tap, cli, folder)
        check_log_survives(tap, cli, folder, small)
        with open('/dev/full', 'w') as full:
            done = subprocess.run([cli, 'kinds'], stdout=full, stderr=subprocess.PIPE, text=True)
        tap.check('a full standard output is an error', done.returncode == 1 and 'Standard output' in done.stderr
                  and done.stderr.endswith('No space left on device.\n'), done.stderr)
        check_absent(tap, cli, folder)
        check_terminal(tap, cli, folder)
        done = run(cli, ['train', '--data', 'practice', '--set', 'network=[]'])
        tap.check('before the data are known the number of classes is not spoken of', done.returncode == 1
                  and done.stderr == 'backprop-cli: The network has 0 layers; it needs at least one.\n', done.stderr)
        done = subprocess.run([cli, 'recipe', 'show', 'softmax', '--set', 'seed=7'], text=True, capture_output=True,
                              env={**os.environ, 'POSIXLY_CORRECT': '1'})
        tap.check('options may follow the recipe, whatever getopt() is told', '"seed": 7' in done.stdout, done.stderr)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1])))
