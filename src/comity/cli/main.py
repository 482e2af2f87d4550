"""The `comity` command. Each group is loaded only when it is called, so that help comes at once."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import NoReturn

import click
from rich.console import Console
from rich.text import Text

from comity.vocabulary.fault import Fault

_GROUPS = {
    "agreement": ("comity.cli.agreement", "agreement", "Check, sign, accept and stop agreements."),
    "archive": ("comity.cli.archive", "archive", "Replay what moved, and see what the archive holds."),
    "crosswalk": ("comity.cli.crosswalk", "crosswalk", "Tell codes of one scheme in another, with what is lost."),
    "demo": ("comity.cli.demo", "demo", "Run the main job: three nodes on loopback."),
    "dispute": ("comity.cli.dispute", "dispute", "See which lines on the map somebody disputes."),
    "feed": ("comity.cli.feed", "feed", "Read recordings and feeds of sensors."),
    "jurisdiction": ("comity.cli.jurisdiction", "jurisdiction", "Ask which unit may do what where."),
    "ledger": ("comity.cli.ledger", "ledger", "Bundle proofs, check a whole log, and see how long it is kept."),
    "node": ("comity.cli.node", "node", "Make a node and run it."),
    "onward": ("comity.cli.onward", "onward_", "Pass reports and notices on, with their originator's leave."),
    "partner": ("comity.cli.partner", "partner", "Accept partners by their cards."),
    "person": ("comity.cli.person", "person", "Write records about suspects, renew and erase them."),
    "picture": ("comity.cli.picture", "picture", "Turn recordings into tracks and alerts, as a node would."),
    "posture": ("comity.cli.posture", "posture", "Narrow or widen relations with a partner."),
    "recall": ("comity.cli.recall", "recall", "Call back what was given, and see what became of it."),
    "report": ("comity.cli.report", "report", "Write reports and notices, and change them."),
    "inquiry": ("comity.cli.inquiry", "inquiry", "Ask partners hit or no-hit, and look at what their questions hit."),
    "rights": ("comity.cli.rights", "rights", "Answer the requests of persons."),
    "screen": ("comity.cli.screen", "screen", "Read travel documents."),
    "simulate": ("comity.cli.simulate", "simulate", "Make up a world: feeds of sensors, and the truth beside them."),
    "subscription": ("comity.cli.subscription", "subscription", "Keep partners informed, and be kept informed."),
    "tak": ("comity.cli.tak", "tak", "Let TAK clients (ATAK, WinTAK) in, and out."),
    "user": ("comity.cli.user", "user", "Add and change the people who use a node."),
    "verify": ("comity.cli.verify", "verify", "Check a proof bundle, offline, from the file alone."),
    "witness": ("comity.cli.witness", "witness", "Make and run a witness for an oversight body."),
}


class _Groups(click.Group):
    """Knows the commands by name and loads a file when one of its commands is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        return sorted(_GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's shape
        if cmd_name not in _GROUPS:
            return None
        module, name, _ = _GROUPS[cmd_name]
        __import__(module)
        command = getattr(sys.modules[module], name)
        assert isinstance(command, click.Command)  # noqa: S101 - our own table above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, _GROUPS[name][2]) for name in sorted(_GROUPS)])


@click.group(cls=_Groups, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(metadata.version("comity"), prog_name="comity")
def comity() -> None:
    """See together, share under signed agreements, act jointly and prove it."""


def main() -> None:
    """Run the command; a fault is told in one line and ends in exit code 1.

    A file or folder that the system does not let us have is one too; any other failure is ours, and is shown whole.
    """
    try:
        comity()
    except Fault as fault:
        _tell(fault)
    except OSError as error:
        if error.filename is None:
            raise
        what = f"the system says: {error.strerror}"
        _tell(
            Fault(what, where=str(error.filename), remedy="See that it is there, and that you may read and write it.")
        )


def _tell(fault: Fault) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    console.print(Text.assemble(("✗ ", "red"), printable(str(fault))), soft_wrap=True)
    sys.exit(1)


def printable(text: str) -> str:
    """Return the text with whatever would steer the terminal written out: names and reasons come from others."""
    return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)


if __name__ == "__main__":
    main()
