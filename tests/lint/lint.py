"""What the lint tests share: the project's files, C without its comments, and TAP."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ('engine', 'data', 'cuda', 'ui', 'app', 'tests')


def files(*patterns, rooms=ROOMS):
    """Paths below the rooms that match one of the patterns, sorted."""
    found = set()
    for room in rooms:
        for pattern in patterns:
            found.update(p for p in (ROOT / room).rglob(pattern) if p.is_file())
    return sorted(p for p in found if '__pycache__' not in p.parts)


def name_of(path):
    return str(Path(path).relative_to(ROOT))


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """C source with comments blanked and strings emptied; every line stays at its number."""
    def blank(match):
        token = match.group()
        if token[0] == '/':
            return ' ' + '\n' * token.count('\n')
        return token[0] * 2
    return _TOKEN.sub(blank, text)


class Tap:
    """Collects sub-tests: tap.check(name, complaints) passes when there are no complaints."""

    def __init__(self):
        self.n = 0
        self.n_failed = 0

    def check(self, name, complaints):
        complaints = list(complaints)
        self.n += 1
        self.n_failed += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {self.n} - {name}")
        for complaint in complaints:
            print(f'# {complaint}')

    def refuses(self, name, complaints):
        """The test of a check: it has to complain about something wrong."""
        self.check(name, [] if list(complaints) else ['the check let this through'])

    def skip(self, name, reason):
        self.n += 1
        print(f'ok {self.n} - {name} # SKIP {reason}')

    def done(self):
        print(f'1..{self.n}')
        sys.exit(1 if self.n_failed or self.n == 0 else 0)
