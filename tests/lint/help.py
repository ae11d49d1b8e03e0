#!/usr/bin/python3
"""The help speaks of the program as it is.  help.py BACKPROP_CLI

What a page prints bold is a text of the window, and so is what it prints in italics, or it is a term that it explains.
Keys do something, kinds exist, commands are accepted, numbers are those of the code. A translation says the same in the
program's own words. The commands and recipes of README.md, docs and the man pages are accepted as well.
"""
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import lint
import texts

HELP = lint.ROOT / 'app/help'
PAGES = ('start', 'network', 'training', 'curves', 'data', 'recipes')
# In italics where they are explained.
TERMS = {'recipe', 'step', 'loss', 'optimizer', 'epoch'}
MARKS = {'bold': r'\*\*([^*]+)\*\*', 'italics': r'(?<![*A-Za-z0-9])\*([^*\s][^*]*)\*(?!\*)', 'code': r'`([^`\n]+)`',
         'link': r'\]\(([^)]+)\)', 'heading': r'^#+ ()', 'item': r'^(?:-|\d\.) ()', 'title': r'^- \*([^*]+)\*:'}
MODIFIERS = {'Ctrl': 'Control', 'Strg': 'Control', 'Shift': 'Shift', 'Umschalt': 'Shift', 'Alt': 'Alt'}
NAMES = {'Eingabe': 'Return', 'Auf': 'Up', 'Ab': 'Down'}
# (page, what it says, file, what makes it so)
FACTS = (
    ('start', 'four exercises and a free lab', 'app/exercises/exercise.h', r'BP_N_EXERCISES = 4, BP_LAB'),
    ('start', 'The yellow card', 'app/window/style.css', r'\.exercise-card \{[^}]*#f8e45c'),
    ('data', '28 × 28 pixels', 'data/kinds.c', r'28 × 28 pixels'),
    ('data', 'every seventh image', 'app/datasets/picture-list.h', r'BP_TEST_EVERY = 7\b'),
    ('data', 'more than 10 000 other files', 'app/datasets/picture-tree.c', r'FEW_OTHERS = 10000\b'),
    ('data', 'at least one in five', 'app/datasets/picture-tree.c', r'OTHERS_PER_PICTURE = 4\b'),
    ('curves', 'four of five batches', 'ui/plot/trace.h', 'the middle 80 %'),
    ('curves', 'latest few hundred training images', 'app/session/curves.c', r'BLOCK_PICTURES = [2-9]\d\d\b'),
    ('curves', 'Up to four other runs', 'app/pages/charts.c', r'MOST_OTHERS = 4\b'),
    ('curves', 'the highest loss first', 'app/pages/mistakes-page.c', 'Highest loss first'),
)


def plain(text):
    """Without mnemonics, the dots of a dialog to come, and line breaks."""
    text = re.sub(r'\(_\w\)', '', text).replace('_', '')
    return re.sub(r'\s*…$', '', re.sub(r'\s+', ' ', text)).strip()


def found(kind, page):
    page = re.sub(r'^```\n.*?^```\n', '', page, flags=re.M | re.S)
    return re.findall(MARKS[kind], page, re.M)


def message_of(text, messages):
    """The message that the program shows as `text`: itself, or one with a gap in it."""
    if plain(text) in messages:
        return plain(text)
    for message in messages:
        if message.count('%s') == 1 and len(message) > len('%s: ') \
                and re.fullmatch(re.escape(message).replace('%s', r'\S+'), plain(text)):
            return message
    return None


# ---- the English pages ----

def text_complaints(page, messages):
    titles = set(found('title', page))
    for text in found('bold', page):
        if not message_of(text, messages):
            yield f'**{text}** is no text of the program'
    for text in found('italics', page):
        if text not in titles and text not in TERMS and not message_of(text, messages):
            yield f'*{text}* is no text of the program'


def keys(page):
    """As GTK names them: <Control>Return."""
    for modifier, key in re.findall(r'\b(?:(Ctrl|Strg|Shift|Umschalt|Alt)\+)?((?<=\+)\w+|F\d+)', page):
        key = NAMES.get(key, key.lower() if len(key) == 1 else key)
        yield (f'<{MODIFIERS[modifier]}>' if modifier else '') + key


def key_complaints(page, program):
    for key in keys(page):
        if not re.search(rf'[" >]{re.escape(key)}[" ,<]', program):
            yield f'{key} does nothing'


