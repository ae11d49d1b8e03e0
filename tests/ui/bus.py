"""What programs say on the accessibility bus, asked by D-Bus itself (the AT-SPI protocol,
https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml).

libatspi keeps a copy of every program's tree and crashes now and then when a program ends while it is
read. Here nothing is kept: a widget is a program's name on the bus and a path, and each question goes to
the program. Many questions are asked at once, in one round trip.
"""
import functools

from gi.repository import Gio, GLib

ACCESSIBLE, ACTION, COMPONENT = (f"org.a11y.atspi.{name}" for name in ("Accessible", "Action", "Component"))
TEXT, VALUE = "org.a11y.atspi.Text", "org.a11y.atspi.Value"
PROPERTIES = "org.freedesktop.DBus.Properties"
REGISTRY, ROOT = "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"
IN_WINDOW = 1  # coordinates, ATSPI_COORD_TYPE_WINDOW
FOCUSABLE, SENSITIVE, VISIBLE = 11, 24, 30  # AtspiStateType

# AtspiRole, as far as GTK's widgets have it; a switch is checked or not, like a check box.
ROLES = {7: "check box", 8: "check menu item", 11: "combo box", 20: "filler", 23: "frame", 27: "image", 29: "label",
         31: "list", 32: "list item", 35: "menu item", 37: "page tab", 38: "page tab list", 39: "panel",
         40: "password text", 43: "push button", 44: "radio button", 45: "radio menu item", 49: "scroll pane",
         51: "slider", 52: "spin button", 55: "table", 56: "table cell", 61: "text", 62: "toggle button", 79: "entry",
         88: "link", 98: "list box", 99: "grouping", 130: "check box"}


def role_name(number):
    return ROLES.get(number, f"role {number}")


@functools.cache
def connection():
    session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1, None)
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address.unpack()[0], flags, None, None)


def events():
    """Lets what has come in by now be heard."""
    while GLib.MainContext.default().iteration(False):
        pass


def ask(questions):
    """questions: [(widget, interface, method, arguments)]. The answers in the same order: () from who has
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
    for i, (widget, interface, method, arguments) in enumerate(questions):
        connection().call(widget.program, widget.path, interface, method, arguments, None, 0, 30000, None, answered, i)
    while open_ones:
        GLib.MainContext.default().iteration(True)
    return answers


def get(interface, name):
    """The end of a question for a property."""
    return PROPERTIES, "Get", GLib.Variant("(ss)", (interface, name))


def properties(widgets, name, interface=ACCESSIBLE):
    return ask([(widget, *get(interface, name)) for widget in widgets])


def texts(widgets):
    """What labels and entries say now."""
    return ask([(widget, TEXT, "GetText", GLib.Variant("(ii)", (0, 2**31 - 1))) for widget in widgets])


def all_about(widgets):
    """(role, name, children, states) of each, in one round trip; None where it has gone."""
    answers = ask([question for widget in widgets for question in (
        (widget, ACCESSIBLE, "GetRole", None), (widget, *get(ACCESSIBLE, "Name")),
        (widget, ACCESSIBLE, "GetChildren", None), (widget, ACCESSIBLE, "GetState", None))])
    quads = [answers[i:i + 4] for i in range(0, len(answers), 4)]
    return [None if None in (role, name, children, states) else
            (role_name(role), name, [Widget(*child) for child in children if not child[1].endswith("/null")],
             states[0] | states[1] << 32) for role, name, children, states in quads]


class Widget:
    """One thing on the bus. What it is asked is what it is at that moment; of what has gone, nothing: "" or []."""

    def __init__(self, program, path):
        self.program, self.path = program, path

    def __eq__(self, other):
        return isinstance(other, Widget) and (self.program, self.path) == (other.program, other.path)

    def __hash__(self):
        return hash((self.program, self.path))

    def ask(self, interface, method, arguments=None):
        return ask([(self, interface, method, arguments)])[0]

    @property
    def name(self):
        return self.ask(*get(ACCESSIBLE, "Name")) or ""

    @property
    def description(self):
        return self.ask(*get(ACCESSIBLE, "Description")) or ""

    @property
    def role(self):
        return role_name(self.ask(ACCESSIBLE, "GetRole"))

    @property
    def parent(self):
        return Widget(*self.ask(*get(ACCESSIBLE, "Parent")))

    @property
    def children(self):
        return [Widget(*child) for child in self.ask(ACCESSIBLE, "GetChildren") or []]

    @property
    def text(self):
        """What a label or an entry says."""
        return texts([self])[0] or self.name

    @property
    def extents(self):
        """x, y, width and height in its window."""
        return self.ask(COMPONENT, "GetExtents", GLib.Variant("(u)", (IN_WINDOW,))) or (0, 0, 0, 0)

    def set_value(self, number):
        self.ask(PROPERTIES, "Set", GLib.Variant("(ssv)", (VALUE, "CurrentValue", GLib.Variant("d", number))))

    def act(self, name):
        """Does one of its actions."""
        names = [action[0] for action in self.ask(ACTION, "GetActions")]
        self.ask(ACTION, "DoAction", GLib.Variant("(i)", (names.index(name),)))


def sizes(widgets):
    """(width, height) of each."""
    where = GLib.Variant("(u)", (IN_WINDOW,))
    return [extents[2:] if extents else (0, 0)
            for extents in ask([(widget, COMPONENT, "GetExtents", where) for widget in widgets])]


def program_called(name):
    """The root of a program's widgets, or None."""
    roots = Widget(REGISTRY, ROOT).children
    return next((root for root, found in zip(roots, properties(roots, "Name")) if found == name), None)


