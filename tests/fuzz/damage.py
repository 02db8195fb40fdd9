"""Damage to the bytes of a file, and to the parts of those that are zip packages."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from random import Random

# -- bytes ---------------------------------------------------------------------------------------------------------


def flip(random: Random, data: bytes) -> bytes:
    """Some bits are turned."""
    changed = bytearray(data)
    for _ in range(random.choice([1, 1, 1, 2, 8, 64])):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def overwrite(random: Random, data: bytes) -> bytes:
    """A stretch is overwritten: with noise, with zeros, or with another stretch."""
    start, length = random.randrange(len(data)), random.choice([1, 2, 4, 16, 200])
    other = random.randrange(len(data))
    piece = random.choice([random.randbytes(length), bytes(length), b"\xff" * length, data[other : other + length]])
    return data[:start] + piece + data[start + length :]


def cut(random: Random, data: bytes) -> bytes:
    """The end is missing, or something in the middle."""
    start = random.randrange(len(data))
    return data[:start] if random.random() < 0.5 else data[:start] + data[start + random.choice([1, 4, 64, 512]) :]


def insert(random: Random, data: bytes) -> bytes:
    """Something is inserted."""
    start = random.randrange(len(data))
    return data[:start] + random.choice([b"\0", b"\n", b'"', b",", random.randbytes(8), data[:100]]) + data[start:]


def digits(random: Random, data: bytes) -> bytes:
    """A number in the bytes is another one."""
    numbers = [m.span() for m in re.finditer(rb"\d+", data)]
    if not numbers:
        return flip(random, data)
    start, end = random.choice(numbers)
    new = random.choice([b"0", b"-1", b"4294967296", b"99", b"1e9", b"1.5", b"", b"%d" % random.randrange(1000)])
    return data[:start] + new + data[end:]


BYTES: list[Callable[[Random, bytes], bytes]] = [flip, flip, overwrite, cut, insert, digits]

# -- XML -----------------------------------------------------------------------------------------------------------

_TAG = re.compile(rb"<[A-Za-z][^<>]*>")
_ELEMENT = re.compile(rb"<(\w+(?::\w+)?)\b[^<>]*?(?:/>|>[^<>]*</\1>)")
_TEXT = re.compile(rb">([^<>]+)<")
_ATTRIBUTE = re.compile(rb' ([\w:]+)="([^"<>]*)"')


def xml(random: Random, data: bytes) -> bytes:
    """An element, attribute or text is removed, repeated, exchanged with another, or changed."""
    change = random.choice([_element, _element, _attribute, _attribute, _text, _tag])
    return change(random, data)


def _element(random: Random, data: bytes) -> bytes:
    found = [m.span() for m in _ELEMENT.finditer(data)]
    if len(found) < 2:
        return flip(random, data)
    (a, b), (c, d) = sorted(random.sample(found, 2))
    return random.choice(
        [
            data[:a] + data[b:],
            data[:b] + data[a:b] + data[b:],
            data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:],
            data[:a] + data[c:d] + data[b:],
            data[:a] + b"<!--" + data[a:b] + b"-->" + data[b:],
        ]
    )


def _attribute(random: Random, data: bytes) -> bytes:
    found = list(_ATTRIBUTE.finditer(data))
    if not found:
        return _text(random, data)
    one, other = random.choice(found), random.choice(found)
    alike = [m for m in found if m[1] == one[1]]
    value = random.choice(
        [
            *[
                other[2],
                random.choice(alike)[2],
                b"",
                b"0",
                b"1",
                b"-1",
                b"99999999999",
                b"x",
                b"str",
                b"inlineStr",
                b"b",
            ],
            *[b"e", b"hidden", b"A1", b"XFD1048576", b"C7:C9", b"restart", b"collapse", b"percentage", b"string"],
        ]
    )
    removed = data[: one.start()] + data[one.end() :]
    changed = data[: one.start(2)] + value + data[one.end(2) :]
    return removed if random.random() < 0.25 else changed


def _text(random: Random, data: bytes) -> bytes:
    found = list(_TEXT.finditer(data))
    if len(found) < 2:
        return flip(random, data)
    one, other = random.sample(found, 2)
    new = random.choice(
        [
            *[
                other[1],
                other[1],
                b"",
                b"0",
                b"48",
                b"1.5",
                b"1e5",
                b"99%",
                b" ",
                one[1] * 2,
                one[1][:-1],
                one[1] + b"0",
            ],
            *[b"&#x202e;48", b"&#8203;48", b"TRUE", b"Kh\xc3\xb4ng", b"-", b"<![CDATA[48]]>", b"4<!-- -->8", b"&xxe;"],
        ]
    )
    return data[: one.start(1)] + new + data[one.end(1) :]


def _tag(random: Random, data: bytes) -> bytes:
    """A tag is lost, or has another's name."""
    found = [m.span() for m in _TAG.finditer(data)]
    if len(found) < 2:
        return flip(random, data)
    (a, b), (c, d) = random.sample(found, 2)
    return data[:a] + (b"" if random.random() < 0.3 else data[c:d]) + data[b:]


# -- zip packages --------------------------------------------------------------------------------------------------


_TELLING = re.compile(r"sheet\d|sharedStr|content.xml|document.xml|workbook|styles")


def package(random: Random, data: bytes) -> bytes:
    """A part of the package is changed, exchanged with another, doubled or removed, and the package is sound."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    weights = [
        4 if re.search(r"sheet\d|sharedStr|content.xml|document.xml|workbook|styles", n) else 1 for n, _ in parts
    ]
    (number,) = random.choices(range(len(parts)), weights)
    name, content = parts[number]
    way = random.random()
    if way < 0.75 and content:
        changes = [xml, xml, xml, *BYTES] if content.lstrip()[:1] == b"<" else BYTES
        parts[number] = (name, random.choice(changes)(random, content))
    elif way < 0.85:
        other = random.randrange(len(parts))
        parts[number], parts[other] = (name, parts[other][1]), (parts[other][0], content)
    elif way < 0.92:
        del parts[number]
    else:
        parts.append((random.choice([name.upper(), f"{name}.xml", f"/{name}", name.replace("/", "\\")]), content))
    buffer = io.BytesIO()
    kind = random.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
    with zipfile.ZipFile(buffer, "w", kind) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that are there twice
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()
