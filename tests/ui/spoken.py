"""What a person who does not see hears of a program, and where the keyboard takes them.

Looks at the program of a uitest.App through the accessibility bus, as a screen reader does. Faults come
back as sentences with the widget's path in its window: "list Data > check box ''".
"""
import re
import time

import bus
from uitest import command, shadow

# What a person acts on; a list's item only if it takes the focus.
ACTED_ON = {"push button", "toggle button", "check box", "radio button", "text", "spin button", "combo box",
            "page tab", "menu item", "check menu item", "radio menu item", "slider", "entry", "password text",
            "link", "table cell", "list item"}
# These take the focus for what is in them; by themselves only when there is nothing.
AROUND = {"scroll pane", "list", "table", "panel", "filler", "frame", "page tab list", "list box", "grouping"}
# A window's own buttons: the keyboard closes a window by Ctrl+W and by Escape.
OF_THE_WINDOW = {"Close", "Minimize", "Maximize", "Restore"}
# Steps of an entry, which takes the arrow keys instead: like a spin button's, they are not in the chain.
STEPS = {"Decrease", "Increase"}
# What GTK says of widgets that have no name: their type.
TYPE = re.compile(r"^(Gtk|Adw|Bp)[A-Z]\w+$")
TWICE = re.compile(r"^(.+) \1$")


class Node:
    """One widget as it was when it was looked at."""

    def __init__(self, widget, above, role, name, states):
        self.widget = widget
        self.above = above
        self.role = role
        self.name = name
        self.focusable = bool(states >> bus.FOCUSABLE & 1)
        self.visible = bool(states >> bus.VISIBLE & 1) and (above is None or above.visible)
        self.usable = bool(states >> bus.SENSITIVE & 1) and self.visible
        self.description = None  # of focusable images
        self.size = (0, 0)  # of what can be used

    def path(self):
        named = [node for node in self.chain()[1:] if node.name and not TYPE.match(node.name)] or [self]
        named += [self] if named[-1] is not self else []
        return " > ".join(f"{node.role} {node.name!r}" for node in named)

    def chain(self):
        return (self.above.chain() if self.above else []) + [self]

    def within(self, role):
        return next((node for node in self.chain()[:-1] if node.role == role), None)


def nodes(window, cells=3):
    """The window and all beneath it; of a table only the first cells.

    While the program trains, a widget may go between being listed and being asked: it is left out, as a
    screen reader does. Only the window itself must be there.
    """
    found, level = [], [(window, None)]
    while level:
        below = []
        for (widget, above), about in zip(level, bus.all_about([widget for widget, _ in level])):
            if not about:
                assert above is not None, "the window has gone"
                continue
            role, name, children, states = about
            node = Node(widget, above, role, name, states)
            found.append(node)
            below += [(child, node) for child in (children[:cells] if role == "table" else children)]
        level = below
    used = [node for node in found if node.focusable and node.usable]
    for node, size in zip(used, bus.sizes([node.widget for node in used])):
        node.size = size
    images = [node for node in used if node.role == "image"]
    for node, text in zip(images, bus.properties([node.widget for node in images], "Description")):
        node.description = text
    return found


def is_the_librarys(node):
    """Parts of libadwaita's preferences window and combo row, which it does not name, nor let be named: the
    search that is folded away, the only page's tab, the choice as the row shows it."""
    return (node.name == "GtkSearchEntry" or node.role == "page tab" and node.name == "Preferences"
            or node.role == "list item" and node.within("combo box") is not None and not node.name)


def nameless(found):
    """The faults in the names of these nodes."""
    faults = []
    for node in found:
        role = node.role
        if not node.visible or not (role in ACTED_ON or node.focusable and role not in AROUND):
            continue
        if role == "list item" and not node.focusable or is_the_librarys(node):
            continue
        if not node.name.strip() or TYPE.match(node.name):
            faults.append(f"no name: {node.path()}")
        elif TWICE.match(node.name):
            faults.append(f"says its name twice: {node.path()}")
        if role == "image" and node.focusable and node.usable and not node.description:
            faults.append(f"no description: {node.path()}")
    return faults


def unreachable_by_role(found):
    """Buttons that can never take the focus, nor anything in or around them."""
    faults = []
    for node in found:
        if node.role not in ("push button", "toggle button", "check box", "text", "page tab") or node.focusable:
            continue
        if node.name in OF_THE_WINDOW or node.name in STEPS:
            continue
        inside = [other for other in found if node in other.chain()[:-1] and other.focusable]
        if not inside and not any(other.focusable and other.role in ACTED_ON for other in node.chain()[:-1]):
            faults.append(f"takes no focus: {node.path()}")
    return faults


class Focus:
    """Follows the focus: `order` is what has had it since `forget()`, one entry for each change."""

    def __init__(self):
        self.order = []
        self.listener = bus.Listener("object:state-changed:focused", self._heard)

    def _heard(self, widget, has_focus, _):
        if has_focus:
            self.order.append(widget)

    def forget(self):
        self.order = []

    @property
    def now(self):
        return self.order[-1] if self.order else None

    def name(self):
        bus.events()
        return self.now.name if self.now is not None else ""

    def is_at(self, name):
        return self.name() == name

    def after(self, app, *keys, seconds=0.6, changes=1):
        """Presses keys; what has the focus then, or None when it stays where it is. Waits for so many changes, and
        then for what may still follow: a widget that passes the focus on to what is inside of it."""
        bus.events()
        self.forget()
        app.keys(*keys)
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(self.order) < changes:
            time.sleep(0.005)
            bus.events()
        time.sleep(0.01)
        bus.events()
        return self.now

    def walk(self, app, press="Tab", most=250, at_once=16):
        """Presses Tab until the focus comes round to where it was; all that had it, in order. Several keys are
        sent at once: the program answers each with an event of its own, and events keep their order."""
        order, idle = [], 0
        while len(order) < most and idle < 3:
            self.after(app, *[press] * at_once, changes=at_once)
            idle = 0 if self.order else idle + 1
            for widget in self.order:
                if widget in order:
                    return order
                order.append(widget)
        return order

    def press_until(self, app, press, matches, most=140, at_once=12):
        """Presses a key until the name of what has the focus matches; that node, or None. Who has gone past it
        goes back, if the key has one that does; else, and where that leads elsewhere, once more round, by single keys."""
        back = {"Tab": "shift+Tab"}.get(press)
        for _ in range(0, most if back else 0, at_once):
            self.after(app, *[press] * at_once, changes=at_once)
            passed = list(self.order)
            place = next((i for i, node in enumerate(passed) if matches(node.name)), None)
            if place is not None:
                steps = len(passed) - 1 - place
                node = self.after(app, *[back] * steps, changes=steps) if steps else passed[-1]
                if node is not None and matches(node.name):
                    return node
                break
        for _ in range(most):
            node = self.after(app, press)
            if node is not None and matches(node.name):
                return node
        return None


def resize(app, width, height):
    """The size of the window without its shadow. Twice: what it needs at least is less once it is narrow."""
    extra = shadow(app.window) or [0, 0, 0, 0]
    for _ in range(2):
        command("xdotool", "windowsize", app.window, str(width + extra[0] + extra[1]),
                str(height + extra[2] + extra[3]))
        time.sleep(0.7)
