#!/usr/bin/python3
"""Writes what backprop-cli bench --json has measured into tests/bench/RESULTS.md, between its two marks.

  results.py BENCH.json RESULTS.md [WINDOW.json]      the latter by window.py; it may be missing
"""
import datetime
import json
import sys
from pathlib import Path

BEGIN, END = '<!-- written by ./dev bench -->', '<!-- end -->'
UNITS = {'times': '×', 'seconds': ' s', 'megabytes': ' MB'}
DIGITS = {'times': 2, 'seconds': 3, 'megabytes': 0}


def count(value, digits=0):
    return '–' if value is None else f'{value:,.{digits}f}'.replace(',', ' ')


def spread(row, digits, scale=1):
    if row['median'] is None:
        return 'not measured'
    low, middle, high = (count(scale * row[k], digits) for k in ('low', 'median', 'high'))
    return f'{middle} ({low} … {high})'


def verdict(row):
    if row['median'] is None:
        return ''
    better = (lambda a, b: a >= b) if row['unit'] == 'times' else (lambda a, b: a <= b)
    if row['goal'] is not None and better(row['median'], row['goal']):
        return 'goal'
    return 'yes' if better(row['median'], row['floor']) else '**below its floor**'


def rows(report):
    yield '| what | batch | measured | of the best rounds | floor | goal | reached |\n|---|--:|--:|--:|--:|--:|---|'
    for row in report['rows']:
        unit = UNITS[row['unit']]
        goal = f"{row['goal']:g}{unit}" if row['goal'] else ''
        yield (f"| {row['title']} | {row['batch_size'] or ''} | {spread(row, DIGITS[row['unit']])}{unit if row['median'] else ''} | "
               f"{count(row['best'], DIGITS[row['unit']])} | "
               f"{row['floor']:g}{unit} | {goal} | {verdict(row)} |")


def cases(report):
    yield '| case | program | batch | cores | steps a second | MFLOP a step | MB a step | share of the roofline |\n|---|---|--:|--:|--:|--:|--:|--:|'
    for case in report['cases']:
        if case['median'] is None and 'why' not in case:
            continue
        share = '' if case['roofline'] is None else f"{100 * case['roofline']:.0f} %"
        flop, size = (count(case[k] and case[k] / 1e6, 2) if case[k] else '' for k in ('flop', 'bytes'))
        rate = spread(case, 0) if case['median'] else case['why']
        yield (f"| {case['name']} | {case['program']} | {case['batch_size']} | {case['cores']} | {rate} | {flop} | {size} | {share} |")


def scale(report):
    yield '| what grows | size | batch | MFLOP a step | MB a step | µs a step | least, µs | GFLOP/s |\n|---|--:|--:|--:|--:|--:|--:|--:|'
    for p in report['scale']:
        yield (f"| {p['series']} | {count(p['size'])} | {count(p['batch_size'])} | {count(p['flop'] / 1e6, 2)} | "
               f"{count(p['bytes'] / 1e6, 2)} | {count(1e6 * p['seconds'], 1)} | {count(1e6 * p['least'], 1)} | "
               f"{count(p['flop'] / p['seconds'] / 1e9, 1)} |")


def machine(report):
    m = report['machine']
    peers = [f'{name} {report[key]}' if report[key] else f'{name} was not there' for name, key in (('PyTorch', 'torch'), ('JAX', 'jax'))]
    both = lambda key, unit: f"{count(m[key][0] / 1e9, 1)} and {count(m[key][1] / 1e9, 1)} {unit}"
    load = [count(x, 1) for x in report['load']]
    return (f"{datetime.date.today():%d %B %Y}, Backprop {report['program']}. {m['processor']}, {m['cores']} cores, "
            f"{m['instructions']}, {count(m['l2'] / 1024)} KB of L2 each, {count(m['memory'] / 1e9, 1)} GB of memory; {m['kernel']}. "
            f"{'; '.join(peers)}. {report['data'].rpartition(', from ')[0] or report['data']}; "
            f"{100 * report['nonzero_pixels']:.1f} % of the pixels are not 0.\n\n"
            f"Measured peak, one core and all: {both('flops', 'GFLOP/s')}; in place in L2 {both('l2_bytes', 'GB/s')}, in L3 {both('l3_bytes', 'GB/s')}, in memory "
            f"{both('memory_bytes', 'GB/s')}. Load of the machine before and after (1: one core busy): {load[0]} and {load[1]}"
            f"; the programs themselves are in the latter."
            + (' **Other programs kept the machine busy: rates and times are worse than its own, and no row is to be judged by them.**'
               if report['load'][0] > 0.5 else ''))


def window(report):
    after = report['after']
    runs = max(after, key=int)
    return (f"The window on MNIST: {report['before']:.0f} MB before the first run, {after['1']:.0f} after it, {after[runs]:.0f} after "
            f"{runs} runs, {report['at rest']:.0f} at rest; at most {report['peak']:.0f}. Idle, it takes "
            f"{100 * report['idle, share of a core']:.1f} % of a core.")


def page(report, of_window):
    yield machine(report)
    yield ''
    yield from rows(report)
    if of_window:
        yield '\n' + window(of_window)
    yield '\n![Speed and scale](charts.png)\n'
    yield from cases(report)
    if report['scale']:
        yield ''
        yield from scale(report)


def main(source, target, of_window=None):
    target = Path(target)
    before, rest = target.read_text().split(BEGIN)
    after = rest.split(END)[1]
    report = json.loads(Path(source).read_text())
    of_window = json.loads(Path(of_window).read_text()) if of_window and Path(of_window).exists() else None
    target.write_text(before + BEGIN + '\n' + '\n'.join(page(report, of_window)) + '\n' + END + after)


if __name__ == '__main__':
    main(*sys.argv[1:])
