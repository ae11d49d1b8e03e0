#!/usr/bin/python3
"""No files include or call each other in a circle.

A file includes another by its name, and calls it by a function that only the other one defines. Whoever is in a
circle cannot be read, tested or exchanged alone."""
import posixpath
import re

import lint

ROOMS = ('engine', 'data', 'ui', 'app')


def _in(folder, names):
    return {f'{folder}/{name}.c' for name in names.split()}


# A circle that stays: a list shows kinds, a kind shows its parameters, and a parameter can be a list of kinds.
RECURSIVE = [_in('ui/recipe', 'kind-item kind-list kind-list-edit kinds-row param-panel')]

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.M)
# A definition in this project's layout: its name in a line that begins at the margin, its body in a line of its own.
_FUNCTION = re.compile(r'^(?!static\b|typedef\b|#)[A-Za-z_][^;{}()=#\n]*?\b(\w+)\([^;{}]*\)\n\{', re.M)
_TYPE = re.compile(r'^G_DEFINE_\w*(?:TYPE|INTERFACE)\w*\s*\(\s*\w+\s*,\s*(\w+)', re.M)
_TYPE_MACRO = re.compile(r'^#\s*define\s+(\w+_TYPE_\w+)\s+\(?(\w+_get_type)\b', re.M)
_WORD = re.compile(r'\b[A-Za-z_]\w*\b')


def includes(texts):
    """{file: {file it includes: None}}"""
    found = {}
    for name, text in texts.items():
        targets = (posixpath.normpath(posixpath.join(posixpath.dirname(name), header)) for header in _INCLUDE.findall(text))
        own = {t for t in targets if t in texts}
        found[name] = {t: None for t in own | {h for h in _INCLUDE.findall(text) if h in texts}}
    return found


def definitions(texts):
    """{function: the one .c file that defines it}; a name that several files define says nothing."""
    found = {}
    for name, text in texts.items():
        if name.endswith('.c'):
            for function in {*_FUNCTION.findall(text), *(t + '_get_type' for t in _TYPE.findall(text))}:
                found.setdefault(function, set()).add(name)
    one = {function: next(iter(where)) for function, where in found.items() if len(where) == 1}
    for text in texts.values():
        one.update((macro, one[function]) for macro, function in _TYPE_MACRO.findall(text) if function in one)
    return one


def calls(texts):
    """{.c file: {.c file whose functions it names: one of those functions}}"""
    where = definitions(texts)
    found = {}
    for name, text in texts.items():
        if name.endswith('.c'):
            found[name] = {where[word]: word for word in sorted(set(_WORD.findall(text))) if where.get(word, name) != name}
    return found


def circles(graph):
    """The sets of files that reach each other, largest first (Tarjan)."""
    number, low, stack, on, found = {}, {}, [], set(), []

    def visit(file):
        number[file] = low[file] = len(number)
        stack.append(file)
        on.add(file)
        for other in graph.get(file, ()):
            if other not in number:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in on:
                low[file] = min(low[file], number[other])
        if low[file] == number[file]:
            members = set()
            while file not in members:
                members.add(stack.pop())
            on.difference_update(members)
            if len(members) > 1:
                found.append(members)
    for file in graph:
        if file not in number:
            visit(file)
    return sorted(found, key=len, reverse=True)


def shortest(graph, members):
    """The shortest way round, as [(file, function)]."""
    best = None
    for start in sorted(members):
        ways, seen = [[start]], {start}
        while ways and (best is None or len(ways[0]) < len(best)):
            way = ways.pop(0)
            for other in sorted(o for o in graph[way[-1]] if o in members):
                if other == start:
                    best = way
                    ways = []
                    break
                if other not in seen:
                    seen.add(other)
                    ways.append(way + [other])
    return [(file, graph[file][best[(i + 1) % len(best)]]) for i, file in enumerate(best)]


def complaints(graph, known):
    for members in circles(graph):
        if not any(members <= set(old) for old in known):
            way = ' → '.join(f'{file} ({function}())' if function else file for file, function in shortest(graph, members))
            yield f'in a circle: {", ".join(sorted(members))}; for example {way} → back'


def outlived(found, known):
    """What a list of known circles names and is in no circle any more."""
    still = set().union(*found)
    for old in known:
        for file in sorted(set(old) - still):
            yield f'{file} is no longer in a circle: remove it from RECURSIVE'


def check_the_checks(tap):
    two = {'app/a.c': '#include "b.h"\nvoid bp_a(void)\n{\n  bp_b();\n}\n',
           'app/b.c': 'static void late(void)\n{\n}\nvoid bp_b(void)\n{\n  run(bp_a);\n}\n', 'app/b.h': '', 'ui/b.h': ''}
    tap.refuses('refuses two files that call each other', complaints(calls(two), []))
    tap.check('allows them where they are known', complaints(calls(two), [{'app/a.c', 'app/b.c'}]))
    tap.refuses('refuses a third in a known circle', complaints(
        calls({**two, 'app/b.c': two['app/b.c'] + 'void bp_c(void)\n{\n  bp_d();\n}\n',
               'app/d.c': 'void bp_d(void)\n{\n  bp_a();\n}\n'}), [{'app/a.c', 'app/b.c'}]))
    tap.refuses('refuses a known file that is in no circle', outlived([{'app/a.c', 'app/b.c'}], [{'app/a.c', 'app/b.c', 'app/c.c'}]))
    tap.check('allows one direction', complaints(calls({**two, 'app/b.c': 'void bp_b(void)\n{\n  late();\n}\n'}), []))
    types = {'app/a.h': '#define BP_TYPE_A (bp_a_get_type())\n',
             'app/a.c': 'G_DEFINE_FINAL_TYPE(BpA, bp_a, G_TYPE_OBJECT)\nvoid bp_a(void)\n{\n  bp_b();\n}\n',
             'app/b.c': 'void bp_b(void)\n{\n  g_object_new(BP_TYPE_A);\n}\n'}
    tap.refuses('refuses a circle by a GObject type', complaints(calls(types), []))
    tap.refuses('refuses headers that include each other', complaints(
        includes({'ui/plot/a.h': '#include "b.h"\n', 'ui/plot/b.h': '#include "ui/plot/a.h"\n'}), []))


def main():
    tap = lint.Tap()
    check_the_checks(tap)
    texts = {lint.name_of(p): p.read_text() for p in lint.files('*.[ch]', rooms=ROOMS)}
    tap.check('includes', complaints(includes(texts), []))
    graph = calls({name: lint.code_only(text) for name, text in texts.items()})
    tap.check('calls', complaints(graph, RECURSIVE))
    tap.check('what may be recursive is', outlived(circles(graph), RECURSIVE))
    tap.done()


if __name__ == '__main__':
    main()
