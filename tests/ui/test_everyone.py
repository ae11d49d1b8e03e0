"""A person who sees nothing, or has no mouse: names, Tab, arrow keys, spoken progress.

test_everyone.py PROGRAM…, inside of ui-session.sh. Brings the window into its states by the keyboard
alone, and looks at each through the accessibility bus. Prints TAP. The data are practice digits.
"""
import os
import re
import sys
import time
import traceback

try:
    import bus
    import spoken
    from uitest import App, wait
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(77)

RECIPE = """{"version": 1, "network": [{"kind": "Flatten"}, {"kind": "Linear", "out_features": 32},
 {"kind": "ReLU"}, {"kind": "Linear", "out_features": 10}], "loop": {"epochs": %d}}"""
EPOCH = re.compile(r"^Epoch (\d+) of (\d+): loss [\d.e-]+, test accuracy [\d.]+\u202f% on practice digits\. – Backprop$")


class Faults:
    """Sentences, each once."""

    def __init__(self):
        self.told = []

    def add(self, state, faults):
        self.told += [f"{state}: {fault}" for fault in faults if not any(fault in old for old in self.told)]

    def check(self):
        assert not self.told, "\n# ".join([f"{len(self.told)} faults", *self.told])


class Person:
    """What she has come by so far: the focus, and which widgets had it in any state of the window."""

    def __init__(self, app):
        self.app = app
        self.focus = spoken.Focus()
        self.reached = set()
        self.reached_paths = set()  # a row that was moved is another one on the bus, with the same path
        self.wanted = {}

    def names(self, state, faults):
        """Everything that has to have a name has one; what was found in the windows."""
        everything = []
        for window in self.app.windows():
            found = spoken.nodes(window)
            faults.add(state, spoken.nameless(found) + spoken.unreachable_by_role(found))
            everything += found
        return everything

    def look(self, state, faults, folded=False):
        """Names, and through the whole window by Tab; what could take the focus is wanted until it has had it. What is
        folded away looks on the bus like the rest, and is not asked for."""
        found = self.names(state, faults)
        order = self.focus.walk(self.app)
        self.reached |= set(order)
        # One cell of a table stands for all: the arrow keys lead to the others.
        self.reached |= {node.parent for node in order if node.role == "table cell"}
        unnamed = [node for node in order if not node.name.strip() or spoken.TYPE.match(node.name)]
        faults.add(state, [f"Tab stops at a {node.role} without a name" for node in unnamed])
        for node in [] if folded else found:
            if node.widget in self.reached:
                self.reached_paths.add(node.path())
            if node.focusable and node.usable and node.role not in spoken.AROUND and min(node.size) > 0:
                self.wanted[node.widget] = (state, node)
        return order

    def walk_window(self, state, faults, window):
        """The same in a window that is in front; what is on its other pages has no size."""
        self.reached |= set(self.focus.walk(self.app))
        for node in spoken.nodes(window, cells=1):
            if node.focusable and node.usable and node.role not in spoken.AROUND and min(node.size) > 0:
                if not spoken.is_the_librarys(node):
                    self.wanted[node.widget] = (state, node)

    def never_reached(self):
        """What no Tab came to; a row whose inside has the focus in its stead has been reached."""
        missed = []
        for key, (state, node) in self.wanted.items():
            if node.role == "table cell" and node.above.widget in self.reached:
                continue
            inside = [other for other_key, (_, other) in self.wanted.items()
                      if other_key in self.reached and node.widget in {above.widget for above in other.chain()[:-1]}
                      and other.name == node.name]
            if key not in self.reached and node.path() not in self.reached_paths and not inside and node.name not in spoken.OF_THE_WINDOW:
                missed.append(f"Tab does not reach: {node.path()} ({state})")
        return missed

    def press_until(self, key, matches, what, most=140):
        """Presses a key until what has the focus matches."""
        node = self.focus.press_until(self.app, key, matches, most)
        assert node is not None, f"{key} does not lead to {what}"
        return node


# ---- the states ----

def opens(app, person, faults):
    order = [node.name for node in person.look("start", faults)]
    places = [next(i for i, name in enumerate(order) if name.startswith(start))
              for start in ("Train", "Exercise 1", "Layer 1 of 4", "Add layer", "Batch size", "Epochs", "Loss", "Samples",
                            "Image 0")]
    # The last "Loss" but one is the row; the chart comes after the recipe.
    places[6] = max(i for i, name in enumerate(order) if name == "Loss")
    assert places == sorted(places), f"the order of the focus is {order}"
    assert sum(name.startswith("Image ") for name in order) == 1, "Tab stops at more than one picture"


def opens_layers(app, person, faults):
    for layer in ("Layer 2 of 4", "Layer 3 of 4"):
        person.press_until("Tab", lambda name, layer=layer: name.startswith(layer), layer)
        app.key("Return")
        time.sleep(0.5)
        person.look(f"{layer} is open", faults)


