"""The generated pages of the documentation: settings and commands, from the code itself, so that they cannot drift.

Run `python -m comity.cli.pages docs` (or `make docs`) to write them anew; a test fails while one is out of date.
"""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import click
import msgspec

from comity.cli.main import comity
from comity.node import feed_settings, retention_settings, settings, tak_settings

_SETTINGS_HEAD = """# Settings

Written from `src/comity/node/settings.py`; do not edit.

All settings are in `node.toml` in the node's folder, which `comity node init` makes. `comity node check FOLDER` checks
them; an unknown or malformed one stops the node at its start with a message that names it. Spans are written like
`30 min` (units `s`, `min`, `h`, `d`). The environment's `COMITY_DATABASE`, if set, goes before `database.url`.
"""
_COMMANDS_HEAD = """# Commands

Written from `src/comity/cli`; do not edit.
"""


def pages() -> dict[str, str]:
    """Return the text of each generated page by its path below `docs/`."""
    return {"reference/settings.md": _settings(), "reference/commands.md": _commands()}


def _settings() -> str:
    sources = [
        ast.parse(inspect.getsource(each)) for each in (retention_settings, tak_settings, feed_settings, settings)
    ]
    classes = {node.name: node for source in sources for node in source.body if isinstance(node, ast.ClassDef)}
    parts = [_SETTINGS_HEAD]
    for table, title in _tables(classes):
        kind = classes[title]
        heading = f"[[{table}]]" if table == "feed" else f"[{table}]"
        parts.append(f"## `{heading}`\n\n{ast.get_docstring(kind)}\n\n| setting | default | meaning |\n|---|---|---|")
        parts[-1] += "".join(f"\n| `{name}` | {default} | {told} |" for name, default, told in _fields(title, kind))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _tables(classes: dict[str, ast.ClassDef]) -> list[tuple[str, str]]:
    found = []
    for node in classes["Settings"].body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            kind = next(name for name in classes if name != "Settings" and name in ast.unparse(node.annotation))
            found.append((node.target.id, kind))
    return found


def _fields(title: str, kind: ast.ClassDef) -> list[tuple[str, str, str]]:
    defaults = {field.name: field for field in msgspec.structs.fields(getattr(settings, title))}
    told = []
    for node, after in zip(kind.body, kind.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            told.append((node.target.id, _default(defaults[node.target.id]), " ".join(str(text).split())))
    return told


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = getattr(field.default, "value", field.default)
    return f"`{value!r}`" if value not in ("", ()) else "none"


def _commands() -> str:
    parts = [_COMMANDS_HEAD.strip()]
    context = click.Context(comity, info_name="comity", help_option_names=["-h", "--help"])
    for name in comity.list_commands(context):
        command = comity.get_command(context, name)
        if command is not None:
            parts += _usage(command, click.Context(command, info_name=name, parent=context))
    return "\n\n".join(parts) + "\n"


def _usage(command: click.Command, context: click.Context) -> list[str]:
    text = command.get_help(context).replace("\n\n\n", "\n\n")
    parts = [f"## `{context.command_path}`\n\n```text\n{text}\n```"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                parts += _usage(inner, click.Context(inner, info_name=name, parent=context))
    return parts


def main(folder: Path) -> None:
    """Write every page below `folder`."""
    for path, text in pages().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