def survey(root, only=None):
    """What is beneath a widget, but for the cells of tables: [(widget, role, name)], as a reader comes by them; with a
    role only what has it, which is half as many questions."""
    found, level = [], [(root, ())]
    while level:
        answers, below = ask([(widget, ACCESSIBLE, method, None) for widget, _ in level
                              for method in ("GetRole", "GetChildren")]), []
        for (widget, way), role, children in zip(level, answers[::2], answers[1::2]):
            if role is None or children is None:
                continue  # it went away meanwhile
            role = role_name(role)
            if only in (None, role):
                found.append((way, widget, role))  # way: by the numbers of children
            if role != "table":
                below += [(Widget(*child), (*way, i)) for i, child in enumerate(children) if not child[1].endswith("/null")]
        level = below
    found.sort(key=lambda one: one[0])
    names = properties([widget for _, widget, _ in found], "Name")
    return [(widget, role, name) for (_, widget, role), name in zip(found, names) if name is not None]


class Listener:
    """Calls heard(widget, number, value) for each event such as object:state-changed:focused until stop()."""

    # The words of an event and those of its signal: state-changed and StateChanged.
    def __init__(self, event, heard):
        subject, kind, detail = event.split(":")
        self.event = event
        # Programs may keep quiet about what nobody has asked for.
        Widget(REGISTRY, "/org/a11y/atspi/registry").ask(
            REGISTRY, "RegisterEvent", GLib.Variant("(sass)", (event, [], "")))

        def on_signal(_bus, sender, path, _interface, _signal, arguments):
            _detail, number, _, value = arguments.unpack()[:4]
            heard(Widget(sender, path), number, value)
        self.number = connection().signal_subscribe(
            None, f"org.a11y.atspi.Event.{subject.title()}", kind.title().replace("-", ""), None, detail,
            Gio.DBusSignalFlags.NONE, on_signal)

    def stop(self):
        connection().signal_unsubscribe(self.number)
        Widget(REGISTRY, "/org/a11y/atspi/registry").ask(REGISTRY, "DeregisterEvent", GLib.Variant("(s)", (self.event,)))