def kind_complaints(page, kinds):
    for text in found('code', page):
        if re.fullmatch(r'[A-Z]\w*', text) and text not in kinds:
            yield f'there is no {text}'


def commands(page):
    return [line for block in re.findall(r'^```\n(.*?)^```\n', page, re.M | re.S) for line in block.splitlines()]


def commands_of_document(text):
    """Lines indented by four blanks, or literal ones of a man page, whose last word may go on in the next line."""
    text = text.replace(' \\e\n ', '')
    return [line.strip() for line in re.findall(r'^(?:    (?:build/app/)?|(?=backprop-cli ))(backprop-cli .*)$', text, re.M)]


def recipe_complaints(name, recipe, cli):
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        file.write(recipe)
        file.flush()
        done = subprocess.run([cli, 'recipe', 'show', file.name], capture_output=True, text=True, check=False)
    if done.returncode:
        yield f'{name}: {done.stderr.strip()}'


def command_complaints(lines, cli):
    options = subprocess.run([cli, '--help'], capture_output=True, text=True, check=True).stdout
    for line in lines:
        words = shlex.split(line.split(' > ')[0], comments=True)
        settings = [word for i, word in enumerate(words) if words[i - 1] == '--set']
        command = [cli, 'recipe', 'show'] + [word for setting in settings for word in ('--set', setting)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if words[0] != 'backprop-cli' or done.returncode != 0:
            yield f'{line}: {done.stderr.strip()}'
        for word in words[1:]:
            if (word.startswith('--') or words.index(word) == 1) and not re.search(rf'(?<!\S){word}(?![\w-])', options):
                yield f'{line}: there is no {word}'


def fact_complaints(facts, pages):
    for name, said, file, pattern in facts:
        if said not in re.sub(r'\s+', ' ', pages[name]):
            yield f'{name}.md no longer says "{said}": bring FACTS along'
        if not re.search(pattern, (lint.ROOT / file).read_text()):
            yield f'{name}.md says "{said}", and {file} has not {pattern}'


# ---- translations ----

def translations(language):
    """message → what it is in that language, in each of its contexts; '': nothing yet."""
    command = ['msgmerge', '--no-fuzzy-matching', '--no-wrap', '--quiet', lint.ROOT / f'po/{language}.po', '-']
    done = subprocess.run(command, input=texts.extract().stdout, capture_output=True, text=True, check=True)
    result = {}
    for entry in done.stdout.split('\n\n'):
        message = re.search(r'^msgid ("(?:.*"\n")*.*")\nmsgstr ("(?:.*"\n")*.*")$', entry, re.M)
        if message and '#~' not in entry:
            source, target = (''.join(json.loads(line) for line in part.split('\n')) for part in message.groups())
            result.setdefault(plain(source), set()).add('' if '#, fuzzy' in entry else plain(target))
    return result


def numbers(page):
    page = re.sub(r'^\d\. ', '', re.sub(r'(?<=\d)[  ](?=\d{3}\b)', '', page), flags=re.M)
    return sorted(re.sub(',', '.', number) for number in re.findall(r'(?<![\w<])\d+(?:[.,]\d+)?', page))


def shape_complaints(page, english):
    for kind in ('heading', 'item', 'bold', 'italics', 'link'):
        if len(found(kind, page)) != len(found(kind, english)):
            yield f'{len(found(kind, page))} × {kind}, in English {len(found(kind, english))}'
    if list(keys(page)) != list(keys(english)):
        yield f'its keys are {list(keys(page))}, in English {list(keys(english))}'
    if numbers(page) != numbers(english):
        yield f'its numbers are {numbers(page)}, in English {numbers(english)}'
    code = [text for text in found('code', english) if re.fullmatch(r'[A-Z.]\w*|[\w-]+\.txt|train|test\w*|val\w*', text)]
    missing = [text for text in code if text not in found('code', page)]
    if missing:
        yield f'it does not name {missing}'


def word_complaints(page, english, words):
    """Is each text of the window what the window says in that language?"""
    for kind in ('bold', 'italics'):
        for there, here in zip(found(kind, english), found(kind, page)):
            message = message_of(there, words)
            # What is not translated yet is compared as soon as it is.
            said = {text.replace('%s', plain(there).split()[-1]) for text in words.get(message, ())}
            if there not in TERMS and said and '' not in said and plain(here) not in said:
                yield f'"{here}" is {sorted(said)} in the window'


# ---- all of it ----

def check_the_checks(tap, cli):
    messages = {'Train', 'Save recipe', 'Download %s'}
    tap.refuses('refuses a text that the window has not', text_complaints('Press **Learn**.', messages))
    tap.refuses('refuses an item of a menu that is not there', text_complaints('*Save run…* writes', messages))
    tap.check('allows those that it has', text_complaints('**Train**, *Save\nrecipe…*, **Download MNIST**, a *step*\n- *So*: x',
                                                          messages))
    tap.refuses('refuses a key that does nothing', key_complaints('Press Ctrl+L.', '"<Control>Left"'))
    tap.refuses('refuses a kind that there is not', kind_complaints('`Lineal`', {'Linear'}))
    tap.refuses('refuses a setting that there is not', command_complaints(['backprop-cli train --set optimizer.rl=1'], cli))
    tap.refuses('refuses an option that there is not', command_complaints(['backprop-cli train --rate 1'], cli))
    tap.refuses('refuses a number that is another', fact_complaints((('start', 'four', 'app/exercises/exercise.h', 'BP_N_EXERCISES = 5'),),
                                                                    {'start': 'four'}))
    tap.refuses('refuses another number in a translation', shape_complaints('95,5 %', '95.6 %'))
    tap.refuses('refuses another key in a translation', shape_complaints('Strg+K', 'Ctrl+L'))
    tap.check('allows the same ones', shape_complaints('10 000 und 95,5 %, Strg+Eingabe', '10 000 and 95.5 %, Ctrl+Return'))
    tap.refuses('refuses another word than the window has', word_complaints('**Lernen**', '**Train**', {'Train': {'Trainieren'}}))


def check_english(tap, cli, pages):
    if shutil.which('xgettext'):
        messages = {plain(text) for text in texts.catalog()[0]} - {''}
        for name, page in pages.items():
            tap.check(f'{name}: texts of the window', text_complaints(page, messages))
    else:
        tap.skip('texts of the window', 'xgettext is not installed')
    program = ''.join((lint.ROOT / file).read_text() for file in ('app/application.c', 'app/window/help-overlay.ui'))
    program = program.replace('&lt;', '<').replace('&gt;', '>').replace('<Alt>Up <Alt>Down', '<Alt>Up, <Alt>Down')
    kinds = json.loads(subprocess.run([cli, 'kinds', '--json'], capture_output=True, text=True, check=True).stdout)
    kinds = {kind['name'] for group in kinds.values() for kind in group}
    for name, page in pages.items():
        tap.check(f'{name}: keys', key_complaints(page, program))
        tap.check(f'{name}: kinds', kind_complaints(page, kinds))
        tap.check(f'{name}: commands', command_complaints(commands(page), cli))
    tap.check('what the pages say stands in the code', fact_complaints(FACTS, pages))


def check_documents(tap, cli):
    for name in ('README.md', 'docs/recipe.md', 'app/cli/man/backprop-cli.1'):
        text = (lint.ROOT / name).read_text()
        lines = commands_of_document(text)
        tap.check(f'{name}: {len(lines)} commands', [*command_complaints(lines, cli), *([] if len(lines) >= 3 else ['too few'])])
    recipes = re.findall(r'^```json\n(.*?)^```\n', (lint.ROOT / 'docs/recipe.md').read_text(), re.M | re.S)
    tap.check('docs/recipe.md: recipes', [*(c for recipe in recipes for c in recipe_complaints('recipe.md', recipe, cli)),
                                          *([] if recipes else ['there is none'])])
    tap.refuses('refuses a recipe that is none', recipe_complaints('x', '{"optimiser": 1}', cli))


def check_translations(tap, pages):
    for language in re.findall(r'^\w+$', (lint.ROOT / 'po/LINGUAS').read_text(), re.M):
        words = translations(language) if shutil.which('xgettext') and shutil.which('msgmerge') else {}
        for name, english in pages.items():
            page = (HELP / language / f'{name}.md').read_text()
            tap.check(f'{language}/{name}: says as much', shape_complaints(page, english))
            tap.check(f'{language}/{name}: in the words of the window', word_complaints(page, english, words))


def main():
    tap = lint.Tap()
    pages = {name: (HELP / f'{name}.md').read_text() for name in PAGES}
    check_the_checks(tap, sys.argv[1])
    check_english(tap, sys.argv[1], pages)
    check_documents(tap, sys.argv[1])
    check_translations(tap, pages)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
