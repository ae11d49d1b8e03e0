#!/usr/bin/python3
"""Fetching a data set, from a server of the test's own on loopback.

  test_fetch.py FETCH-DRIVER BACKPROP-CLI MNIST-FOLDER

The set is made up, so that its checksums are known by construction. Whatever happens, no file may have its
final name unless its content is right.
"""
import gzip
import hashlib
import os
import random
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'smoke'))
from server import Server
from tap import Tap

NAMES = ('train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz', 't10k-images-idx3-ubyte.gz',
         't10k-labels-idx1-ubyte.gz')
NN_ERR_ARG, NN_ERR_IO, NN_ERR_FORMAT, NN_ERR_CANCELLED = 2, 4, 5, 9
PARTIAL = '.part'


def idx(shape, values):
    return struct.pack(f'>BBBB{len(shape)}I', 0, 0, 8, len(shape), *shape) + values


def made_contents():
    generator = random.Random(11)
    contents = []
    for n in (400, 100):
        contents.append(idx((n, 28, 28), generator.randbytes(n * 784)))
        contents.append(idx((n,), bytes(generator.randrange(10) for _ in range(n))))
    return contents


def md5(data):
    return hashlib.md5(data).hexdigest()


class Set:
    def __init__(self):
        self.contents = made_contents()
        self.files = {name: gzip.compress(content, 6, mtime=0) for name, content in zip(NAMES, self.contents)}

    def size(self):
        return sum(map(len, self.files.values()))

    def arguments(self, with_content):
        for name, content in zip(NAMES, self.contents):
            data = self.files[name]
            yield from (name, str(len(data)), md5(data), str(len(content) if with_content else 0),
                        md5(content) if with_content else '')


def quiet_environment(**more):
    environment = {k: v for k, v in os.environ.items()
                   if not k.lower().endswith('_proxy') and k != 'BACKPROP_DATA'}
    return {**environment, 'GIO_USE_PROXY_RESOLVER': 'libproxy', **more}


class Fetching:
    """One test: a new folder, the driver, and what it left."""

    def __init__(self, driver, made, folder):
        self.driver, self.made, self.folder = driver, made, Path(folder)
        self.raw = self.folder / 'MadeUp' / 'raw'

    def run(self, *mirrors, source='-', cancel_at=0, with_content=True, environment=None, **options):
        done = subprocess.run(
            [self.driver, self.folder, str(cancel_at), source, *mirrors, '--', *self.made.arguments(with_content)],
            capture_output=True, text=True, timeout=60, env=environment or quiet_environment(), **options)
        return done.stdout + done.stderr

    def complete(self):
        return (self.raw.is_dir() and sorted(p.name for p in self.raw.iterdir()) == sorted(NAMES)
                and all((self.raw / n).read_bytes() == self.made.files[n] for n in NAMES))

    def nothing_false(self):
        """Whatever bears a final name is right."""
        return all(path.read_bytes() == self.made.files[path.name]
                   for path in self.raw.glob('*') if path.suffix != PARTIAL)

    def parts(self):
        return {path.name: path.stat().st_size for path in self.raw.glob('*' + PARTIAL)}


def fresh(tap, driver, made):
    folder = tempfile.TemporaryDirectory(prefix='backprop-fetch-')
    fetching = Fetching(driver, made, folder.name)
    fetching.keep = folder
    return fetching


def refused(tap, name, fetching, out, status, *words):
    last = out.strip().splitlines()[-1] if out.strip() else ''
    tap.check(f'{name}: one sentence with {", ".join(words)}',
              last.startswith(f'{status} ') and last.endswith('.') and all(w in last for w in words), out)
    tap.check(f'{name}: nothing false under a final name', fetching.nothing_false(), fetching.parts())


