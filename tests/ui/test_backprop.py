"""A person trains a network: the real program, the real pointer. test_backprop.py PROGRAM…

Prints TAP. The data are practice digits, which are always there.
"""
import os
import re
import sys
import time
import traceback

try:
    import bus
    from uitest import App, wait
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(77)

# The tutorial's network, but for so many epochs that it is still at it when the test looks.
RECIPE = """{"version": 1, "network": [{"kind": "Flatten"}, {"kind": "Linear", "out_features": 64},
 {"kind": "ReLU"}, {"kind": "Linear", "out_features": 10}], "loop": {"epochs": 900}}"""

# The first footer label that counts: "4 350 / 7 500 it", with narrow spaces in its numbers.
COUNT = re.compile(r"^step ([\d\u202f]+) / ([\d\u202f]+)$")


def count(app):
    for text in app.labels(app.footer):
        match = COUNT.match(text)
        if match:
            return int(match.group(1).replace("\u202f", ""))
    return None


def button(app, name):
    return app.find("push button", name)


def opens(app):
    app.footer, app.results = app.part("Status of the run"), app.part("Results")
    app.label(lambda t: "Practice digits 60\u202f000 + 10\u202f000" in t, "the data", 60)
    app.label(lambda t: "not comparable with MNIST" in t, "the banner of the practice digits")


def trains(app):
    app.click(button(app, "Train"))
    first = wait(lambda: count(app), "steps in the footer", 40)
    wait(lambda: (count(app) or 0) > first, "more steps", 20)
    app.label(lambda t: re.match(r"^Run 1 · epoch \d+/900$", t), "the epoch", within=app.footer)


def shows_mistakes(app):
    number = re.compile(r"^Mistakes [\d\u202f]+$")
    app.click(wait(lambda: app.look("page tab", number.match, app.results), "the tab of mistakes", 30))
    wrong = re.compile(r"of 10\u202f000 practice digits misclassified")
    app.label(wrong.search, "the number of mistakes", 60, app.results)


def pauses(app):
    app.click(button(app, "Pause"))
    app.label(lambda t: t == "paused", "the word in the footer", within=app.footer)
    time.sleep(0.5)
    before = count(app)
    time.sleep(0.5)
    assert count(app) == before, "it goes on while paused"
    app.click(button(app, "Step"))
    wait(lambda: count(app) == before + 1, "one step more")


def stops(app):
    app.click(button(app, "Resume"))
    app.click(button(app, "Stop"))
    app.label(lambda t: t == "Run 1 stopped", "the word in the footer", 30, app.footer)
    app.label(lambda t: t.startswith("stopped ·") and "practice digits" in t, "the run in the list")


def goes_to_another_exercise_and_back(app):
    app.click(app.find("label", "Optimizers & schedules"))
    app.label(lambda t: t.startswith("Exercise 2 ·"), "the exercise in the title")
    app.click(app.find("label", "Build the network"))
    app.label(lambda t: t.startswith("Exercise 1 ·"), "the exercise in the title")


def asks_by_alt_f4(app):
    """The question is the newest window: looked for from the end, as a busy program answers slowly. A key
    that comes while the window manager is busy with another window gets lost, and is pressed again."""
    def look():
        return any(name == "Stop and close" for window in reversed(app.windows()) for _, _, name in bus.survey(window))
    for last in (False, False, True):
        app.key("alt+F4")
        try:
            wait(look, "the question", 20)
            break
        except AssertionError:
            if last:
                raise
    time.sleep(0.5)


def closes_while_training(app):
    app.click(button(app, "Train"))
    wait(lambda: count(app), "steps in the footer", 40)
    asks_by_alt_f4(app)
    app.key("Escape")
    time.sleep(1)
    assert app.process.poll() is None, "it closes though it was told not to"
    asks_by_alt_f4(app)
    status, seconds = app.end(lambda: app.key("alt+s"))
    assert status == 0, f"exit status {status}"
    assert seconds < 5, f"it took {seconds:.1f} s"


STEPS = [opens, trains, shows_mistakes, pauses, stops, goes_to_another_exercise_and_back,
         closes_while_training]


def main():
    # A sandbox sees no folder but its own; UI_FILES names that one.
    recipe = os.path.join(os.environ.get("UI_FILES", os.environ["UI_DIR"]), "long.json")
    with open(recipe, "w", encoding="utf-8") as file:
        file.write(RECIPE)
    app = App([*sys.argv[1:], "--data", "practice", recipe], "backprop", "Backprop")
    failed = False
    for number, step in enumerate(STEPS, 1):
        try:
            step(app)
            print(f"ok {number} - {step.__name__.replace('_', ' ')}", flush=True)
            if step is shows_mistakes and "UI_PICTURE" in os.environ:
                app.picture(os.environ["UI_PICTURE"])
        except Exception:  # every kind counts, and ends the story
            traceback.print_exc()
            print(f"not ok {number} - {step.__name__.replace('_', ' ')}", flush=True)
            failed = True
            app.picture("failed.png")
            app.process.kill()
            break
    print(f"1..{len(STEPS)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
