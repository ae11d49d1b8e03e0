#!/usr/bin/python3
"""What software centers, and Flathub's linter, ask of metainfo, desktop entry and manifest, as far as the
files can tell; its answers about addresses need a network and are not asked. What appstreamcli and
desktop-file-validate know is left to them: lint-desktop runs both."""
import datetime
import email.utils
import re
import xml.etree.ElementTree as ElementTree

import lint

APP_ID = 'io.github.backprop_lab.Backprop'
FLATPAK = lint.ROOT / 'flatpak'


def text_complaints(root):
    name, summary = root.findtext('name') or '', root.findtext('summary') or ''
    if not 1 <= len(name) <= 20:
        yield f'a name of {len(name)} letters; 20 are shown'
    if not 10 <= len(summary) <= 35:
        yield f'a summary of {len(summary)} letters; 10 to 35 are asked for'
    if summary.lower().startswith(('a ', 'an ', 'the ')) or name.lower() in summary.lower():
        yield f'a summary begins with no article and does not name the program: {summary}'
    description = root.find('description')
    if description is None or not description.findall('p') or not description.findall('ul/li'):
        yield 'the description has a paragraph and a list'


def field_complaints(root):
    if root.get('type') != 'desktop-application':
        yield f'a component of type {root.get("type")}'
    for path in ('project_license', 'developer/name'):
        if root.find(path) is None:
            yield f'{path} is missing'
    if root.find('developer') is not None and not root.find('developer').get('id'):
        yield 'the developer has no id'
    if root.find('content_rating') is not None and root.find('content_rating').get('type') != 'oars-1.1':
        yield 'the content rating is not OARS 1.1'
    urls = {url.get('type') for url in root.findall('url')}
    for kind in {'homepage', 'bugtracker', 'vcs-browser'} - urls:
        yield f'no address of type {kind}'
    schemes = {c.get('scheme_preference') for c in root.findall('branding/color[@type="primary"]')}
    if schemes != {'light', 'dark'}:
        yield 'branding names a color for the light and one for the dark style'


def release_complaints(root, newest):
    """newest: the date of the newest version in debian/changelog."""
    releases = root.findall('releases/release')
    dates = [datetime.date.fromisoformat(r.get('date')) for r in releases]
    if dates and dates[0] != newest:
        yield f'the newest release is of {dates[0]}, in debian/changelog it is of {newest}'
    for release in releases:
        if not re.fullmatch(r'\d+(\.\d+)+', release.get('version')):
            yield f'{release.get("version")} is no version of a release'
        if release.find('description') is None:
            yield f'{release.get("version")} does not say what is new'


def screenshot_complaints(root):
    shots = root.findall('screenshots/screenshot')
    if not shots:
        yield 'no screenshot'
    for shot in shots:
        caption, image = shot.findtext('caption') or '', shot.find('image')
        if caption.endswith('.'):
            yield f'a caption is no sentence: {caption}'
        if image is None or not image.text.strip().endswith('.png'):
            yield 'a screenshot is a PNG'
        elif '/main/' in image.text or '/master/' in image.text:
            yield 'a screenshot of a branch changes after the release'
        elif not (int(image.get('width')) >= 620 and int(image.get('height')) >= 300):
            yield 'a screenshot has at least 620 x 300 pixels'


def metainfo_complaints(text, newest):
    root = ElementTree.fromstring(text)
    yield from text_complaints(root)
    yield from field_complaints(root)
    yield from release_complaints(root, newest)
    yield from screenshot_complaints(root)


def entry_complaints(text):
    entry = dict(line.split('=', 1) for line in text.splitlines() if '=' in line and not line.startswith('#'))
    if entry.get('Icon') != APP_ID:
        yield 'the icon is named after the application'
    if entry.get('Terminal') != 'false' or 'NoDisplay' in entry or 'Hidden' in entry:
        yield 'a program with a window is shown, and needs no terminal'
    if not entry.get('Keywords', '').endswith(';'):
        yield 'keywords to search for, each followed by a semicolon'


def repeated_keys(text):
    """What YAML forbids and its readers pass over: which of two values counts is chance."""
    keys = re.findall(r'^([\w-]+):', text, re.M)
    for key in sorted({k for k in keys if keys.count(k) > 1}):
        yield f'{key} stands more than once'


