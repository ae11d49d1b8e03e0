#!/usr/bin/python3
"""backprop-cli in other languages: what a person reads is translated, what a machine reads never changes.

  languages.py BACKPROP-CLI

With a small catalog of its own, so that it does not depend on what is translated, and in a locale whose
decimal mark is a comma, made like that of comma.py.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from comma import make_locale
from tap import Tap

CATALOG = r'''
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n"

#, c-format
msgid "Accuracy on test set: %.2f (practice digits)\n"
msgstr "Genauigkeit: %.2f\n"

#, c-format
msgid "a number from %s to %s"
msgstr "eine Zahl von %s bis %s"

#, c-format
msgid "%s is %s; allowed is %s."
msgstr "%s ist %s; erlaubt ist %s."

#, c-format
msgid "there is no command \"%s\"; allowed are train, eval, predict, kinds, recipe, data, runs and bench"
msgstr "den Befehl »%s« gibt es nicht"

msgid "The complete description of a run."
msgstr "Die ganze Beschreibung eines Laufs."
'''
TRAIN = ('train', '--data', 'practice', '--set', 'optimizer.lr=0.0015', '--set', 'loop.epochs=1', '--steps', '20',
         '--threads', '1')


def without_times(report):
    report = json.loads(report)
    for part in [report, *report['epochs']]:
        for key in ('seconds', 'start_seconds', 'peak_memory', 'iterations_per_second'):
            part.pop(key, None)
    return report


class Cli:
    def __init__(self, program, environment):
        self.program = program
        self.environment = environment
        self.trained = None

    def __call__(self, *arguments):
        return subprocess.run([self.program, *arguments], env=self.environment, capture_output=True, text=True,
                              timeout=100)

    def train(self):
        """(the report without its times, the log) of a short run, which is made once."""
        if not self.trained:
            with tempfile.TemporaryDirectory() as folder:
                report = self(*TRAIN, '--json', '--log', f'{folder}/log.csv')
                with open(f'{folder}/log.csv', encoding='utf-8') as file:
                    self.trained = report.returncode == 0 and without_times(report.stdout), file.read()
        return self.trained


def check_words(tap, plain, other):
    """other: with LANGUAGE and the catalog above."""
    tap.check('usage is translated', 'den Befehl »nonsense« gibt es nicht' in other('nonsense').stderr)
    failed = other('recipe', 'show', '--set', 'data.validation_fraction=2')
    wanted = 'data.validation_fraction ist 2; erlaubt ist eine Zahl von 0 bis 0.9.'
    tap.check('errors of the engine are translated, and their parts', wanted in failed.stderr, failed.stderr)
    tap.check('the tables are translated', 'recipe: Die ganze Beschreibung eines Laufs.' in other('kinds').stdout)
    tap.check('a result is translated', 'Genauigkeit: ' in other(*TRAIN).stdout)
    tap.check('English stays', 'allowed is a number from 0 to 0.9' in
              plain('recipe', 'show', '--set', 'data.validation_fraction=2').stderr)


def check_machines(tap, name, plain, other):
    for arguments in (('kinds', '--json'), ('recipe', 'show'), ('recipe', 'show', 'regularized')):
        tap.check(f'{" ".join(arguments)} is the same {name}', plain(*arguments).stdout == other(*arguments).stdout
                  and plain(*arguments).returncode == 0)
    found = [cli.train() for cli in (plain, other)]
    tap.check(f'train --json is the same {name}', found[0][0] and found[0][0] == found[1][0], found[1])
    tap.check(f'the log is the same {name}', found[0][1] == found[1][1] and re.search(r'\d\.\d', found[0][1]), found[1])


def main():
    tap = Tap()
    english = {k: v for k, v in os.environ.items() if k not in ('LANGUAGE', 'LANG') and k[:3] != 'LC_'}
    plain = Cli(sys.argv[1], {**english, 'LC_ALL': 'C.UTF-8'})
    with tempfile.TemporaryDirectory() as folder:
        if shutil.which('msgfmt'):
            os.makedirs(f'{folder}/xx/LC_MESSAGES')
            with open(f'{folder}/xx.po', 'w', encoding='utf-8') as file:
                file.write(CATALOG)
            subprocess.run(['msgfmt', '-o', f'{folder}/xx/LC_MESSAGES/backprop.mo', f'{folder}/xx.po'], check=True)
            other = Cli(sys.argv[1], {**plain.environment, 'LANGUAGE': 'xx', 'BACKPROP_LOCALEDIR': folder})
            check_words(tap, plain, other)
            check_machines(tap, 'in another language', plain, other)
        else:
            tap.skip('another language', 'needs msgfmt')
        comma = make_locale(folder)
        if comma:
            check_machines(tap, 'where the decimal mark is a comma', plain, Cli(sys.argv[1], comma))
        else:
            tap.skip('a decimal comma', 'needs localedef and the package locales')
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