def test_good_ways(tap, driver, made, server):
    for way in ('good', 'slow', 'redirect', 'noranges', 'encoded', 'helpful', 'cutwhole', 'slowcut', 'cutchunked',
                'cuteof', 'pieces', 'refuses', 'othersplit', 'cutclose', 'cut'):
        server.seen.clear()
        one = fresh(tap, driver, made)
        out = one.run(server.url(way))
        tap.check(f'fetches all: {way}', out.endswith('ok\n') and one.complete(), out)
        tap.check(f'counts every byte: {way}', out.startswith(f'done {made.size()} of {made.size()}\n'), out)
        asked = [r for _, name, r in server.seen if name == NAMES[0]]
        if way in ('cut', 'cutclose', 'cutchunked', 'cuteof', 'pieces'):
            tap.check(f'goes on where it was: {way}', asked[0] is None and len(asked) == 3 and all(asked[1:]), asked)
    tap.check('says who it is', all(a.startswith('backprop/') for a in server.agents), server.agents)
    server.seen.clear()
    out = one.run(server.url('good'))
    tap.check('what is there is not fetched again', out.endswith('ok\n') and not server.seen, server.seen)
    (one.raw / NAMES[1]).write_bytes(b'spoilt')
    out = one.run(server.url('good'))
    aside = one.raw / 'train-labels-idx1-ubyte-old.gz'
    tap.check('what is spoilt, or somebody else\'s, is fetched again, and kept under another name',
              out.endswith('ok\n') and len(server.seen) == 1 and aside.exists() and aside.read_bytes() == b'spoilt'
              and f'it is kept as {aside}.' in out, out)
    aside.unlink()
    tap.check('the set is complete then', one.complete())
    (one.raw / NAMES[1]).write_bytes(b'')
    out = one.run(server.url('good'))
    tap.check('an empty file is nobody\'s', out.endswith('ok\n') and one.complete(), out)
    test_plain_beside(tap, made, one, server)


def test_plain_beside(tap, made, one, server):
    """A plain file is read in place of the packed one: right ones stay, others would be taken for the set's."""
    good, bad, dotted = (one.raw / n for n in ('t10k-images-idx3-ubyte', 'train-images-idx3-ubyte', 'train-images.idx3-ubyte'))
    good.write_bytes(made.contents[2])
    bad.write_bytes(b'my own')
    dotted.write_bytes(b'my other')
    out = one.run(server.url('good'))
    kept = one.raw / 'train-images-idx3-ubyte-old', one.raw / 'train-images-old.idx3-ubyte'
    tap.check('plain files that are not the set\'s get out of its way, right ones stay', out.endswith('ok\n')
              and good.exists() and not bad.exists() and not dotted.exists()
              and [p.exists() and p.read_bytes() for p in kept] == [b'my own', b'my other']
              and all(f'it is kept as {p}.' in out for p in kept), out)


def test_mirrors(tap, driver, made, server, closed):
    for way in ('missing', 'failing', 'wrong', 'short', 'page', 'endless', 'loop', 'dead', 'shifted'):
        one = fresh(tap, driver, made)
        out = one.run(server.url(way), server.url('good'))
        tap.check(f'the next mirror helps: {way}', out.endswith('ok\n') and one.complete(), out)
    one = fresh(tap, driver, made)
    out = one.run(closed, server.url('good'))
    tap.check('the next mirror helps: nobody listens', out.endswith('ok\n') and one.complete(), out)
    server.seen.clear()
    one = fresh(tap, driver, made)
    out = one.run(server.url('missing'), source=server.url('good'))
    tap.check('--from is asked instead of the mirrors',
              out.endswith('ok\n') and {way for way, _, _ in server.seen} == {'good'}, out)
    one = fresh(tap, driver, made)
    out = one.run(server.url('missing'), source=server.url('good') + '?token=1/2#top')
    tap.check('the query of an address stays behind its path', out.endswith('ok\n') and one.complete()
              and server.queries == {'token=1/2'}, (out, server.queries))
    one = fresh(tap, driver, made)
    out = one.run(server.url('good'), source=server.url('missing'))
    refused(tap, 'only --from', one, out, NN_ERR_IO, '404', '/missing/' + NAMES[0])