def manifest_complaints(text):
    """Of the manifest for everyone."""
    yield from repeated_keys(text)
    arguments = set(re.findall(r'^  - (--\S+)$', text, re.M))
    if re.search(r'^id: (.*)$', text, re.M).group(1) != APP_ID:
        yield 'the id is not the application\'s'
    if '--socket=x11' in arguments or not {'--socket=wayland', '--socket=fallback-x11', '--share=ipc'} <= arguments:
        yield 'Wayland, X11 only where that is not, and shared memory for it'
    for argument in sorted(arguments):
        if re.match(r'--(filesystem|device=all|own-name|talk-name|system-talk-name|socket=(session|system)-bus)', argument):
            yield f'{argument} opens the sandbox'
    if 'type: dir' in text or 'path: ..' in text:
        yield 'sources come from where everyone gets them'
    if re.search(r'(url|mirror).*: http:', text) or 'branch:' in text or re.search(r'md5|sha1:', text):
        yield 'sources come by https, by tag and by SHA-256'
    if '--share=network' in text.split('modules:')[1]:
        yield 'nothing is fetched while building'
    for url in re.findall(r'url: (\S+)', text):
        before = text.split(url)[0].rsplit('sources:', 1)[1]
        if url.endswith(('.gz', '.bz2', '.xz')) and '# The checksum stands in' not in before:
            yield f'{url}: it is not said where its checksum is from'
    modules = re.findall(r'^  - name: (\S+)', text, re.M)
    for module in modules:
        if f'licenses/${{FLATPAK_ID}}/{module}' not in text:
            yield f'the license of {module} is not installed'
    old = re.findall(r"^runtime-version: '?(\d+)'?", text, re.M)
    if not old or int(old[0]) < 50:
        yield 'a runtime that is still looked after'


def icon_complaints():
    for name in (f'{APP_ID}.svg', f'{APP_ID}-symbolic.svg'):
        if not (FLATPAK / name).is_file():
            yield f'{name} is not there'


def check_refusals(tap, metainfo, entry, manifest, newest):
    for name, text in (('a long summary', re.sub('<summary>.*?<', '<summary>' + 'x' * 36 + '<', metainfo)),
                       ('a release of another day', re.sub(r'date="[\d-]+"', 'date="2999-01-01"', metainfo, count=1)),
                       ('a screenshot of a branch', re.sub(r'/v\d[^/]*/', '/main/', metainfo)),
                       ('no developer', re.sub(r'<developer.*?</developer>', '', metainfo, flags=re.S)),
                       ('no colors', re.sub(r'<branding>.*?</branding>', '', metainfo, flags=re.S))):
        tap.refuses('refuses ' + name, metainfo_complaints(text, newest))
    tap.refuses('refuses an entry that needs a terminal', entry_complaints(entry.replace('Terminal=false', 'Terminal=true')))
    for name, before, after in (('all of X11', 'fallback-x11', 'x11'), ('the home folder', '--share=network', '--filesystem=home'),
                                ('sources of this machine', 'type: git', 'type: dir'), ('a branch', 'tag: v', 'branch: v'),
                                ('a key that stands twice', 'command:', 'id: x\ncommand:'),
                                ('a checksum from nowhere', '# The checksum stands in', '#'),
                                ('a license left out', 'licenses/${FLATPAK_ID}/openblas', 'x')):
        tap.refuses('refuses ' + name, manifest_complaints(manifest.replace(before, after)))


def main():
    tap = lint.Tap()
    changelog = (lint.ROOT / 'debian' / 'changelog').read_text()
    newest = email.utils.parsedate_to_datetime(re.search(r'^ -- .*>  (.*)$', changelog, re.M).group(1)).date()
    metainfo = (FLATPAK / f'{APP_ID}.metainfo.xml.in').read_text()
    entry = (FLATPAK / f'{APP_ID}.desktop.in').read_text()
    manifest = (FLATPAK / f'{APP_ID}.yml').read_text()
    check_refusals(tap, metainfo, entry, manifest, newest)
    tap.check('metainfo', metainfo_complaints(metainfo, newest))
    tap.check('desktop entry', entry_complaints(entry))
    tap.check('manifest', manifest_complaints(manifest))
    tap.check('local manifest', repeated_keys((FLATPAK / 'local.yml').read_text()))
    tap.check('icons', icon_complaints())
    tap.done()


if __name__ == '__main__':
    main()
