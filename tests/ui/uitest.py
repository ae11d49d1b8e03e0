"""Drives a GTK program as a person does: finds things on the accessibility bus, uses the real pointer.

Runs inside ui-session.sh, with the system's Python (python3-gi); needs xdotool, xprop and ImageMagick's
import. Learned about GTK 4.8 and kept here: coordinates are the window's alone, and a click that comes
too soon after another gets lost.
"""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import bus

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "smoke"))
from bad_input import good_files, write_data

# GTK 4.24 says this of its own X11 backend; tests/ui/gtk-check.h says why.
GTK_SAYS_OF_ITSELF = "gdk_frame_timings_"


def command(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def few_digits():
    """A folder with MNIST's files, of 80 pictures: they are loaded at once. By its name they are MNIST."""
    folder = Path(os.environ["UI_DIR"]) / "MNIST"
    folder.mkdir()
    return str(write_data(folder / "raw", good_files()))


def shadow(window):
    """The widths of the shadow around a window, which is the program's: left, right, top, bottom. None without one."""
    text = command("xprop", "-id", window, "_GTK_FRAME_EXTENTS")
    return [int(v) for v in text.split("=")[1].split(",")] if "=" in text else None


def wait(look, what, seconds=30):
    """The first true answer of look(); fails with a picture of the screen when there is none."""
    end = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            command("import", "-window", "root", os.path.join(os.environ["UI_DIR"], "failed.png"))
            raise AssertionError("waited in vain for " + what)
        time.sleep(max(0.05, time.monotonic() - began))  # half of the time is the program's, which answers


class App:
    """The program while it runs. `title` names its window, `name` its entry on the bus."""

    def __init__(self, argv, name, title):
        self.title = title
        self.log_path = os.path.join(os.environ["UI_DIR"], "program.log")
        with open(self.log_path, "w", encoding="utf-8") as log:
            # The desktop comes first: a key gets lost when the window manager waits for a core that trains.
            self.process = subprocess.Popen(["nice", *argv], stdout=log, stderr=log, start_new_session=True)
        # First the window: who asks the bus before it is there may never see the program.
        self.window = wait(lambda: self._window_id(title), "the window", 30)
        time.sleep(0.5)
        self.root = wait(lambda: bus.program_called(name), name + " on the accessibility bus", 20)
        self.frame = wait(lambda: next((w for w in self.windows() if w.name == title), None), "its frame")
        command("xdotool", "windowfocus", self.window)

    @staticmethod
    def _window_id(title):
        lines = command("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").split()
        return lines[-1] if lines else None

    def windows(self):
        return self.root.children

    def part(self, name):
        """The part of the window that is called so: looking there is faster than looking everywhere."""
        def look():
            return next((widget for widget, _, found in bus.survey(self.root) if found == name), None)
        return wait(look, f"the part {name!r}")

    def look(self, role, matches, within=None):
        """The first widget of that role whose name, or present text, matches; None without one."""
        of_the_role = [(widget, name) for widget, _, name in bus.survey(within or self.root, role)]
        texts = [None] * len(of_the_role)
        if role in ("label", "text"):
            texts = bus.texts([widget for widget, _ in of_the_role])
        for (widget, name), text in zip(of_the_role, texts):
            if matches(name) or (text is not None and matches(text)):
                return widget
        return None

    def find(self, role, name):
        """By exact name or by a function of it; waits until it is there."""
        matches = name if callable(name) else lambda found: found == name
        return wait(lambda: self.look(role, matches), f"{role} {name!r}")

    def label(self, matches, what, seconds=30, within=None):
        """The text of the first label that matches; waits until there is one."""
        return wait(lambda: self.look("label", matches, within), what, seconds).text

    def labels(self, within=None):
        widgets = [widget for widget, _, _ in bus.survey(within or self.root, "label")]
        return [text for text in bus.texts(widgets) if text]

    def _corner(self):
        """Where the window's content begins on the screen: the shadow around it is the program's."""
        lines = command("xdotool", "getwindowgeometry", "--shell", self.window).splitlines()
        place = dict(line.split("=") for line in lines)
        x, y = int(place["X"]), int(place["Y"])
        around = shadow(self.window)
        if around:
            return x + around[0], y + around[2]
        _, _, width, height = self.frame.extents
        return x + (int(place["WIDTH"]) - width) // 2, y + (int(place["HEIGHT"]) - height) // 2

    def click(self, widget):
        left, top, width, height = widget.extents
        assert width > 0 and height > 0, f"{widget.name!r} is not on the screen"
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
        return self.end(lambda: self.frame.act("window.close"))

    def end(self, act):
        """Does what closes the program; returns exit status and seconds."""
        start = time.monotonic()
        act()
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