def test_refusals(tap, driver, made, server, closed):
    for way, status, words in (('chunkedpage', NN_ERR_FORMAT, ('26 bytes', NAMES[0])), ('missing', NN_ERR_IO, ('404', NAMES[0])), ('failing', NN_ERR_IO, ('503',)),
                               ('wrong', NN_ERR_FORMAT, ('checksum', NAMES[0])),
                               ('page', NN_ERR_FORMAT, ('26 bytes', NAMES[0])),
                               ('short', NN_ERR_FORMAT, ('not the expected file', NAMES[0])),
                               ('endless', NN_ERR_FORMAT, ('larger than it should be',)), ('loop', NN_ERR_IO, ('127.0.0.1',)),
                               ('dead', NN_ERR_IO, ('127.0.0.1',))):
        one = fresh(tap, driver, made)
        refused(tap, way, one, one.run(server.url(way)), status, *words)
        tap.check(f'{way}: nothing useless is kept', not one.parts(), one.parts())
    one = fresh(tap, driver, made)
    out = one.run(server.url('negative'))
    tap.check('a negative length is none', f'{NN_ERR_FORMAT} ' in out and 'it has 0 bytes, not' in out and not one.parts(), out)
    one = fresh(tap, driver, made)
    refused(tap, 'nobody listens', one, one.run(closed), NN_ERR_IO, '127.0.0.1')
    one = fresh(tap, driver, made)
    refused(tap, 'no such host', one, one.run('http://backprop.invalid/'), NN_ERR_IO, 'backprop.invalid', 'offline')
    for address in ('ftp://127.0.0.1/', '/etc', 'http://', 'nonsense'):
        one = fresh(tap, driver, made)
        out = one.run(server.url('good'), source=address)
        tap.check(f'no address: {address}', out.startswith(f'{NN_ERR_ARG} {address} ') and 'http://' in out, out)


def test_packed_anew(tap, driver, made, server):
    other = Set()
    other.files = {name: gzip.compress(content, 1, mtime=5) for name, content in zip(NAMES, made.contents)}
    again = Server(other.files)
    one = fresh(tap, driver, made)
    out = one.run(again.url('good'))
    tap.check('the same content packed anew is right', out.endswith('ok\n'), out)
    tap.check('and unpacks to the content',
              all(gzip.decompress((one.raw / n).read_bytes()) == c for n, c in zip(NAMES, made.contents)))
    one = fresh(tap, driver, made)
    refused(tap, 'packed anew, but the content unknown', one, one.run(again.url('good'), with_content=False),
            NN_ERR_FORMAT, 'not the expected file')
    again.files = {name: gzip.compress(content[:-1] + b'?') for name, content in zip(NAMES, made.contents)}
    one = fresh(tap, driver, made)
    refused(tap, 'packed anew with another content', one, one.run(again.url('good')), NN_ERR_FORMAT,
            'not the expected file')
    loose = Set()
    loose.files = {name: gzip.compress(content, 0, mtime=0) for name, content in zip(NAMES, made.contents)}
    again.files = other.files
    for way in ('good', 'chunked', 'lengthless'):
        one = fresh(tap, driver, loose)
        out = one.run(again.url(way))
        tap.check(f'packed anew, shorter: {way}', out.endswith('ok\n') and other.size() < loose.size(), out)
    again.shutdown()


def test_cancel_and_resume(tap, driver, made, server):
    one = fresh(tap, driver, made)
    out = one.run(server.url('slow'), cancel_at=60000)
    refused(tap, 'cancelled', one, out, NN_ERR_CANCELLED, 'Stopped', 'kept')
    part = one.parts().get(NAMES[0] + PARTIAL, 0)
    tap.check('the part is kept', 60000 <= part < len(made.files[NAMES[0]]), one.parts())
    server.seen.clear()
    out = one.run(server.url('good'))
    tap.check('the next time goes on from there', out.endswith('ok\n') and one.complete()
              and server.seen[0][2] == f'bytes={part}-', server.seen[:1])


def test_old_parts(tap, driver, made, server):
    data = made.files[NAMES[0]]
    for name, old, way in (('complete', data, 'good'), ('too long', data + b'more', 'good'),
                           ('of something else', b'x' * 5000, 'good'),
                           ('of something else, no ranges', b'x' * 5000, 'noranges'),
                           ('of the file, no ranges', data[:5000], 'noranges')):
        one = fresh(tap, driver, made)
        one.raw.mkdir(parents=True)
        (one.raw / (NAMES[0] + PARTIAL)).write_bytes(old)
        out = one.run(server.url(way))
        tap.check(f'a part that is {name}', out.endswith('ok\n') and one.complete(), out)


