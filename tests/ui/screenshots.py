"""Takes the pictures of the window that the README and the desktop's software centers show.

screenshots.py MNIST PROGRAM…, inside of ui-session.sh with mutter. The program itself trains in them, and
the real pointer clicks. A picture is the window alone, with its shadow and round corners: X keeps a
window's transparency beside the screen, and the tools that know it drop it, so it is read here.
"""
import ctypes
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from uitest import App, command, shadow

ROOT = Path(__file__).resolve().parents[2]

# file, width and height without the shadow, color scheme, the tab that is open
PICTURES = (
    ("docs/images/window.png", 1440, 900, "prefer-light", "Mistakes"),
    ("flatpak/screenshots/light.png", 1000, 700, "prefer-light", "Mistakes"),
    ("flatpak/screenshots/dark.png", 1000, 700, "prefer-dark", "Samples"),
)


class XImage(ctypes.Structure):
    """The beginning of Xlib's structure of that name, which is all that is read."""
    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int),
                ("format", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte)),
                ("byte_order", ctypes.c_int), ("bitmap_unit", ctypes.c_int),
                ("bitmap_bit_order", ctypes.c_int), ("bitmap_pad", ctypes.c_int),
                ("depth", ctypes.c_int), ("bytes_per_line", ctypes.c_int),
                ("bits_per_pixel", ctypes.c_int)]


def geometry(window):
    lines = command("xdotool", "getwindowgeometry", "--shell", window).splitlines()
    place = dict(line.split("=") for line in lines)
    return int(place["WIDTH"]), int(place["HEIGHT"])


def extents(window):
    around = shadow(window)
    assert around, "the window has no shadow; is mutter running?"
    return around


def pixels(window):
    """Width, height and premultiplied BGRA bytes of a window with its transparency."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XGetImage.restype = ctypes.POINTER(XImage)
    x.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int, ctypes.c_uint,
                            ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
    display = x.XOpenDisplay(None)
    width, height = geometry(window)
    z_pixmap = 2
    image = x.XGetImage(display, int(window), 0, 0, width, height, 2**32 - 1, z_pixmap).contents
    assert (image.depth, image.bits_per_pixel, image.byte_order) == (32, 32, 0), "not 32 bits, little end first"
    assert image.bytes_per_line == 4 * width
    return width, height, bytearray(ctypes.string_at(image.data, 4 * width * height))


def straight(data):
    """Colors that are not multiplied by their opacity, as PNG has them."""
    for i in range(0, len(data), 4):
        alpha = data[i + 3]
        if 0 < alpha < 255:
            for k in range(i, i + 3):
                data[k] = min(255, (data[k] * 255 + alpha // 2) // alpha)
    return bytes(data)


def save(window, path):
    width, height, data = pixels(window)
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["convert", "-size", f"{width}x{height}", "-depth", "8", "bgra:-", "-strip",
                    "-define", "png:compression-level=9", f"PNG32:{path}"],
                   input=straight(data), check=True)
    print(f"{path.relative_to(ROOT)}: {width} x {height}, {path.stat().st_size // 1024} KiB", flush=True)


def resize(app, width, height):
    left, right, top, bottom = extents(app.window)
    command("xdotool", "windowsize", app.window, str(width + left + right), str(height + top + bottom))
    command("xdotool", "windowmove", app.window, "40", "40")
    time.sleep(1)
    found = geometry(app.window)
    assert found == (width + left + right, height + top + bottom), f"the window has not taken {width} x {height}: {found}"


def scroll_to(app, node):
    """Turns the wheel over the recipe until node is in view."""
    heading = app.find("label", "The training loop")
    for _ in range(60):
        y = node.extents[1]
        if 150 < y < 750:
            return
        left, top = app._corner()
        x = heading.extents[0] + 20
        command("xdotool", "mousemove", str(left + x), str(top + 500), "click", "5" if y > 0 else "4")
        time.sleep(0.1)
    raise AssertionError(f"{node.name!r} does not come into view")


def scroll_to_top(app):
    left, top = app._corner()
    x = app.find("text", lambda found: found.startswith("Epochs")).extents[0]
    command("xdotool", "mousemove", str(left + x - 100), str(top + 500))
    for _ in range(60):
        command("xdotool", "click", "4")
    time.sleep(1)


def set_number(app, name, value):
    entry = app.find("text", lambda found: found.startswith(name))
    scroll_to(app, entry)
    app.click(entry)
    app.key("ctrl+a", *value, "Return")


def do_exercise(app):
    """The third: a run with the loop as it is found there, and one with the loop as it should be."""
    app.click(app.find("label", "The training loop"))
    app.click(app.find("push button", "Train"))
    app.label(lambda t: t == "Run 1 finished", "the end of the first run", 300)
    app.click(app.find("check box", lambda found: found.startswith("Shuffle")))
    set_number(app, "Batch size", "8")
    set_number(app, "Epochs", "3")
    app.click(app.find("push button", "Train"))
    app.label(lambda t: "22\u202f500 steps in" in t, "the end of the second run", 300)
    scroll_to_top(app)


def take(program, data, picture):
    path, width, height, scheme, tab = picture
    os.environ["ADW_DEBUG_COLOR_SCHEME"] = scheme
    # Somebody who starts it for the first time: recipes come back.
    for kept in "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME":
        os.environ[kept] = tempfile.mkdtemp(dir=os.environ["UI_DIR"])
    app = App([*program, "--data", data], "backprop", "Backprop")
    app.label(lambda t: re.search("MNIST 60\u202f000", t), "MNIST", 60)
    do_exercise(app)
    resize(app, width, height)
    app.click(app.find("page tab", lambda name: name.startswith(tab)))
    # Where it hovers over nothing of the program's.
    command("xdotool", "mousemove", "1900", "1190")
    time.sleep(2)
    save(app.window, ROOT / path)
    app.key("ctrl+q")
    assert app.process.wait(10) == 0


def main():
    data, *program = sys.argv[1:]
    for picture in PICTURES:
        take(program, data, picture)


if __name__ == "__main__":
    main()
