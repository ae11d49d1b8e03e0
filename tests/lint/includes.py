#!/usr/bin/python3
"""Which room may include what: the table of docs/architecture.md, checked for every file.

A header of another folder is named with its way from the top of the tree ("engine/train/ring.h"), one of
the same folder by its name alone. Anything else in angle brackets has to be in the
room's list, so that a new dependency is a decision and not an accident.
"""
import posixpath
import re

import lint

C_HEADERS = set('''assert ctype errno fenv float inttypes limits locale math signal stdalign stdarg
    stdatomic stdbool stddef stdint stdio stdlib string time tgmath wchar'''.split())
POSIX_HEADERS = set('''dirent dlfcn endian fcntl getopt libintl pthread sched semaphore strings unistd sys/stat sys/types
    sys/mman sys/resource sys/time sys/utsname sys/wait'''.split())
PLAIN_C = {name + '.h' for name in C_HEADERS | POSIX_HEADERS}
GTK = {'gtk/gtk.h', 'adwaita.h', 'cairo.h', 'glib.h', 'glib-object.h', 'gio/gio.h', 'glib/gstdio.h',
       'glib/gi18n.h', 'pango/pango.h', 'pango/pangocairo.h', 'graphene.h', 'gdk/gdk.h', 'glib-unix.h'}

# Per room: system headers, and headers of other rooms (a name ending in / means all below it).
MAY = {
    'engine': (PLAIN_C | {'jansson.h', 'cblas.h', 'openblas/cblas.h', 'immintrin.h', 'malloc.h'}, ()),
    'data': (PLAIN_C | {'zlib.h', 'libdeflate.h'},
             (*(f'engine/{h}.h' for h in ('error', 'mem', 'machine', 'rng', 'tensor', 'text', 'utf8', 'sample-source')),
              *(f'engine/recipe/{h}.h' for h in ('param', 'kind', 'config')))),
    'cuda': (PLAIN_C | {'cmath', 'cstdarg', 'cstddef', 'cstdint', 'cstdio', 'cstdlib', 'cstring', 'new',
                        'vector', 'cuda_runtime.h', 'cooperative_groups.h'},
             ('engine/backend/backend.h', 'engine/backend/picture.h', 'engine/backend/step.h', 'engine/error.h',
              'engine/tensor.h', 'engine/recipe/kind.h', 'engine/kind-elements.h', 'engine/elem/')),
    'ui': (PLAIN_C | GTK,
           (*(f'engine/{h}.h' for h in ('error', 'tensor', 'text', 'number', 'train/progress', 'train/metrics')),
            *(f'engine/recipe/{h}.h' for h in ('param', 'kind', 'config')))),
    'app': (PLAIN_C | GTK | {'jansson.h', 'sqlite3.h', 'libsoup/soup.h', 'gtksourceview/gtksource.h', 'gdk-pixbuf/gdk-pixbuf.h', 'linux/magic.h', 'sys/prctl.h',
             'sys/vfs.h'}, ('engine/', 'data/', 'ui/')),
    'tests': (None, ('engine/', 'data/', 'ui/', 'app/', 'cuda/')),
}

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def allowed(name, bracket, header):
    room = name.split('/')[0]
    system, others = MAY[room]
    first = header.split('/')[0]
    if bracket == '<':
        return system is None or header in system
    if first in MAY and first != room:
        return any(header == o or (o.endswith('/') and header.startswith(o)) for o in others)
    # Its own file; by a way that does not leave the room.
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), header)).startswith(room + '/')


def complaints(name, text):
    """Forbidden includes in a file of that name (room/…)."""
    room = name.split('/')[0]
    for match in _INCLUDE.finditer(text):
        bracket, header = match.groups()
        if not allowed(name, bracket, header):
            line = text.count('\n', 0, match.start()) + 1
            yield f'{name}:{line}: {room}/ may not include {header} (docs/architecture.md, "Rooms")'


def main():
    tap = lint.Tap()
    for name, text in (
            ('engine/model/model.c', '#include <glib.h>\n'),
            ('engine/model/model.c', '#include <zlib.h>\n'),
            ('engine/model/model.c', '#include "data/idx.h"\n'),
            ('engine/model/model.c', '#include "../../ui/plot/plot.h"\n'),
            ('data/idx.c', '#include "engine/train/trainer.h"\n'),
            ('data/idx.c', '  #  include <jansson.h>\n'),
            ('ui/plot/plot.c', '#include "engine/train/trainer.h"\n'),
            ('ui/plot/plot.c', '#include "data/idx.h"\n'),
            ('ui/plot/plot.c', '#include "app/session/session.h"\n'),
            ('cuda/gemm.cu', '#include "engine/model/model.h"\n')):
        tap.refuses(f'refuses {text.strip()} in {name}', complaints(name, text))
    tap.check('allows what the table allows', [
        *complaints('data/idx.c', '#include "engine/error.h"\n#include <zlib.h>\n#include "idx.h"\n'),
        *complaints('ui/plot/plot.h', '#include <cairo.h>\n#include "engine/train/progress.h"\n'),
        *complaints('tests/ui/test-plot.c', '#include "../check.h"\n'),
        *complaints('cuda/elementwise.cu', '#include "engine/elem/optimizers/adamw.h"\n')])
    for room in MAY:
        found = []
        for path in lint.files('*.[ch]', '*.cu', '*.cuh', '*.h.in', rooms=[room]):
            found += complaints(lint.name_of(path), path.read_text())
        tap.check(f'includes of {room}/', found)
    tap.done()


if __name__ == '__main__':
    main()
