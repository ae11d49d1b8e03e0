#!/usr/bin/python3
"""The man pages say what --help says, and are laid out without a complaint.  man.py BACKPROP_CLI [BACKPROP]"""
import os
import re
import shutil
import subprocess
import sys

import lint

MAN = lint.ROOT / 'app/cli/man'
# In the page of the window, and of GApplication alone.
GENERAL = {'--help-all', '--help-gapplication', '--gapplication-service', '--gapplication-app-id',
           '--gapplication-replace', '--help-gtk'}


def options_of_help(text):
    return set(re.findall(r'(?<![\w-])--[a-z][\w-]*', text)) - GENERAL


def options_of_page(text):
    return {f'--{name}' for name in re.findall(r'Fl Fl ([\w-]+)', text)} - GENERAL


def commands_of_help(text):
    return set(re.findall(r'^  (\w+(?: (?:info|get|show|pytorch|list|rename|delete|export))?)\b', text, re.M))


def commands_of_page(text):
    return {' '.join(found.split()) for found in re.findall(r'^\.It Cm (\w+(?: (?:info|get|show|pytorch|list|rename|delete|export))?)\b', text, re.M)}


def complaints(what, said, documented):
    for name in sorted(said - documented):
        yield f'{name} stands in --help and not in {what}'
    for name in sorted(documented - said):
        yield f'{name} stands in {what} and not in --help'


def key_complaints(page, application):
    """The keys of the page are those of the code."""
    for key in re.findall(r'^\.It Ic (.+)$', page, re.M):
        for one in key.replace('\\&', '').replace(' , ', ' ').split():
            *modifiers, name = one.split('+') if one != 'Ctrl++' else ('Ctrl', 'plus')
            name = {'.': 'period', ',': 'comma', '?': 'question'}.get(name, name.lower() if len(name) == 1 else name)
            accelerator = ''.join(f'<{ {"Ctrl": "Control"}.get(m, m)}>' for m in modifiers) + name
            if f'"{accelerator}"' not in application and name != 'F10':  # which is GTK's
                yield f'{one} does nothing'


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL='C.UTF-8', MANWIDTH='80', MANROFFOPT=''))
    said = done.stderr + (done.stdout if command[0] == 'mandoc' else '')
    return [line for line in said.splitlines() if line] or ([] if done.returncode == 0 else ['failed'])


def layout(tap, page, name):
    for tool, *arguments in (('mandoc', '-Tlint', '-Wwarning'), ('man', '--warnings', '-l')):
        if shutil.which(tool):
            tap.check(f'{tool} has nothing to say about {name}', run(tool, *arguments, page))
        else:
            tap.skip(f'{tool} reads {name}', f'{tool} is not installed')


def main():
    tap = lint.Tap()
    environment = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='C')
    for program in sys.argv[1:]:
        name = os.path.basename(program)
        page = (MAN / f'{name}.1').read_text()
        text = subprocess.run([program, '--help'], capture_output=True, text=True, check=True, env=environment).stdout
        tap.refuses(f'{name}: refuses an option that the page forgets',
                    complaints('', options_of_help(text), options_of_page(page.replace('Fl Fl data', 'Fl Fl date'))))
        tap.check(f'{name}: options', complaints(f'{name}.1', options_of_help(text), options_of_page(page)))
        if name == 'backprop-cli':
            tap.check(f'{name}: commands', complaints(f'{name}.1', commands_of_help(text), commands_of_page(page)))
        else:
            application = (lint.ROOT / 'app/application.c').read_text()
            tap.refuses(f'{name}: refuses a key that does nothing', key_complaints('.It Ic Ctrl+J\n', application))
            tap.check(f'{name}: keys', key_complaints(page, application))
        layout(tap, MAN / f'{name}.1', name)
    tap.done()


if __name__ == '__main__':
    main()
