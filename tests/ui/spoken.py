"""What a person who does not see hears of a program, and where the keyboard takes them.

Looks at the program of a uitest.App through the accessibility bus, as a screen reader does. Faults come
back as sentences with the widget's path in its window: "list Data > check box ''".
"""
import re
import time

from uitest import WINDOW, Atspi, GLib, command, refreshed

STATE = Atspi.StateType

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
    """One widget as it is at the moment."""

    def __init__(self, accessible, above):
        self.accessible = accessible
        self.above = above
        self.role = accessible.get_role_name()
        self.name = accessible.get_name() or ""
        states = accessible.get_state_set()
        self.focusable = states.contains(STATE.FOCUSABLE)
        self.visible = states.contains(STATE.VISIBLE) and (above is None or above.visible)
        self.usable = states.contains(STATE.SENSITIVE) and self.visible
        self.key = key(accessible)

    def path(self):
        named = [node for node in self.chain()[1:] if node.name and not TYPE.match(node.name)] or [self]
        named += [self] if named[-1] is not self else []
        return " > ".join(f"{node.role} {node.name!r}" for node in named)

    def chain(self):
        return (self.above.chain() if self.above else []) + [self]

    def within(self, role):
        return next((node for node in self.chain()[:-1] if node.role == role), None)

    def size(self):
        box = Atspi.Component.get_extents(self.accessible, WINDOW)
        return box.width, box.height


def key(accessible):
    return hash(accessible)


def nodes(accessible, above=None, cells=3):
    """The widget and all beneath it; of a table only the first cells.

    While the program trains, a widget may go between being listed and being asked: it is left out, as a
    screen reader does. Only the window itself must be there.
    """
    found = []
    try:
        node = Node(accessible, above)
        found.append(node)
        n = accessible.get_child_count()
        for i in range(min(n, cells) if node.role == "table" else n):
            child = accessible.get_child_at_index(i)
            if child is not None:
                found += nodes(child, node, cells)
    except GLib.Error:
        if above is None:
            raise
    return found


def windows(app):
    root = refreshed(app.root)
    return [root.get_child_at_index(i) for i in range(root.get_child_count())]


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
        if role == "image" and node.focusable and not node.accessible.get_description():
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
    """Follows the focus; what has had it is kept in `seen`, by key, in order."""

    def __init__(self):
        self.now = None
        self.listener = Atspi.EventListener.new(self._on_event)
        self.listener.register("object:state-changed:focused")

    def _on_event(self, event):
        if event.detail1:
            self.now = event.source

    def name(self):
        while GLib.MainContext.default().iteration(False):
            pass
        return (refreshed(self.now).get_name() or "") if self.now is not None else ""

    def is_at(self, name):
        return self.name() == name

    def after(self, app, *keys, seconds=0.6):
        """Presses keys; what has the focus then, or None when it stays where it is."""
        self.now = None
        app.key(*keys)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while GLib.MainContext.default().iteration(False):
                pass
            if self.now is not None:
                time.sleep(0.01)
                while GLib.MainContext.default().iteration(False):
                    pass
                return self.now
            time.sleep(0.01)
        return None

    def walk(self, app, press="Tab", most=250):
        """Presses Tab until the focus comes round to where it was; all that had it, in order."""
        order, keys = [], set()
        idle = 0
        for _ in range(most):
            node = self.after(app, press)
            if node is None:
                idle += 1
                if idle > 2:
                    break
                continue
            idle = 0
            if key(node) in keys:
                break
            keys.add(key(node))
            order.append(node)
        return order


def resize(app, width, height):
    """The size of the window without its shadow. Twice: what it needs at least is less once it is narrow."""
    shadow = command("xprop", "-id", app.window, "_GTK_FRAME_EXTENTS")
    extra = [int(v) for v in shadow.split("=")[1].split(",")] if "=" in shadow else [0, 0, 0, 0]
    for _ in range(2):
        command("xdotool", "windowsize", app.window, str(width + extra[0] + extra[1]),
                str(height + extra[2] + extra[3]))
        time.sleep(0.7)
