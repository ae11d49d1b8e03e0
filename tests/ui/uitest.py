"""Drives a GTK program as a person does: finds things on the accessibility bus, uses the real pointer.

Runs inside ui-session.sh, with the system's Python (python3-gi, gir1.2-atspi-2.0); needs xdotool,
xprop and ImageMagick's import. Learned about GTK 4.8 and kept here: coordinates are the window's
alone, names are cached by libatspi unless it is told to forget them, and a click that comes too
soon after another gets lost. What is looked for in the whole window is asked for in a few round trips, not by
libatspi, which makes several for each widget.
"""
import functools
import os
import signal
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

WINDOW = Atspi.CoordType.WINDOW
# GTK 4.24 says this of its own X11 backend; tests/ui/gtk-check.h says why.
GTK_SAYS_OF_ITSELF = "gdk_frame_timings_"
# Newer libatspi has shorter words for some roles. Here the older ones are used.
OLD_ROLES = {"button": "push button", "switch": "check box"}


def command(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def refreshed(node):
    """The same node, after the cache has been emptied."""
    while GLib.MainContext.default().iteration(False):
        pass
    node.clear_cache()
    return node


class Questions:
    """The accessibility bus of one program, asked many things at once: one round trip for all, where libatspi makes
    one for each."""
    ACCESSIBLE, PROPERTIES = "org.a11y.atspi.Accessible", "org.freedesktop.DBus.Properties"

    def __init__(self, program):
        self.program = program
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1, None)
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address.unpack()[0], flags, None, None)

    def ask(self, questions):
        """questions: [(path, interface, method, arguments)]. The answers in the same order: () from who has
        nothing to say, None from what has gone."""
        answers, open_ones = [None] * len(questions), len(questions)

        def answered(bus, result, i):
            nonlocal open_ones
            open_ones -= 1
            try:
                answer = bus.call_finish(result).unpack()
                answers[i] = answer[0] if answer else ()
            except GLib.Error:
                pass
        for i, (path, interface, method, arguments) in enumerate(questions):
            self.bus.call(self.program, path, interface, method, arguments, None, 0, 30000, None, answered, i)
        while open_ones:
            GLib.MainContext.default().iteration(True)
        return answers

    def all_about(self, paths):
        """(role, name, children, states) of each, in one round trip; None where it has gone."""
        name = GLib.Variant("(ss)", (self.ACCESSIBLE, "Name"))
        answers = self.ask([question for path in paths for question in (
            (path, self.ACCESSIBLE, "GetRole", None), (path, self.PROPERTIES, "Get", name),
            (path, self.ACCESSIBLE, "GetChildren", None), (path, self.ACCESSIBLE, "GetState", None))])
        quads = [answers[i:i + 4] for i in range(0, len(answers), 4)]
        return [None if None in quad else quad for quad in quads]

    def properties(self, paths, name):
        what = GLib.Variant("(ss)", (self.ACCESSIBLE, name))
        return self.ask([(path, self.PROPERTIES, "Get", what) for path in paths])

    def texts(self, paths):
        """What labels and entries say now."""
        text = "org.a11y.atspi.Text"
        lengths = self.ask([(path, self.PROPERTIES, "Get", GLib.Variant("(ss)", (text, "CharacterCount"))) for path in paths])
        return self.ask([(path, text, "GetText", GLib.Variant("(ii)", (0, n or 0))) for path, n in zip(paths, lengths)])

    def sizes(self, paths):
        where = GLib.Variant("(u)", (int(WINDOW),))
        answers = self.ask([(path, "org.a11y.atspi.Component", "GetExtents", where) for path in paths])
        return [answer[2:] if answer else (0, 0) for answer in answers]


questions = functools.cache(Questions)  # one connection for each program


def survey(root):
    """What is beneath a node, but for the cells of tables: [(path, role, name)], as a reader comes by them."""
    bus = questions(root.app.bus_name)
    found, level = [], [(root.path, ())]
    while level:
        below = []
        for (path, way), about in zip(level, bus.all_about([path for path, _ in level])):
            if about:  # else it went away meanwhile
                number, name, inside, _ = about
                role = Atspi.role_get_name(Atspi.Role(number))
                found.append((path, OLD_ROLES.get(role, role), name, way))  # way: by the numbers of children
                if role != "table":
                    below += [(child, (*way, i)) for i, (_, child) in enumerate(inside)]
        level = below
    return [node[:3] for node in sorted(found, key=lambda node: node[3])]


class Found:
    """A node that a survey has found: asked anew each time, by the same names as libatspi's."""

    def __init__(self, app, path):
        self.app, self.path, self.bus = app, path, questions(app.bus_name)

    def clear_cache(self):
        pass

    def get_name(self):
        return self.bus.properties([self.path], "Name")[0]

    def get_description(self):
        return self.bus.properties([self.path], "Description")[0] or ""

    def text(self):
        return self.bus.texts([self.path])[0]

    def extents(self):
        """x, y, width and height in its window."""
        where = GLib.Variant("(u)", (int(WINDOW),))
        return self.bus.ask([(self.path, "org.a11y.atspi.Component", "GetExtents", where)])[0] or (0, 0, 0, 0)

    def set_value(self, number):
        value = GLib.Variant("(ssv)", ("org.a11y.atspi.Value", "CurrentValue", GLib.Variant("d", number)))
        self.bus.ask([(self.path, Questions.PROPERTIES, "Set", value)])


