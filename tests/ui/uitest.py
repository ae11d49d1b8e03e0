"""Drives a GTK program as a person does: finds things on the accessibility bus, uses the real pointer.

Runs inside ui-session.sh, with the system's Python (python3-gi, gir1.2-atspi-2.0); needs xdotool,
xprop and ImageMagick's import. Learned about GTK 4.8 and kept here: coordinates are the window's
alone, names are cached by libatspi unless it is told to forget them, and a click that comes too
soon after another gets lost.
"""
import os
import signal
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

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


def tree(node):
    """The node and all beneath it, but for the cells of tables: each costs a round trip or more. What
    goes away meanwhile is left out: while a network trains, something always does."""
    yield node
    try:
        n = 0 if node.get_role_name() == "table" else node.get_child_count()
    except GLib.Error:
        return
    for i in range(n):
        try:
            child = node.get_child_at_index(i)
        except GLib.Error:
            return
        if child is not None:
            yield from tree(child)


def role_of(node):
    role = node.get_role_name()
    return OLD_ROLES.get(role, role)


def text_of(node):
    """What a label says now; its name may be an old one."""
    text = node.get_text_iface()
    # As a function of the interface: newer bindings have an older method of this name on every node.
    return Atspi.Text.get_text(text, 0, Atspi.Text.get_character_count(text)) if text else node.get_name() or ""


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
        self.frame = self.find("frame", title)
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

    def part(self, name):
        """The part of the window that is called so: looking there is faster than looking everywhere."""
        return wait(lambda: next((n for n in tree(refreshed(self.root)) if n.get_name() == name), None),
                    f"the part {name!r}")

    def look(self, role, matches, within=None):
        """The first node of that role whose name, or present text, matches; None without one."""
        for node in tree(refreshed(within or self.root)):
            try:
                if role_of(node) == role and (matches(node.get_name() or "") or matches(text_of(node))):
                    return node
            except GLib.Error:
                pass
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
        nodes = tree(refreshed(within or self.root))
        return [text_of(node) for node in nodes if node.get_role_name() == "label"]

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
        box = Atspi.Component.get_extents(node, WINDOW)
        assert box.width > 0 and box.height > 0, f"{node.get_name()!r} is not on the screen"
        x, y = self._corner()
        place = str(x + box.x + box.width // 2), str(y + box.y + box.height // 2)
        # Press and release in one go, a moment after the pointer has arrived.
        command("xdotool", "mousemove", *place, "sleep", "0.1", "click", "1")
        time.sleep(0.3)

    def key(self, *keys):
        for key in keys:
            command("xdotool", "key", "--clearmodifiers", key)

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
