"""tap.py: checks as TAP lines."""


class Tap:
    def __init__(self):
        self.n, self.failed = 0, False

    def check(self, name, ok, found=''):
        self.n += 1
        self.failed |= not ok
        print(f"{'ok' if ok else 'not ok'} {self.n} - {name}", flush=True)
        if not ok:
            print('\n'.join('# ' + line for line in str(found).splitlines()[-60:]), flush=True)
        return ok

    def skip(self, name, reason):
        self.n += 1
        print(f'ok {self.n} - {name} # SKIP {reason}')

    def done(self):
        print(f'1..{self.n}')
        return 1 if self.failed or self.n == 0 else 0
