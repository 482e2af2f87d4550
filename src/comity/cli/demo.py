"""`comity demo`: the main job from one command."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click
import msgspec
from rich.console import Console

from comity.demo.rehearse import rehearse


@click.command()
@click.option("--unattended", is_flag=True, help="Play the officers, check every proof, print a summary and end.")
@click.option("--terminal", is_flag=True, help="Ask for each decision in the terminal instead of at the screen.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where everything is made; emptied first.",
)
def demo(folder: Path, unattended: bool, terminal: bool) -> None:
    """Run three nodes and an oversight witness on loopback: from recorded sightings to a proven release."""
    with rehearse(folder, Console(highlight=False)) as going:
        outcome = going.play(unattended=unattended) if unattended or terminal else None
        if not unattended:
            going.guide()
            going.follow(_until_interrupted())
            click.echo("stopping …")
    if unattended and outcome is not None:
        click.echo(msgspec.json.encode(outcome).decode())
    sys.exit(0 if outcome is None or outcome.sound else 1)


def _until_interrupted() -> threading.Event:
    """Return what Ctrl-C sets; further ones change nothing while everything is stopped in order."""
    interrupted = threading.Event()

    def once(number: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(number, signal.SIG_IGN)
        interrupted.set()

    signal.signal(signal.SIGINT, once)
    signal.signal(signal.SIGTERM, once)
    return interrupted
