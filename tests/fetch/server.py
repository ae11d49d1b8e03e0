"""server.py: an HTTP server on loopback that misbehaves on request.

The first part of an address says how: /good/FILE, /slow/FILE, /cut/FILE, … What was asked is remembered.
"""
import gzip
import http.server
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 20

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path, _, query = self.path.partition('?')
        if query:
            self.server.queries.add(query)
        way, _, name = path.lstrip('/').rpartition('/')
        way = way.split('/')[-1]
        self.server.seen.append((way, name, self.headers.get('Range')))
        self.server.agents.add(self.headers.get('User-Agent'))
        content = self.server.files.get(name)
        if way == 'missing' or content is None:
            return self.send_error(404)
        if way == 'failing':
            return self.send_error(503)
        if way == 'redirect':
            self.send_response(302)
            self.send_header('Location', f'/good/{name}')
            self.send_header('Content-Length', '0')
            return self.end_headers()
        if way == 'elsewhere':
            self.send_response(302)
            self.send_header('Location', f'/page/{name}')
            self.send_header('Content-Length', '0')
            return self.end_headers()
        if way == 'loop':
            self.send_response(302)
            self.send_header('Location', self.path)
            self.send_header('Content-Length', '0')
            return self.end_headers()
        getattr(self, way)(content)

    # ---- ways ----

    def good(self, content):
        start = self.start_of(content)
        if start is None:
            return
        self.wfile.write(content[start:])

    def slow(self, content):
        start = self.start_of(content)
        if start is None:
            return
        for at in range(start, len(content), 8192):
            self.wfile.write(content[at:at + 8192])
            self.wfile.flush()
            time.sleep(0.02)

    def cut(self, content):
        """Ends the connection after a third of the file, every time; each answer goes on where asked."""
        start = self.start_of(content)
        if start is None:
            return
        self.wfile.write(content[start:start + len(content) // 3 + 1])
        self.close_connection = True

    def cutclose(self, content):
        """The same, but says so: Connection: close. No client can tell that from a length that is wrong."""
        start = self.start_of(content, connection='close')
        if start is None:
            return
        self.wfile.write(content[start:start + len(content) // 3 + 1])
        self.close_connection = True

    def cutchunked(self, content):
        """The same in chunks, of which the last never comes."""
        start = self.start_of(content, chunked=True)
        if start is None:
            return
        self.chunk(content[start:start + len(content) // 3 + 1])
        if start + len(content) // 3 + 1 >= len(content):
            self.chunk(b'')
        self.close_connection = True

    def cuteof(self, content):
        """The same without any length: the end of the connection is the end."""
        start = self.start_of(content, lengthless=True)
        if start is None:
            return
        self.wfile.write(content[start:start + len(content) // 3 + 1])
        self.close_connection = True

    def chunked(self, content):
        """Complete, in chunks, without ranges."""
        self.head(200, 0, chunked=True)
        self.chunk(content)
        self.chunk(b'')

    def onebyte(self, content):
        """The same, its first byte alone."""
        self.head(200, 0, chunked=True)
        self.chunk(content[:1])
        self.wfile.flush()
        time.sleep(0.2)
        self.chunk(content[1:])
        self.chunk(b'')

    def negative(self, content):
        self.head(200, -5)
        self.wfile.write(content)
        self.close_connection = True

    def lengthless(self, content):
        self.head(200, 0, lengthless=True)
        self.wfile.write(content)
        self.close_connection = True

    def pieces(self, content):
        """Gives a third of what was asked for, in an answer that is complete and says so."""
        start = self.begin(content)
        end = min(start + len(content) // 3 + 1, len(content))
        self.head(206, end - start, f'bytes {start}-{end - 1}/{len(content)}')
        self.wfile.write(content[start:end])

    def slowcut(self, content):
        """Knows no ranges, and comes a little further every time before it breaks off."""
        self.head(200, len(content))
        times = sum(way == 'slowcut' and self.server.files[name] == content for way, name, _ in self.server.seen)
        self.wfile.write(content[:len(content) * times // 5])
        self.close_connection = times < 5

    def refuses(self, content):
        """Refuses every range, though there is more."""
        if not self.headers.get('Range'):
            return self.cut(content) if self.asked(content) == 1 else self.good(content)
        self.send_response(416)
        self.send_header('Content-Range', f'bytes */{len(content)}')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def othersplit(self, content):
        """Answers a range with another one, but gives everything to whoever asks for all."""
        if self.headers.get('Range'):
            return self.shifted(content)
        return self.cut(content) if self.asked(content) == 1 else self.good(content)

    def grew(self, content):
        """The file has become longer since."""
        self.good(content + bytes(5000))

    def helpful(self, content):
        """Packs what is packed once more, whatever was asked."""
        packed = gzip.compress(content)
        self.send_response(200)
        self.send_header('Content-Encoding', 'gzip')
        self.send_header('Content-Length', str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def chunkedpage(self, content):
        """The log-in page again, in chunks."""
        self.send_response(200)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        self.chunk(b'<html>Please log in</html>')
        self.chunk(b'')

    def cutwhole(self, content):
        """Knows no ranges, and ends the connection halfway, but only the first time."""
        self.head(200, len(content))
        first = sum(way == 'cutwhole' and len(self.server.files[name]) == len(content)
                    for way, name, _ in self.server.seen) == 1
        self.wfile.write(content[:len(content) // 2] if first else content)
        self.close_connection = first

    def noranges(self, content):
        self.head(200, len(content))
        self.wfile.write(content)

    def shifted(self, content):
        """Answers a range with another one than was asked for."""
        if not self.headers.get('Range'):
            return self.cut(content)
        self.head(206, len(content) - 1, f'bytes 1-{len(content) - 1}/{len(content)}')
        self.wfile.write(content[1:])

    def wrong(self, content):
        self.head(200, len(content))
        self.wfile.write(bytes(len(content)))

    def short(self, content):
        self.head(200, len(content) - 10)
        self.wfile.write(content[:-10])

    def page(self, content):
        """What a network's log-in page answers to everything."""
        page = b'<html>Please log in</html>'
        self.head(200, len(page))
        self.wfile.write(page)

    def endless(self, content):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(content + bytes(1 << 16))
        except OSError:
            pass

    def encoded(self, content):
        """The file's own gzip, declared as an encoding of the transfer."""
        self.send_response(200)
        self.send_header('Content-Encoding', 'gzip')
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def dead(self, content):
        self.close_connection = True

    # ---- parts of an answer ----

    def head(self, status, length, content_range=None, connection=None, chunked=False, lengthless=False):
        self.send_response(status)
        if chunked:
            self.send_header('Transfer-Encoding', 'chunked')
        elif not lengthless:
            self.send_header('Content-Length', str(length))
        if connection:
            self.send_header('Connection', connection)
        if content_range:
            self.send_header('Content-Range', content_range)
        self.end_headers()

    def asked(self, content):
        """How often this file has been asked for."""
        return sum(self.server.files[name] == content for _, name, _ in self.server.seen)

    def chunk(self, data):
        self.wfile.write(b'%x\r\n%s\r\n' % (len(data), data))

    def begin(self, content):
        asked = self.headers.get('Range')
        return int(asked.removeprefix('bytes=').split('-')[0]) if asked else 0

    def start_of(self, content, **more):
        """Sends the head; where the body starts, or None where there is none."""
        start = self.begin(content)
        if not self.headers.get('Range'):
            self.head(200, len(content), **more)
            return 0
        if start >= len(content):
            self.send_response(416)
            self.send_header('Content-Range', f'bytes */{len(content)}')
            self.send_header('Content-Length', '0')
            self.end_headers()
            return None
        self.head(206, len(content) - start, f'bytes {start}-{len(content) - 1}/{len(content)}', **more)
        return start


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, files):
        super().__init__(('127.0.0.1', 0), Handler)
        self.files, self.seen, self.agents, self.queries = files, [], set(), set()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, address):
        """A client that goes away in the middle is part of the test."""

    def url(self, way):
        return f'http://127.0.0.1:{self.server_address[1]}/{way}/'
