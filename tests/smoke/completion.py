#!/usr/bin/python3
"""What the shells offer after backprop-cli.  completion.py BACKPROP_CLI FOLDER_OF_SCRIPTS

bash, zsh and fish load the real scripts, where they are installed, and say what they would offer.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from tap import Tap  # noqa: E402

PROGRAM, SCRIPTS = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()

# A line as it is typed, what has to be among the offers, and what must not be. In the folder lie
# mine.backprop and a folder pictures.
CASES = [
    ('backprop-cli ', {'train', 'kinds', 'recipe', 'data', 'runs'}, {'--set'}),
    ('backprop-cli tr', {'train'}, {'kinds'}),
    ('backprop-cli train --', {'--set', '--device', '--log'}, {'train'}),
    ('backprop-cli train ', {'tutorial', 'softmax', 'mine.backprop'}, set()),
    ('backprop-cli train --device ', {'auto', 'cpu', 'ref', 'cuda'}, {'tutorial'}),
    ('backprop-cli train --data pi', {'pictures'}, {'mine.backprop', 'practice'}),
    ('backprop-cli train --set optimizer.k', {'optimizer.kind='}, {'optimizer.lr='}),
    ('backprop-cli train --set optimizer.kind=SG', {'optimizer.kind=SGD'}, {'optimizer.kind=Adam'}),
    ('backprop-cli train --set optimizer.kind=SGD --set optimizer.m', {'optimizer.momentum='},
     {'optimizer.betas='}),
    ('backprop-cli train softmax --set network.1', {'network.1.'}, {'network.2.'}),
    ('backprop-cli train --set data.shuffle=', {'data.shuffle=true', 'data.shuffle=false'}, set()),
    ('backprop-cli train --set=loop.ep', {'--set=loop.epochs='}, set()),
    ('backprop-cli recipe sh', {'show'}, set()),
    ('backprop-cli recipe pytorch --n', {'--notebook'}, {'--json'}),
    ('backprop-cli data get ', {'mnist', 'fashion-mnist', 'kmnist'}, {'practice'}),
    ('backprop-cli data info pr', {'practice'}, {'mnist'}),
    ('backprop-cli train --out mi', {'mine.backprop'}, {'tutorial'}),
    ('backprop-cli runs ', {'list', 'show', 'rename', 'delete', 'export'}, {'mine.backprop'}),
    ('backprop-cli runs show mi', {'mine.backprop'}, {'show'}),
    ('backprop-cli runs export --', {'--csv'}, {'--json'}),
    ('backprop-cli data get --to pi', {'pictures'}, {'mnist'}),
]

# COMP_WORDS as readline cuts a line: at = too, which becomes a word of its own.
BASH = r'''
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
mapfile -t COMP_WORDS < <(python3 -c '
import re, sys
line = sys.argv[1]
print("\n".join(re.findall(r"=|[^\s=]+", line) + ([""] if line[-1] in " =" else [])))' "$2")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_backprop_cli backprop-cli "${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\n' "${COMPREPLY[@]}"
'''

# The script is the body of a function; what it calls to offer is written out.
ZSH = r'''
compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
compset() { PREFIX=${words[CURRENT]#*=} }
_files() { if [[ $1 == -/ ]]; then print -rl -- *(N/); else print -rl -- *(N); fi }
words=("${(@s: :)2}") CURRENT=$#words
source $1
'''

FISH = 'source $argv[1]; complete -C $argv[2] | string replace -r "\t.*" ""'


def offers(command, line):
    done = subprocess.run([*command, str(SCRIPTS / SCRIPT_OF[command[0]]), line], capture_output=True, text=True,
                          timeout=60, check=False)
    found = {text.rstrip('/ ') for text in done.stdout.splitlines() if text}
    return found, done.stderr


SCRIPT_OF = {'bash': 'backprop-cli.bash', 'zsh': '_backprop-cli', 'fish': 'backprop-cli.fish'}
COMMANDS = {'bash': ['bash', '--norc', '-c', BASH, 'bash'], 'zsh': ['zsh', '-f', '-c', ZSH, 'zsh'],
            'fish': ['fish', '--no-config', '-c', FISH]}


def as_bash_does(line, texts):
    """bash offers what follows the last = of the word, for it replaces no more."""
    word = line.split(' ')[-1]
    cut = word.rpartition('=')[0] + '=' if '=' in word else ''
    return {text.removeprefix(cut) for text in texts}


def check_shell(tap, shell):
    if not shutil.which(shell):
        tap.skip(shell, f'{shell} is not installed')
        return
    for line, wanted, unwanted in CASES:
        found, errors = offers(COMMANDS[shell], line)
        if shell == 'bash':
            wanted, unwanted = as_bash_does(line, wanted), as_bash_does(line, unwanted)
        if shell == 'zsh':  # which filters by itself
            unwanted = set()
        ok = wanted <= found and not unwanted & found and not errors
        tap.check(f'{shell}: {line}', ok, f'wanted {wanted}, not {unwanted}, found {found}\n{errors}')


def every_kind(tap):
    """Each kind that can be chosen is offered, with a few words."""
    kinds = json.loads(subprocess.run([PROGRAM, 'kinds', '--json'], capture_output=True, check=True).stdout)
    for key, group in (('optimizer', 'optimizer'), ('scheduler', 'scheduler'), ('loss', 'loss'),
                       ('data.dataset', 'dataset'), ('network.1', 'layer'), ('network.1.weight_init', 'init')):
        done = subprocess.run([PROGRAM, 'complete', '--', 'train', '--set', f'{key}.kind='], capture_output=True,
                              text=True, check=True)
        found = [line.split('\t') for line in done.stdout.splitlines()]
        names = [f'{key}.kind={kind["name"]}' for kind in kinds[group]]
        tap.check(f'every {group} is offered and explained',
                  [f[0] for f in found] == names and all(len(f) == 2 for f in found), done.stdout)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / 'mine.backprop').write_text('{}')
        (Path(folder) / 'pictures').mkdir()
        os.chdir(folder)
        os.environ['PATH'] = f'{PROGRAM.parent}:{os.environ["PATH"]}'
        os.environ['HOME'] = folder
        os.environ['LC_ALL'] = 'C.UTF-8'
        every_kind(tap)
        for shell in COMMANDS:
            check_shell(tap, shell)
        os.chdir('/')
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