def test_half_is_kept(tap, driver, made, server):
    """What came is not given up for something that is surely not the file."""
    half = made.files[NAMES[0]][:len(made.files[NAMES[0]]) // 2]
    for way, words in (('page', '26 bytes'), ('chunkedpage', 'not a gzip file'), ('elsewhere', '26 bytes'),
                       ('missing', '404'), ('failing', '503'), ('dead', '127.0.0.1')):
        one = fresh(tap, driver, made)
        one.raw.mkdir(parents=True)
        part = one.raw / (NAMES[0] + PARTIAL)
        part.write_bytes(half)
        refused(tap, f'a half, then {way}', one, one.run(server.url(way)), NN_ERR_IO, words)
        tap.check(f'a half, then {way}: it is kept', part.exists() and part.read_bytes() == half, one.parts())
        out = one.run(server.url(way), server.url('good'))
        tap.check(f'a half, then {way}: the next mirror adds the rest', out.endswith('ok\n') and one.complete(), out)
    one = fresh(tap, driver, made)
    one.raw.mkdir(parents=True)
    (one.raw / (NAMES[0] + PARTIAL)).write_bytes(half)
    out = one.run(server.url('onebyte'))
    tap.check('a half, then the whole file, whose first byte comes alone', out.endswith('ok\n') and one.complete(), out)
    one = fresh(tap, driver, made)
    one.raw.mkdir(parents=True)
    (one.raw / (NAMES[0] + PARTIAL)).write_bytes(half)
    refused(tap, 'a file that grew on the server', one, one.run(server.url('grew')), NN_ERR_FORMAT, 'not the expected file')


def test_in_the_way(tap, driver, made, server):
    """In a folder where others may write too."""
    victim = b'precious'
    for name, make in (('a link', Path.symlink_to), ('a hard link', Path.hardlink_to),
                       ('a pipe', lambda part, _: os.mkfifo(part)), ('a folder', lambda part, _: part.mkdir())):
        one = fresh(tap, driver, made)
        one.raw.mkdir(parents=True)
        (one.folder / 'victim').write_bytes(victim)
        part = one.raw / (NAMES[0] + PARTIAL)
        make(part, one.folder / 'victim')
        out = one.run(server.url('good'))
        tap.check(f'{name} in place of the part is refused', out.splitlines()[-1].startswith(f'{NN_ERR_IO} ')
                  and 'is in the way' in out, out)
        tap.check(f'{name}: what it leads to is untouched', (one.folder / 'victim').read_bytes() == victim
                  and os.path.lexists(part))


def test_full_disk(tap, driver, made, server):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    one = fresh(tap, driver, made)
    out = one.run(server.url('good'), preexec_fn=limit)
    refused(tap, 'a full disk', one, out, NN_ERR_IO, NAMES[0], 'could not be written')
    tap.check('a full disk: what came is kept', one.parts() == {NAMES[0] + PARTIAL: 100000}, one.parts())
    out = one.run(server.url('good'))
    tap.check('goes on when there is room', out.endswith('ok\n') and one.complete(), out)
    test_full_file_system(tap, driver, made, server)
    file = Path(one.folder) / 'file'
    file.write_text('')
    blocked = Fetching(driver, made, file)
    out = blocked.run(server.url('good'))
    tap.check('a file in the way of the folder', out.startswith('done 0') and 'could not be created' in out, out)


def test_full_file_system(tap, driver, made, server):
    """A file system of 128 KiB, in a mount namespace of its own: the disk itself says that it is full."""
    name = 'a file system that is full'
    one = fresh(tap, driver, made)
    inside = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c']
    mount = f'mount -t tmpfs -o size=128k none {one.folder}'
    if subprocess.run([*inside, mount], capture_output=True).returncode != 0:
        return tap.skip(name, 'no file system can be mounted here')
    done = subprocess.run([*inside, f'{mount} && "$@"; find {one.folder} -type f >&2', 'sh', driver, one.folder, '0', '-',
                           server.url('good'), '--', *made.arguments(True)],
                          capture_output=True, text=True, timeout=60, env=quiet_environment())
    refused(tap, name, one, done.stdout, NN_ERR_IO, NAMES[0], 'could not be written', 'No space left')
    tap.check(f'{name}: what came is kept, under no final name',
              done.stderr.split() == [str(one.raw / (NAMES[0] + PARTIAL))], done.stderr)


def test_two_at_once(tap, driver, made, server):
    one = fresh(tap, driver, made)
    arguments = [driver, one.folder, '0', '-', server.url('slow'), '--', *made.arguments(True)]
    first = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=quiet_environment())
    while not one.parts() and first.poll() is None:
        time.sleep(0.01)
    refused(tap, 'two at once', one, one.run(server.url('good')), NN_ERR_IO, 'Another program')
    out = first.communicate()[0]
    tap.check('two at once: the first gets it all', out.endswith('ok\n') and one.complete(), out)


