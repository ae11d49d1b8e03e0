"""The program as a part of the desktop: files opened by double click, one process, what is kept from one
start to the next, keys that every program has.  test_desktop.py PROGRAM

Runs in ui-session.sh with an installed tree in XDG_DATA_DIRS and PATH (tests/smoke/installed.py). TAP.
"""
import os
import subprocess
import sys
import time
import traceback

try:
    from uitest import App, command, few_digits, wait
    from gi.repository import Gio, GLib
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(77)

TYPE = "application/x-backprop-recipe+json"
ID = "io.github.backprop_lab.Backprop.desktop"
PROGRAM = sys.argv[1]
# Not in memory: the next process has to find them.
os.environ["GSETTINGS_BACKEND"] = "keyfile"
# A few pictures, which are there at once.
os.environ["BACKPROP_DATA"] = few_digits()


def write(name, epochs):
    path = os.path.join(os.environ["UI_DIR"], name)
    text = subprocess.run(["backprop-cli", "recipe", "show", "--set", f"loop.epochs={epochs}"],
                          capture_output=True, text=True, check=True).stdout
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def windows():
    return len(command("xdotool", "search", "--onlyvisible", "--name", "^Backprop$").split())


def is_running():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    answer = bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                           GLib.Variant("(s)", (ID.removesuffix(".desktop"),)), None, 0, 5000, None)
    return answer.unpack()[0]


def epochs(app, number):
    """The row of the recipe says so."""
    def look():
        row = app.look("text", lambda name: name == "Epochs")
        return row and row.text == str(number)
    wait(look, f"a recipe of {number} epochs", 20)


def knows_the_type(_):
    named, sure = Gio.content_type_guess("x.backprop", None)
    assert named == TYPE and not sure, named
    with open(write("nameless", 3), "rb") as file:
        content, _ = Gio.content_type_guess(None, file.read())
    assert content == TYPE, content
    other, _ = Gio.content_type_guess(None, b'{"name": "package", "version": 1}')
    assert other != TYPE, "any JSON is taken for a recipe"
    assert Gio.content_type_is_a(TYPE, "application/json")
    assert "recipe" in Gio.content_type_get_description(TYPE).lower()
    icons = Gio.content_type_get_icon(TYPE).get_names()
    assert "io.github.backprop_lab.Backprop-recipe" in icons, icons
    handler = Gio.AppInfo.get_default_for_type(TYPE, False)
    assert handler and handler.get_id() == ID, "nobody opens recipes"


def a_double_click_opens(_):
    app = App(["gio", "open", write("first.backprop", 21)], "backprop", "Backprop")
    epochs(app, 21)
    return app


def a_second_start_joins_the_first(app):
    assert subprocess.run([PROGRAM, write("second.backprop", 22)], timeout=30, check=False).returncode == 0
    epochs(app, 22)
    assert windows() == 1, f"{windows()} windows"


def another_double_click_joins_too(app):
    # Relative to where it was started, not to where the first process was.
    write("third.backprop", 23)
    assert subprocess.run([PROGRAM, "third.backprop"], timeout=30, check=False,
                          cwd=os.environ["UI_DIR"]).returncode == 0
    epochs(app, 23)
    command("gio", "open", write("fourth.backprop", 24))
    epochs(app, 24)
    assert windows() == 1, f"{windows()} windows"


def f10_opens_the_menu(app):
    app.key("F10")
    app.find("menu item", lambda name: "Preferences" in name)
    app.key("Escape")
    time.sleep(0.3)


def keys_are_shown(app):
    app.key("ctrl+question")
    app.label(lambda t: t == "Train on one batch", "the overlay of keys")
    app.key("Escape")
    time.sleep(0.5)


def preferences_by_key(app):
    app.key("ctrl+comma")
    spin = app.find("spin button", lambda name: name.startswith("Threads"))
    spin.set_value(1)
    time.sleep(0.3)
    app.key("Escape")
    time.sleep(0.5)
    app.label(lambda t: t == "CPU · 1 thread", "the device in the header bar")


def is_kept(app):
    app.key("ctrl+q")
    wait(lambda: not is_running(), "the end of the first process", 20)
    app = App([PROGRAM], "backprop", "Backprop")
    epochs(app, 24)
    app.label(lambda t: t == "CPU · 1 thread", "the device in the header bar")
    status, _seconds = app.close()
    assert status == 0, f"exit status {status}"


STEPS = [knows_the_type, a_double_click_opens, a_second_start_joins_the_first, another_double_click_joins_too,
         f10_opens_the_menu, keys_are_shown, preferences_by_key, is_kept]


def main():
    app, failed = None, False
    for number, step in enumerate(STEPS, 1):
        try:
            app = step(app) or app
            print(f"ok {number} - {step.__name__.replace('_', ' ')}", flush=True)
        except Exception:  # every kind counts, and ends the story
            traceback.print_exc()
            print(f"not ok {number} - {step.__name__.replace('_', ' ')}", flush=True)
            failed = True
            break
    print(f"1..{len(STEPS)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
