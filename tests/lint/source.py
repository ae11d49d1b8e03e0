#!/usr/bin/python3
"""Rules that no compiler checks: calls that have no place in engine/ and data/, sizes of functions and
files, white space."""
import re

import lint

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 80  # unless it is marked /* table */ or /* kernel */

# In the engine and the data room errors are returned, memory goes through engine/mem.h (the tests
# make every allocation fail in turn), and random numbers through engine/rng.h.
FORBIDDEN = {
    'writes to the terminal or ends the program': re.compile(
        r'\b(?:v?printf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort|errx?|warnx?)\s*\('
        r'|\bv?fprintf\s*\(\s*std(?:out|err)\b|\bf(?:puts|flush)\s*\([^;]*\bstd(?:out|err)\b'),
    'allocates past engine/mem.h': re.compile(
        r'(?<![\w.>])(?:malloc|calloc|realloc|reallocarray|free|strn?dup|v?asprintf|aligned_alloc'
        r'|posix_memalign|getline)\s*\('),
    'draws random numbers past engine/rng.h': re.compile(
        r'\b(?:s?rand|rand_r|s?random|[delmn]rand48|getrandom|arc4random\w*)\s*\('),
    'writes without a bound': re.compile(r'\b(?:v?sprintf|strcpy|strcat|stpcpy|gets)\s*\('),
}
MAY_ALLOCATE = {'engine/mem.c'}
CONSTRUCTOR = re.compile(r'__attribute__\s*\(\(\s*(?:__)?(?:con|de)structor')


def call_complaints(name, text):
    code = lint.code_only(text)
    if CONSTRUCTOR.search(code):
        yield f'{name}: constructor attributes are dropped from static libraries; list the kind in meson.build'
    if name.split('/')[0] not in ('engine', 'data'):
        return
    for what, pattern in FORBIDDEN.items():
        if name in MAY_ALLOCATE and 'mem.h' in what:
            continue
        for match in pattern.finditer(code):
            line = code.count('\n', 0, match.start()) + 1
            call = match.group().split('(')[0].strip()
            yield f'{name}:{line}: {call} {what}'


def size_complaints(name, text):
    lines = text.split('\n')
    if len(lines) - 1 > MAX_FILE_LINES:
        yield f'{name}: {len(lines) - 1} lines, allowed are {MAX_FILE_LINES}: split it by topic'
    start = None
    for number, line in enumerate(lines):
        if line == '{':  # the brace of a function stands alone in the first column
            start = number
        elif line.startswith('}') and start is not None:
            length = number - start + 1
            head = '\n'.join(lines[max(0, start - 8):start + 1]).rpartition('\n}\n')[2]
            if length > MAX_FUNCTION_LINES and not re.search(r'/\* (?:table|kernel)\b', head):
                yield (f'{name}:{start + 1}: a function of {length} lines, allowed are '
                       f'{MAX_FUNCTION_LINES}: give its parts names')
            start = None


MARK = 'FILL' + ' IN'  # what ./dev new leaves where a person has to write something


def mark_complaints(name, text):
    for number, line in enumerate(text.split('\n'), 1):
        if MARK in line:
            yield f'{name}:{number}: not written yet: {line.strip(" */")}'


def space_complaints(name, text):
    for number, line in enumerate(text.split('\n'), 1):
        if line != line.rstrip():
            yield f'{name}:{number}: white space at the end of the line'
        if '\t' in line:
            yield f'{name}:{number}: a tab; indentation is two spaces'
    if text and not text.endswith('\n'):
        yield f'{name}: the last line does not end'
    if text.endswith('\n\n'):
        yield f'{name}: empty lines at the end'


def check_the_checks(tap):
    for call in ('printf("x");', 'fprintf(stderr, "x");', 'exit (1);', 'abort();', 'p = malloc(4);',
                 'free(p);', 'srand(1);', 'strcpy(a, b);', 'puts("x");', 'fputs("x", stdout);'):
        tap.refuses(f'refuses {call}', call_complaints('engine/x.c', f'void f(void)\n{{\n  {call}\n}}\n'))
    tap.refuses('refuses constructors',
                call_complaints('ui/x.c', '__attribute__((constructor)) static void f(void);\n'))
    tap.check('allows what only looks like it', [
        *call_complaints('engine/x.c', '/* exit(1) */ nn_free(p); snprintf(t, 9, "abort()"); o->free(p);\n'),
        *call_complaints('engine/mem.c', 'p = malloc(4);\n'),
        *call_complaints('app/x.c', 'printf("x");\n')])
    body = '{\n' + '  x++;\n' * MAX_FUNCTION_LINES + '}\n'
    tap.refuses('refuses a long function', size_complaints('app/x.c', 'void f(void)\n' + body))
    tap.refuses('a mark reaches one function only',
                size_complaints('app/x.c', '/* table */\nvoid g(void)\n{\n}\nvoid f(void)\n' + body))
    tap.check('allows a marked one', size_complaints('app/x.c', '/* kernel */\nvoid f(void)\n' + body))
    tap.refuses('refuses a long file', size_complaints('app/x.c', '\n' * (MAX_FILE_LINES + 1)))
    tap.refuses('refuses what ./dev new left to be written', mark_complaints('engine/x.c', f'/* {MARK} the formula */\n'))
    for text in ('int a; \n', '\tint a;\n', 'int a;', 'int a;\n\n'):
        tap.refuses(f'refuses {text!r}', space_complaints('app/x.c', text))


def main():
    tap = lint.Tap()
    check_the_checks(tap)
    c_files = lint.files('*.[ch]', '*.cu', '*.cuh')
    texts = {lint.name_of(p): p.read_text() for p in c_files}
    tap.check('calls', [c for n, t in texts.items() for c in call_complaints(n, t)])
    references = sorted((lint.ROOT / 'tests/ref/golden').rglob('*.py'))
    tap.check('nothing is left to be written', [c for n, t in {
        **texts, **{lint.name_of(p): p.read_text() for p in references}}.items() for c in mark_complaints(n, t)])
    tap.check('sizes of files and functions', [c for n, t in texts.items() for c in size_complaints(n, t)])
    others = lint.files('meson.build', '*.py', '*.sh', '*.ui', '*.css', '*.xml', '*.desktop.in',
                        '*.svg', '*.yml', rooms=lint.ROOMS + ('flatpak', 'debian'))
    others += sorted((lint.ROOT / 'tools').glob('*.py'))
    others += [lint.ROOT / n for n in ('dev', 'meson.build', 'README.md', 'CONTRIBUTING.md')]
    others += sorted((lint.ROOT / 'docs').glob('*.md'))
    texts.update((lint.name_of(p), p.read_text()) for p in others)
    tap.check('white space', [c for n, t in texts.items() for c in space_complaints(n, t)])
    tap.done()


if __name__ == '__main__':
    main()