def test_proxy(tap, driver, made, server, closed):
    proxy = server.url('').rstrip('/')
    one = fresh(tap, driver, made)
    server.seen.clear()
    out = one.run('http://data.example/good/', environment=quiet_environment(http_proxy=proxy))
    tap.check('a proxy in the environment is used', out.endswith('ok\n') and one.complete() and len(server.seen) == 4,
              out)
    one = fresh(tap, driver, made)
    out = one.run('http://data.example/good/', environment=quiet_environment(http_proxy=closed))
    refused(tap, 'a proxy that does not answer', one, out, NN_ERR_IO, 'data.example')


def test_program(tap, cli, server, mnist):
    with tempfile.TemporaryDirectory() as name:
        environment = quiet_environment(XDG_DATA_HOME=name)

        def run(*arguments):
            return subprocess.run([cli, *arguments], capture_output=True, text=True, env=environment, timeout=120)

        done = run('data', 'get', 'mnist', '--from', server.url('missing'))
        tap.check('backprop-cli: a refusal is status 1 and one sentence', done.returncode == 1
                  and len(done.stderr.splitlines()) == 1 and '404' in done.stderr, done.stderr)
        for arguments in (['get'], ['get', 'cifar'], ['get', 'mnist', 'kmnist'], ['get', 'mnist', '--from'],
                          ['get', 'mnist', '--form', 'x'], ['got']):
            done = run('data', *arguments)
            tap.check(f'backprop-cli data {" ".join(arguments)}: usage',
                      done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr)
        done = run('train', '--set', 'data.dataset=kmnist', '--steps', '1')
        tap.check('backprop-cli: a set that is not there is named', done.returncode == 1
                  and 'data get kmnist' in done.stderr, done.stderr)
        if not all((mnist / n).is_file() for n in NAMES):
            return tap.skip('backprop-cli fetches MNIST and trains on it', 'no MNIST here')
        real = Server({n: (mnist / n).read_bytes() for n in NAMES})
        done = run('data', 'get', 'mnist', '--from', real.url('cut'))
        raw = Path(name) / 'backprop' / 'MNIST' / 'raw'
        tap.check('backprop-cli fetches MNIST', done.returncode == 0 and str(raw) in done.stdout
                  and not done.stderr and sorted(p.name for p in raw.iterdir()) == sorted(NAMES),
                  done.stdout + done.stderr)
        done = run('train', '--steps', '20', '--json')
        tap.check('and then trains on it', done.returncode == 0 and '"dataset": "mnist"' in done.stdout, done.stderr)
        done = run('data', 'get', 'mnist', '--from', real.url('good'), '--to', name + '/other')
        done = run('data', 'info', name + '/other')
        tap.check('--to says where', done.stdout.startswith('MNIST: 60 000 training and 10 000 test images'),
                  done.stdout + done.stderr)
        test_interrupt(tap, cli, real, environment, Path(name) / 'third')


def test_interrupt(tap, cli, real, environment, folder):
    running = subprocess.Popen([cli, 'data', 'get', 'mnist', '--from', real.url('slow'), '--to', folder],
                               stderr=subprocess.PIPE, text=True, env=environment)
    while not any(p.stat().st_size for p in folder.rglob('*' + PARTIAL)) and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=10)[1]
    tap.check('Ctrl+C ends it in good order', running.returncode == 128 + signal.SIGINT and 'Stopped' in said
              and [p.suffix for p in folder.rglob('*') if p.is_file()] == [PARTIAL], said)


def closed_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return f'http://127.0.0.1:{one.getsockname()[1]}/'


def main(driver, cli, mnist):
    tap, made = Tap(), Set()
    server, closed = Server(made.files), closed_port()
    test_good_ways(tap, driver, made, server)
    test_mirrors(tap, driver, made, server, closed)
    test_refusals(tap, driver, made, server, closed)
    test_packed_anew(tap, driver, made, server)
    test_cancel_and_resume(tap, driver, made, server)
    test_old_parts(tap, driver, made, server)
    test_half_is_kept(tap, driver, made, server)
    test_in_the_way(tap, driver, made, server)
    test_full_disk(tap, driver, made, server)
    test_two_at_once(tap, driver, made, server)
    test_proxy(tap, driver, made, server, closed)
    test_program(tap, cli, server, Path(mnist))
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
