"""Sets settings in case files by their names, as an editor would: in the commented lines of a template where there are any."""

import re

from sparselbm.case.parts import PARTS
from sparselbm.case.values import toml_value, usd_value

_PARTS = {part.space: part for part in PARTS}


def with_settings(path, settings):
    """The case file with values of settings, such as {"fluid:reynolds": 30.0, "boundary:zMin:kind": "wall"}; None: without."""
    text = path.read_text()
    for name, value in settings.items():
        text = (_in_toml if path.suffix == ".toml" else _in_usd)(text, name, value)
    path.write_text(text)
    return path


def _in_usd(text, name, value):
    """In the line that declares the attribute, or a new one in the prim of the case."""
    space, *_, attribute = name.split(":")
    declared = _PARTS[space].entries()[attribute].declaration
    line = re.compile(rf"^( *)(?:# )?{re.escape(f'{declared} sparselbm:{name}')}(?: =.*)?$", re.MULTILINE)
    if value is None:
        return line.sub("", text)
    new = f"{declared} sparselbm:{name} = {usd_value(value)}"
    if line.search(text):
        return line.sub(lambda found: found[1] + new, text, count=1)
    found = re.search(r'^def Scope "Case".*?^\{$', text, re.MULTILINE | re.DOTALL)
    return f"{text[:found.end()]}\n    {new}{text[found.end():]}"


def _in_toml(text, name, value):
    """In the line of the table that has the name, or a new one in it."""
    space, *instance, attribute = name.split(":", 2 if name.count(":") > 1 else 1)
    table = rf'{space}\.(?:{instance[0]}|"{re.escape(instance[0])}")' if instance else space
    head = re.compile(rf"^(?:# )?(\[{table}\])$", re.MULTILINE)
    if not head.search(text):
        title = f'{space}."{instance[0]}"' if instance else space
        text += f"\n[{title}]\n"
    start = head.search(text)
    body, end = text[start.end():], re.search(r"^(?:# )?\[", text[start.end():], re.MULTILINE)
    inside, rest = (body, "") if end is None else (body[:end.start()], body[end.start():])
    line = re.compile(rf"^(?:# )?{attribute} =.*$", re.MULTILINE)
    new = "" if value is None else f"{attribute} = {toml_value(value)}"
    inside = line.sub(lambda _: new, inside, count=1) if line.search(inside) else f"\n{new}{inside}"
    return f"{text[:start.start()]}{start[1]}{inside}{rest}"
