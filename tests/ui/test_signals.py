"""What a person has just typed outlives the program, also when a signal ends it. test_signals.py PROGRAM…

Prints TAP. The right end is the platform's own: the status of a process that ends by a signal.
"""
import glob
import json
import os
import signal
import sys
import tempfile
import time
import traceback

try:
    from uitest import App, few_digits, wait
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(77)


def kept(folder):
    """The learning rates of all recipes that lie there."""
    rates = []
    for path in glob.glob(os.path.join(folder, "**", "*.backprop"), recursive=True):
        with open(path, encoding="utf-8") as file:
            rates.append(json.load(file)["optimizer"]["lr"])
    return rates


def ends_by(number, keys, program, data):
    folder = os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(dir=os.environ["UI_DIR"])
    app = App([*program, "--data", data], "backprop", "Backprop")
    app.click(app.find("label", "Optimizers & schedules"))
    time.sleep(1.5)  # until nothing is waiting to be kept
    row = app.find("text", lambda name: name.startswith("Learning rate"))
    app.click(row)
    app.key("ctrl+a", "0", "period", "0", "7", *keys)
    wait(lambda: row.text == "0.07", "what was typed")  # a busy program may hear of a signal before that
    # At once: what is kept by itself is kept 0.8 s after a change.
    if number:
        status, seconds = app.end(lambda: app.process.send_signal(number))
    else:
        status, seconds = app.close()
    assert status == -number, f"exit status {status}"
    assert seconds < 5, f"{seconds} s"
    assert kept(folder) == [0.07], f"kept: {kept(folder)}"
    assert not glob.glob(os.path.join(folder, "**", "*.tmp*"), recursive=True)


def main():
    tests = [(0, []), (signal.SIGTERM, ["Return"]), (signal.SIGTERM, []), (signal.SIGHUP, []), (signal.SIGINT, [])]
    failed = False
    data = few_digits()
    # Whoever runs the tests under nohup ignores it, and the program respects that.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for i, (number, keys) in enumerate(tests, 1):
        what = f"{number.name if number else 'closing'} after {'Return' if keys else 'the last digit'}"
        try:
            ends_by(number, keys, sys.argv[1:], data)
            print(f"ok {i} - {what}", flush=True)
        except Exception:  # every kind counts
            traceback.print_exc()
            print(f"not ok {i} - {what}", flush=True)
            failed = True
    print(f"1..{len(tests)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
