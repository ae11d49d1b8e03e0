#!/usr/bin/python3
"""The texts that a person reads can all be translated.  texts.py BACKPROP_CLI

Every file that marks texts is in po/POTFILES, every text in the tables of kinds and every literal of
ui/ and app/ that looks like one is marked, and gettext's programs have nothing to complain about.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lint

PO = lint.ROOT / 'po'
ROOMS = ('engine', 'data', 'cuda', 'ui', 'app')
MARK = re.compile(r'(?<![\w.>])(?:_|N_|C_|ngettext|nn_fail|nn_fail_nomem|cli_usage|bp_check_unmet|nn_text_n|nn_elem_fail|nn_step_fail'
                  r'|nn_dataset_add_note)\s*\(')
# A literal that a person might read: words with a space between, or one word with a capital.
TEXT = re.compile(r'[A-Za-z]{2,} [A-Za-z(%]|^[A-Z][a-z]+[.:…]?$|%\S* [a-z]{2,}')
STRING = re.compile(r'//[^\n]*|/\*.*?\*/|(?P<text>"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*)'
                    r"|'(?:\\.|[^'\\\n])*'", re.S)
# The calls whose literals are marked by their keyword, or are for the log of a developer.
TAKES = re.compile(r'(?:(?<!\w)(?:_|N_|C_|ngettext|nn_text_n|nn_fail|nn_fail_nomem|nn_elem_fail|nn_step_fail|cli_usage'
                   r'|bp_check_unmet|nn_dataset_add_note)|g_(?:message|warning|critical|debug|error)|perror)$')
# Proper names, and what PyTorch and files call something in every language.
NAMES = {'Adwaita', 'data get', 'recipe show', 'Backprop', 'backprop %s\\n', 'backprop-cli %s\\n', 'The Backprop authors',
         '© 2026 The Backprop authors', 'None', 'Linear', 'Flatten', 'ReLU',
         # What follows a command, as its help shows it.
         '[RECIPE] [--set KEY=VALUE]…', 'mnist|fashion-mnist|kmnist [--from URL] [--to DIR]', 'FILE NAME'}
# What SQLite reads: an SQL keyword in capitals, and the beginning of its files.
SQL = re.compile(r'^(?:SQLite format 3$|[ ,]*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|FROM)\b)')
# The report about the system in the dialog About is for those who mend faults, and the figures of backprop-cli bench for
# those who compare them: their names are those of the page that holds them.
IN_ENGLISH = {'app/window/about.c', 'app/cli/bench/bench.c', 'app/cli/bench/cases.c', 'app/cli/bench/machine.c',
              'app/cli/bench/peer.c', 'app/cli/bench/results.c'}

# Where the marks are made, and their functions.
MACHINERY = {'engine/text.h', 'engine/error.h', 'data/dataset.h', 'ui/i18n.h'}


def has_texts(name, text):
    """Does a file hold texts that go into the catalog?"""
    if name in MACHINERY:
        return False
    if name.endswith('.ui'):
        return 'translatable=' in text
    return bool(MARK.search(lint.code_only(text)))


def potfiles_complaints(listed, files):
    """listed: lines of POTFILES; files: {name: text} of all that might belong there."""
    for name in sorted(name for name, text in files.items() if has_texts(name, text)):
        if name not in listed:
            yield f'{name} marks texts and is missing in po/POTFILES'
    for name in sorted({name for name in files if name.startswith('flatpak/')} - set(listed)):
        yield f'{name} is missing in po/POTFILES'
    for name in listed:
        if not (name in files and has_texts(name, files[name])) and not name.startswith('flatpak/'):
            yield f'po/POTFILES names {name}, which marks no texts'
    if listed != sorted(listed):
        yield 'po/POTFILES is not in alphabetical order'


def open_calls(code, at):
    """The names before each parenthesis that is open at a place; code without strings and comments."""
    depth, names = 0, []
    start = max(code.rfind(';', 0, at), code.rfind('{', 0, at), 0)
    for i in range(at - 1, start - 1, -1):
        depth += (code[i] == ')') - (code[i] == '(')
        if depth < 0:
            depth = 0
            names.append(re.search(r'\w*\s*$', code[:i]).group().strip())
    return names


def literal_complaints(name, text):
    """Literals that look like texts, and reach no function that translates them."""
    code = STRING.sub(lambda m: ' ' * len(m.group()), text)
    for match in STRING.finditer(text):
        if not match['text'] or name in IN_ENGLISH:
            continue
        literal = ''.join(re.findall(r'"((?:\\.|[^"\\\n])*)"', match['text']))
        if not TEXT.search(literal) or literal in NAMES or literal.lstrip()[:1] == '{' or SQL.match(literal) or '\\"kind' in literal:
            continue
        if not any(TAKES.match(call) for call in open_calls(code, match.start())):
            line = text.count('\n', 0, match.start()) + 1
            yield f'{name}:{line}: "{literal[:60]}" is not marked: _("…"), or N_("…") in a table'


def builder_complaints(name, text):
    """The same for GtkBuilder files."""
    for match in re.finditer(r'<(?:property|attribute|item)\b([^>]*)>([^<]*)<', text):
        attributes, content = match.groups()
        named = re.search(r'name="(label|title|subtitle|description|tooltip-text|placeholder-text|heading|body)"', attributes)
        if (named or '<item' in match.group()) and re.search('[A-Za-z]{2}', content):
            if 'translatable="yes"' not in attributes and content not in NAMES | {'CUDA', 'CPU'}:
                yield f'{name}: "{content}" lacks translatable="yes"'


def extract():
    """xgettext, run: the catalog that it writes, and what it complains about."""
    options = re.findall(r"'(--[^']+)'", (PO / 'meson.build').read_text())
    return subprocess.run(['xgettext', *options, '--no-wrap', f'--directory={lint.ROOT}',
                           f'--files-from={PO / "POTFILES"}', '--output=-'], capture_output=True, text=True)


def catalog():
    """(texts that xgettext finds, what it complains about)."""
    done = extract()
    texts = set()
    for entry in re.split(r'\n\n', done.stdout):
        lines = re.search(r'^msgid ("(?:.*"\n")*.*")$', entry, re.M)
        if lines:
            texts.add(''.join(json.loads(line) for line in lines.group(1).split('\n')))
    return texts, done.stderr.splitlines()


def table_texts(kinds):
    """(where, text) for all that the tables say to a person."""
    for kind in (kind for group in kinds.values() for kind in group):
        for key in ('label', 'doc'):
            if kind.get(key) and kind[key] != kind['name']:
                yield kind['name'], kind[key]
        for param in kind.get('params', ()):
            for key in ('label', 'unit', 'doc'):
                if param.get(key):
                    yield f'{kind["name"]}.{param["key"]}', param[key]


def table_complaints(kinds, texts):
    for where, text in table_texts(kinds):
        if text not in texts:
            yield f'{where}: "{text}" stands in no catalog: mark it with N_()'


def translation_complaints(path):
    done = subprocess.run(['msgfmt', '--check', '-o', '/dev/null', path], capture_output=True, text=True)
    return (done.stdout + done.stderr).splitlines() if done.returncode else []


def check_the_checks(tap, texts, kinds):
    marked = {'engine/x.c': 'return nn_fail(err, NN_ERR_ARG, NULL, "No.");\n'}
    tap.refuses('refuses a file that POTFILES forgets', potfiles_complaints([], marked))
    tap.refuses('refuses a file without texts', potfiles_complaints(['app/x.c'], {'app/x.c': '/* _("a") */\n'}))
    tap.refuses('refuses disorder', potfiles_complaints(['flatpak/b', 'flatpak/a'], {}))
    tap.refuses('refuses a literal without a mark', literal_complaints('ui/x.c', 'f(_("a b"), "It works");\n'))
    tap.check('allows marked ones', literal_complaints(
        'ui/x.c', 'f(_("It works"), g_strdup_printf(a ? _("One %s"\n "more") : "%s", b)); /* "It works" */\n'
        '{.title = N_("Title")}; nn_fail(err, X, NULL, "There is none."); g_warning("no way out");\n'))
    tap.refuses('refuses a builder\'s text without a mark',
                builder_complaints('ui/x.ui', '<property name="label">Train</property>'))
    tap.refuses('refuses a table\'s text without a mark', table_complaints(
        {'layer': [{'name': 'Nothing', 'doc': 'Does nothing at all, twice.'}]}, texts))
    with tempfile.TemporaryDirectory() as folder:
        wrong = Path(folder, 'xx.po')
        wrong.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                         '#, c-format\nmsgid "%d runs"\nmsgstr "%s runs"\n')
        tap.refuses('refuses a translation with other arguments', translation_complaints(wrong))


def main():
    tap = lint.Tap()
    if not shutil.which('xgettext'):
        tap.skip('texts', 'needs gettext')
        tap.done()
    kinds = json.loads(subprocess.run([sys.argv[1], 'kinds', '--json'], capture_output=True, text=True,
                                      check=True).stdout)
    listed = [line for line in (PO / 'POTFILES').read_text().splitlines() if line and line[0] != '#']
    files = {lint.name_of(p): p.read_text() for p in lint.files('*.[ch]', '*.ui', '*.cu', '*.cuh', rooms=ROOMS)}
    files.update((lint.name_of(p), p.read_text()) for p in lint.files('*.in', '*.gschema.xml', rooms=['flatpak']))
    texts, warnings = catalog()
    check_the_checks(tap, texts, kinds)
    tap.check('po/POTFILES is complete', potfiles_complaints(listed, files))
    tap.check(f'xgettext finds {len(texts)} texts and nothing to complain about',
              warnings if texts else ['there are no texts'])
    tap.check('the tables of kinds are marked', table_complaints(kinds, texts))
    for room in ('ui', 'app'):
        own = {n: t for n, t in files.items() if n.startswith(room + '/')}
        tap.check(f'literals of {room}/ are marked',
                  [c for n, t in own.items() for c in (builder_complaints if n.endswith('.ui') else literal_complaints)(n, t)])
    languages = (PO / 'LINGUAS').read_text().split('\n')
    for language in (name for name in languages if name and name[0] != '#'):
        tap.check(f'{language}.po is sound', translation_complaints(PO / f'{language}.po'))
    tap.done()


if __name__ == '__main__':
    main()