def opens_transforms(app, person, faults):
    person.press_until("Tab", lambda name: name == "Transforms", "the transforms")
    app.key("Return")
    time.sleep(0.5)
    person.press_until("Tab", lambda name: name.startswith("Transform 1"), "the first transform")
    app.key("Return")
    time.sleep(0.5)
    person.look("transforms are open", faults)


def opens_menus(app, person, faults):
    for name in ("Add layer", "Dataset: MNIST", "Optimizer: AdamW"):
        person.press_until("Tab", lambda found, name=name: found == name, name)
        inside = person.focus.after(app, "space", seconds=2)
        assert inside is not None, f"the menu of {name} does not take the focus"
        person.names(f"the menu of {name}", faults)
        other = person.focus.after(app, "Down") or person.focus.after(app, "Up")
        assert other is not None and other.name, f"the arrow keys do nothing in the menu of {name}"
        person.focus.after(app, "Escape")
        wait(lambda name=name: person.focus.is_at(name), f"Escape to lead back to {name}, not {person.focus.name()!r}")
    person.press_until("Tab", lambda found: found.startswith("Reduction"), "the drop-down")
    app.key("space")
    time.sleep(0.5)
    items = [node for node in spoken.nodes(app.windows()[0]) if node.role == "list item" and node.name == "sum"]
    assert items, "an item of the drop-down has no name"
    app.key("Down", "Return")
    time.sleep(0.4)
    assert app.find("push button", lambda found: found.startswith("Reduction") and found.endswith(": sum"))
    app.key("F10")
    time.sleep(0.5)
    person.names("the main menu", faults)
    app.key("Escape")
    time.sleep(0.3)


def moves_layers(app, person, faults):
    node = person.press_until("Tab", lambda name: name.startswith("Layer 3 of 4: ReLU"), "the ReLU")
    app.key("alt+Up")
    wait(lambda: node.name.startswith("Layer 2 of 4: ReLU"), "the layer to move up")
    time.sleep(0.5)
    app.key("alt+Down")  # it has kept the focus
    wait(lambda: node.name.startswith("Layer 3 of 4: ReLU"), "the layer to move back")


def speaks_epochs(app, person, faults):
    heard = []

    def on_name(widget, _, name):  # without a question to the program, which may be too busy to answer
        if widget == app.frame:
            heard.append(name)
    listener = bus.Listener("object:property-change:accessible-name", on_name)
    app.key("ctrl+t")

    def ended():
        bus.events()
        return any("finished" in name for name in heard)
    wait(ended, f"the sentence at the end, after {heard}", 60)
    listener.stop()
    epochs = [EPOCH.match(name) for name in heard[:-1]]
    assert all(epochs), f"heard {heard}"
    # The window says what is newest: where all cores are busy, one may have passed unsaid.
    numbers = [int(match.group(1)) for match in epochs]
    assert len(numbers) >= 2 and numbers == sorted({1, 2, 3}.intersection(numbers)) and numbers[-1] == 3, f"heard {heard}"
    assert {match.group(2) for match in epochs} == {"3"}, f"heard {heard}"
    assert re.match(r"^Run 1 has finished: test accuracy [\d.]+\u202f%\. – Backprop$", heard[-1]), heard


def reads_charts(app, person, faults):
    time.sleep(1.5)
    chart = person.press_until("Tab", lambda name: name == "Loss", "the chart")
    while chart.role != "image":
        chart = person.press_until("Tab", lambda name: name == "Loss", "the chart")
    assert re.search(r"at step [\d\u202f]+: train", chart.description), chart.description
    app.key("Left")
    wait(lambda: chart.description.startswith("step ") and "learning rate" in chart.description, "the cursor's values")
    first = chart.description
    app.key("ctrl+Left")
    wait(lambda: chart.description != first, "other values further left")
    app.key("Escape")
    wait(lambda: chart.description.startswith("Loss at step"), "the last values after Escape")


def chooses_the_axis(app, person, faults):
    """One stop of Tab after the chart; the arrow keys lead to the other units, and Space takes one."""
    chart = app.find("image", "Loss")
    person.press_until("Tab", lambda found: found == "Step", "the choice of the axis")
    for name in ("Epoch", "Seconds"):
        node = person.focus.after(app, "Right")
        assert node is not None and node.name == name, f"Right does not lead to {name}"
        person.reached.add(node)
    app.key("space")
    wait(lambda: "seconds: train" in chart.description, "seconds in the chart")
    app.key("Left", "Left", "space")
    wait(lambda: "at step" in chart.description, "steps in the chart")