def text_of(node):
    """What a label or an entry that was found says now."""
    return node.text() or node.get_name() or ""


def wait(look, what, seconds=30):
    """The first true answer of look(); fails with a picture of the screen when there is none."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except GLib.Error:  # it went away while we looked
            found = None
        if found:
            return found
        if time.monotonic() > end:
            command("import", "-window", "root", os.path.join(os.environ["UI_DIR"], "failed.png"))
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.05)


class App:
    """The program while it runs. `title` names its window, `name` its entry on the bus."""

    def __init__(self, argv, name, title):
        self.title = title
        self.log_path = os.path.join(os.environ["UI_DIR"], "program.log")
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
        # First the window: who asks the bus before it is there may never see the program.
        self.window = wait(lambda: self._window_id(title), "the window", 30)
        time.sleep(0.5)
        Atspi.init()
        self.root = wait(lambda: self._on_the_bus(name), name + " on the accessibility bus", 20)
        self.frame = wait(lambda: next((w for w in self.windows() if w is not None and w.get_name() == title), None), "its frame")
        command("xdotool", "windowfocus", self.window)

    @staticmethod
    def _window_id(title):
        lines = command("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").split()
        return lines[-1] if lines else None

    @staticmethod
    def _on_the_bus(name):
        desktop = refreshed(Atspi.get_desktop(0))
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child and child.get_name() == name:
                return child
        return None

    def windows(self):
        root = refreshed(self.root)
        return [root.get_child_at_index(i) for i in range(root.get_child_count())]

    def part(self, name):
        """The part of the window that is called so: looking there is faster than looking everywhere."""
        def look():
            return next((Found(self.root.app, path) for path, _, found in survey(self.root) if found == name), None)
        return wait(look, f"the part {name!r}")

    def look(self, role, matches, within=None):
        """The first node of that role whose name, or present text, matches; None without one."""
        root = within or self.root
        of_the_role = [(path, name) for path, found, name in survey(root) if found == role]
        texts = [None] * len(of_the_role)
        if role in ("label", "text"):
            texts = questions(root.app.bus_name).texts([path for path, _ in of_the_role])
        for (path, name), text in zip(of_the_role, texts):
            if matches(name) or (text is not None and matches(text)):
                return Found(root.app, path)
        return None

    def find(self, role, name):
        """By exact name or by a function of it; waits until it is there."""
        matches = name if callable(name) else lambda found: found == name
        return wait(lambda: self.look(role, matches), f"{role} {name!r}")

    def label(self, matches, what, seconds=30, within=None):
        """The text of the first label that matches; waits until there is one."""
        node = wait(lambda: self.look("label", matches, within), what, seconds)
        return text_of(node)

    def labels(self, within=None):
        root = within or self.root
        paths = [path for path, role, _ in survey(root) if role == "label"]
        return [text for text in questions(root.app.bus_name).texts(paths) if text]

    def _corner(self):
        """Where the window's content begins on the screen: the shadow around it is the program's."""
        lines = command("xdotool", "getwindowgeometry", "--shell", self.window).splitlines()
        place = dict(line.split("=") for line in lines)
        x, y = int(place["X"]), int(place["Y"])
        shadow = command("xprop", "-id", self.window, "_GTK_FRAME_EXTENTS")
        if "=" in shadow:
            left, _right, top, _bottom = (int(v) for v in shadow.split("=")[1].split(","))
            return x + left, y + top
        size = Atspi.Component.get_extents(self.frame, WINDOW)
        return (x + (int(place["WIDTH"]) - size.width) // 2,
                y + (int(place["HEIGHT"]) - size.height) // 2)

    def click(self, node):
        left, top, width, height = node.extents()
        assert width > 0 and height > 0, f"{node.get_name()!r} is not on the screen"
        x, y = self._corner()
        place = str(x + left + width // 2), str(y + top + height // 2)
        # Press and release in one go, a moment after the pointer has arrived.
        command("xdotool", "mousemove", *place, "sleep", "0.1", "click", "1")
        time.sleep(0.3)

    def key(self, *keys):
        """One key after the other, each when the window manager is done with the one before."""
        for key in keys:
            command("xdotool", "key", "--clearmodifiers", key)

    def keys(self, *keys):
        """Many keys in one go, for the focused window alone."""
        command("xdotool", "key", "--clearmodifiers", "--delay", "4", *keys)

    def picture(self, name):
        command("import", "-window", "root", os.path.join(os.environ["UI_DIR"], name))

    def close(self):
        """Closes the window as the window manager would; returns exit status and seconds."""
        action = self.frame.get_action_iface()
        names = [action.get_action_name(i) for i in range(action.get_n_actions())]
        return self.end(lambda: action.do_action(names.index("window.close")))

    def end(self, act):
        """Does what closes the program; returns exit status and seconds."""
        start = time.monotonic()
        try:
            act()
        except GLib.Error:  # it was gone before it could answer
            pass
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise AssertionError("the program hangs when its window is closed") from None
        with open(self.log_path, encoding="utf-8") as log:
            bad = [line for line in log if ("CRITICAL" in line or "WARNING" in line)
                   and GTK_SAYS_OF_ITSELF not in line]
        assert not bad, "".join(bad)
        return status, time.monotonic() - start
