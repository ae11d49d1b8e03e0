#!/usr/bin/python3
"""The files that the desktop reads: entry, metainfo, icons, GtkBuilder templates, resources.

desktop.py ENTRY METAINFO: the two as they will be installed, with their translations."""
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import lint

APP_ID = 'io.github.backprop_lab.Backprop'
FLATPAK = lint.ROOT / 'flatpak'


def run(*command):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    return [] if result.returncode == 0 else (result.stdout + result.stderr).strip().splitlines() or ['failed']


# What appstreamcli only remarks upon, and software centers refuse or show badly.
TAGS = ('summary-has-dot-suffix', 'summary-first-word-not-capitalized', 'content-rating-missing', 'url-not-secure',
        'releases-info-missing', 'screenshot-no-caption', 'screenshot-media-url-not-secure')


def remarks(command, words):
    """Its lines with one of these words in them, and all if it fails."""
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    lines = (result.stdout + result.stderr).strip().splitlines()
    return lines or ['failed'] if result.returncode else [line for line in lines if any(word in line for word in words)]


def with_remarks(tap, name, command, words, path, wrong):
    """wrong: (name, text of such a file) that the tool has to remark upon."""
    if not shutil.which(command[0]):
        tap.skip(name, f'needs {command[0]}')
        return
    tap.check(name, remarks([*command, path], words))
    with tempfile.TemporaryDirectory() as folder:
        for what, text in wrong:
            other = Path(folder, path.name)
            other.write_text(text)
            tap.refuses('refuses ' + what, remarks([*command, other], words))


def with_tool(tap, name, tool, *arguments):
    if shutil.which(tool):
        tap.check(name, run(tool, *arguments))
    else:
        tap.skip(name, f'needs {tool}')


def icon_complaints(text, side):
    root = ElementTree.fromstring(text)
    if root.get('viewBox') != f'0 0 {side} {side}':
        yield f'the icon is drawn on a square of {side}, found viewBox {root.get("viewBox")}'
    if re.search(r'<(?:image|script|foreignObject|text)\b|(?:href|src)="(?!#)', text):
        yield 'the icon has to stand by itself: no pictures, scripts, text or outside links'


def identity_complaints(entry, metainfo):
    """The application has one name, in the entry, the metainfo and the code."""
    metainfo = ElementTree.fromstring(metainfo)
    if f'\nIcon={APP_ID}\n' not in entry:
        yield f'the desktop entry does not show the icon {APP_ID}'
    if metainfo.findtext('id') != APP_ID:
        yield f'the metainfo is about {metainfo.findtext("id")}'
    if metainfo.findtext('launchable') != APP_ID + '.desktop':
        yield f'the metainfo starts {metainfo.findtext("launchable")}'
    version = re.search(r"version: '([^']+)'", (lint.ROOT / 'meson.build').read_text()).group(1)
    if metainfo.find('releases/release').get('version') != version:
        yield f'the metainfo\'s newest release is not {version}'
    sources = ''.join(p.read_text() for p in lint.files('*.c', '*.h', 'meson.build', rooms=['app']))
    if APP_ID not in sources:
        yield f'app/ does not name {APP_ID}'


def screenshot_complaints(metainfo):
    """Each picture is a PNG in this tree, at the release's tag, as large as the metainfo says."""
    root = ElementTree.fromstring(metainfo)
    tag = 'v' + root.find('releases/release').get('version')
    images = root.findall('screenshots/screenshot/image')
    if not images:
        yield 'the metainfo shows no picture'
    for image in images:
        address, _, path = image.text.strip().partition(f'/{tag}/')
        picture = lint.ROOT / path
        if not path or not address.startswith('https://') or not picture.is_file():
            yield f'{image.text} is not a file of the tag {tag}'
            continue
        found = struct.unpack('>II', picture.read_bytes()[16:24])
        if found != (int(image.get('width')), int(image.get('height'))):
            yield f'{path} is {found[0]} x {found[1]}, the metainfo says otherwise'


def builder_complaints(path):
    """GTK's own check knows GTK's own classes; other templates are loaded by the tests of ui/ and app/."""
    classes = set(re.findall(r'\b(?:class|template class|parent)="(\w+)"', path.read_text()))
    if all(c.startswith('Gtk') for c in classes):
        yield from run('xvfb-run', '-a', 'gtk4-builder-tool', 'validate', path)


def main():
    tap = lint.Tap()
    entry, metainfo = (Path(path) for path in sys.argv[1:3])
    text = metainfo.read_text()
    with_remarks(tap, 'desktop entry', ['desktop-file-validate'], ['main category'], entry,
                 [('a category that says nothing', re.sub('Categories=.*', 'Categories=GTK;', entry.read_text()))])
    with_remarks(tap, 'metainfo', ['appstreamcli', 'validate', '--no-net', '--pedantic'], TAGS, metainfo,
                 [('a summary that is a sentence', text.replace('</summary>', '.</summary>', 1)),
                  ('no rating', re.sub('<content_rating.*?(/>|</content_rating>)', '', text, flags=re.S)),
                  ('no release', re.sub('<releases>.*?</releases>', '', text, flags=re.S)),
                  ('no caption', re.sub('<caption.*?</caption>', '', text, flags=re.S)),
                  ('no default screenshot', text.replace(' type="default"', '')),
                  ('an address without https', text.replace('>https:', '>http:'))])
    entry, metainfo = entry.read_text(), text
    tap.check('one application, one name', identity_complaints(entry, metainfo))
    tap.refuses('refuses a picture that is not there', screenshot_complaints(metainfo.replace('dark.png', 'gone.png')))
    tap.refuses('refuses another size', screenshot_complaints(metainfo.replace('width="', 'width="1')))
    tap.check('pictures', screenshot_complaints(metainfo))
    tap.refuses('refuses an icon of another size',
                icon_complaints('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"/>', 128))
    tap.refuses('refuses an icon with a picture in it', icon_complaints(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128"><image href="a.png"/></svg>', 128))
    tap.check('icon', icon_complaints((FLATPAK / f'{APP_ID}.svg').read_text(), 128))
    tap.check('symbolic icon', icon_complaints((FLATPAK / f'{APP_ID}-symbolic.svg').read_text(), 16))
    xml = lint.files('*.ui', '*.svg', '*.xml', '*.xml.in', rooms=('ui', 'app', 'flatpak'))
    with_tool(tap, f'{len(xml)} XML files', 'xmllint', '--noout', *xml)
    templates = lint.files('*.ui', rooms=('ui', 'app'))
    if shutil.which('gtk4-builder-tool') and shutil.which('xvfb-run'):
        with tempfile.TemporaryDirectory() as folder:
            wrong = Path(folder, 'wrong.ui')
            wrong.write_text('<interface><object class="GtkBox"><property name="no-such">1</property></object></interface>')
            tap.refuses('refuses a property that does not exist', builder_complaints(wrong))
        tap.check(f'{len(templates)} templates',
                  [f'{lint.name_of(p)}: {c}' for p in templates for c in builder_complaints(p)])
    else:
        tap.skip('templates', 'needs gtk4-builder-tool and xvfb-run')
    tap.done()


if __name__ == '__main__':
    main()
