"""Drives a GTK window as a person does: AT-SPI to see what is there, xdotool to point and type.

Everything is waited for by looking again, with a limit; nothing counts on time passing.
"""

import os
import select
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

LIMIT = float(os.environ.get("SCREEN_LIMIT", "30"))  # seconds, for slow machines and sanitizers
PAUSE = 0.03  # seconds between two looks

Atspi.init()


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=False).stdout


def wait_for(look, what, limit=LIMIT):
    """Looks until there is something to return."""
    end = time.monotonic() + limit
    while True:
        try:
            found = look()
            if found:
                return found
        except Exception:  # objects vanish between two questions
            pass
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        select.select([], [], [], PAUSE)


def children(node):
    for i in range(min(node.get_child_count(), 300)):
        child = node.get_child_at_index(i)
        if child is not None:
            yield child


def walk(node, inside=True):
    """Everything below; tables are entered only where they are asked for, because they are long."""
    yield node
    if inside or node.get_role_name() != "tree table":
        for child in children(node):
            yield from walk(child, False)


def application(name):
    desktop = lambda: next((a for a in children(Atspi.get_desktop(0)) if a.get_name() == name), None)
    return wait_for(desktop, f"the application {name}")


def states(node):
    node.clear_cache()
    return {s.value_nick for s in node.get_state_set().get_states()}


def is_shown(node):
    """GTK 4.8 calls windows showing, and all else visible; what has no size is on a hidden page."""
    found = states(node)
    if "showing" in found:
        return True
    if "visible" not in found or node.get_component_iface() is None:
        return False
    size = node.get_extents(Atspi.CoordType.WINDOW)
    return size.width > 0 and size.height > 0


def look(root, role, name=None):
    """The first thing that is shown, of that role, whose name contains `name`."""
    for node in walk(root):
        if node.get_role_name() == role and (name is None or name in (node.get_name() or "")):
            if is_shown(node):
                return node
    return None


def find(root, role, name=None):
    return wait_for(lambda: look(root, role, name), f"{role} {name!r}")


def find_all(root, role):
    return [n for n in walk(root) if n.get_role_name() == role and is_shown(n)]


def texts(root):
    return [n.get_name() for n in walk(root) if n.get_role_name() == "label" and is_shown(n)]


def written(entry):
    """What is written in an entry; up to its end, because GTK 4.8 does not know -1 for that."""
    return Atspi.Text.get_text(entry, 0, Atspi.Text.get_character_count(entry))


def has_focus(node):
    """Whether a thing has the keyboard's focus, or a row of a table."""
    if node.get_role_name() != "tree table":
        return "focused" in states(node)
    rows = (row for part in children(node) if part.get_role_name() == "list" for row in children(part))
    return any("focused" in states(row) for row in rows)


def tab_to(node, what, most=30):
    for _ in range(most):
        if has_focus(node):
            return
        key("Tab")
        try:
            wait_for(lambda: has_focus(node), what, 0.3)
        except AssertionError:
            pass
    raise AssertionError("Tab does not reach " + what)


def window_place(title):
    """Place and size of the window whose title contains `title`."""
    wid = wait_for(lambda: run("xdotool", "search", "--onlyvisible", "--name", title).split(), title)[-1]
    lines = run("xdotool", "getwindowgeometry", "--shell", wid).split()
    place = dict(line.split("=") for line in lines)
    return tuple(int(place[k]) for k in ("X", "Y", "WIDTH", "HEIGHT"))


def wait_until_closed(title):
    """Waits for a window to leave the screen. The X server is asked, because GTK 4.8 crashes where it is
    asked over AT-SPI for the windows of a program while one of them goes."""
    wait_for(lambda: not run("xdotool", "search", "--onlyvisible", "--name", title).split(), title + " to close")


def place_of(frame, node):
    """Place and size on the screen. GTK 4 knows places inside the window only, and the window's
    shadow is the same on both sides."""
    inside = node.get_extents(Atspi.CoordType.WINDOW)
    whole = frame.get_extents(Atspi.CoordType.WINDOW)
    x, y, width, height = window_place(frame.get_name())
    return (x + (width - whole.width) // 2 + inside.x, y + (height - whole.height) // 2 + inside.y,
            inside.width, inside.height)


def point(x, y):
    run("xdotool", "mousemove", "--sync", str(int(x)), str(int(y)))


def click(frame, node, across=0.5, down=0.5):
    x, y, width, height = place_of(frame, node)
    point(x + width * across, y + height * down)
    run("xdotool", "click", "1")


def key(*names):
    run("xdotool", "key", "--clearmodifiers", *names)


def write(text):
    run("xdotool", "type", "--delay", "5", text)


def picture(path):
    run("import", "-window", "root", path)