def walks_pictures(app, person, faults):
    cell = person.press_until("Tab", lambda name: name.startswith("Image 0: label"), "the pictures")
    assert re.match(r"^Image 0: label \S+, predicted \S+ with [\d.]+.%", cell.name), cell.name
    cell = person.focus.after(app, "Right")
    assert cell is not None and cell.name.startswith("Image 1:"), "Right does not lead to the next picture"
    app.key("space")
    app.label(lambda t: t == "Test image 1", "the picture chosen by the keyboard")
    bars = [name for _, _, name in bus.survey(app.root) if re.match(r"^\d: [\d.]+.%", name)]
    assert len(bars) == 10, "the probabilities have no names"
    person.look("after a run", faults)


def shows_mistakes(app, person, faults):
    app.key("alt+2")
    time.sleep(1)
    person.look("mistakes", faults)
    app.key("alt+3")
    time.sleep(1)
    person.look("program", faults)
    app.key("alt+1")


def trains_and_pauses(app, person, faults):
    person.press_until("Tab", lambda name: name == "Epochs", "the epochs")
    person.press_until("Tab", lambda name: name == "Epochs", "their entry")
    app.key("ctrl+a", "9", "9", "9", "Return", "ctrl+t")
    app.label(lambda t: re.match(r"^Run 2 · epoch (?!1/)\d+/999$", t), "the run", 30)
    person.names("training", faults)
    app.key("ctrl+t")
    app.label(lambda t: t == "paused", "the pause")
    person.look("paused", faults)
    app.key("ctrl+period")
    app.label(lambda t: t == "Run 2 stopped", "the stop", 30)


def folds(app, person, faults):
    spoken.resize(app, 360, 640)
    time.sleep(1)
    person.look("360 pixels", faults, folded=True)
    for keys, title in (("F9", "Exercise 1"), ("shift+F9", "Layer 1")):
        app.key(keys)
        time.sleep(0.7)
        person.names(f"{title} at 360 pixels", faults)
        person.press_until("Tab", lambda name, title=title: name.startswith(title), title)
        app.key("Escape")
        time.sleep(0.7)
    spoken.resize(app, 1440, 900)


def walks_exercises(app, person, faults):
    """Tab comes to the exercise at hand only; the arrow keys choose another."""
    person.press_until("Tab", lambda name: name.startswith("Exercise 1"), "the exercises")
    for start in ("Exercise 2", "Exercise 3", "Exercise 4", "Free lab"):
        node = person.focus.after(app, "Down")
        assert node is not None and node.name.startswith(start), f"Down does not lead to {start}"
        person.reached.add(node)
    app.label(lambda t: t.startswith("Free lab ·"), "the lab in the title")
    app.key("Home")
    app.label(lambda t: t.startswith("Exercise 1 ·"), "the exercise in the title")


def opens_windows(app, person, faults):
    main = len(app.windows())
    for keys, ours in WINDOWS:
        app.key(*keys)
        wait(lambda: len(app.windows()) > main, f"the window of {keys}")
        time.sleep(0.7)
        new = app.windows()[-1]
        assert new.name, f"the window of {keys} has no name"
        if ours:
            person.names(f"the window of {' '.join(keys)}", faults)
            person.walk_window(f"the window of {' '.join(keys)}", faults, new)
        app.key("Escape")
        wait(lambda: len(app.windows()) == main, f"Escape to close the window of {keys}")
        time.sleep(0.3)


# The keys that open other windows, each closed by Escape; whether they are the program's own. Those of
# GTK and libadwaita leave out some names themselves.
WINDOWS = ((("ctrl+question",), False), (("ctrl+comma",), True), (("F1",), True))

STEPS = [opens, opens_layers, opens_transforms, opens_menus, moves_layers, speaks_epochs, reads_charts, chooses_the_axis,
         walks_pictures, shows_mistakes, trains_and_pauses, folds, walks_exercises, opens_windows]


def main():
    recipe = os.path.join(os.environ.get("UI_FILES", os.environ["UI_DIR"]), "short.json")
    with open(recipe, "w", encoding="utf-8") as file:
        file.write(RECIPE % 3)
    app = App([*sys.argv[1:], "--data", "practice", recipe], "backprop", "Backprop")
    app.label(lambda t: "Practice digits 60\u202f000" in t, "the data", 60)
    time.sleep(1)
    person, faults = Person(app), Faults()
    failed = 0

    def tell(number, name, step):
        nonlocal failed
        try:
            step()
            print(f"ok {number} - {name}", flush=True)
        except Exception:  # each is told, and the next one tried
            print("# " + traceback.format_exc().replace("\n", "\n# "))
            print(f"not ok {number} - {name}", flush=True)
            app.picture(f"{name.replace(' ', '-')}.png")
            failed += 1

    for number, step in enumerate(STEPS, 1):
        tell(number, step.__name__.replace("_", " "), lambda step=step: step(app, person, faults))
    faults.add("in no state", person.never_reached())
    tell(len(STEPS) + 1, "everything has a name and is reached by Tab", faults.check)
    tell(len(STEPS) + 2, "closes without a warning", lambda: app.close())
    print(f"1..{len(STEPS) + 2}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
