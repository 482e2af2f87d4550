"""`comity demo`: the main job from one command."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click
import msgspec
from rich.console import Console

from comity.demo.rehearse import rehearse


@click.command()
@click.option("--unattended", is_flag=True, help="Play the officers, check every proof, print a summary and end.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where everything is made; emptied first.",
)
def demo(folder: Path, unattended: bool) -> None:
    """Run three nodes and an oversight witness on loopback: from recorded sightings to a proven release."""
    console = Console(highlight=False)
    with rehearse(folder, console, unattended=unattended) as outcome:
        if not unattended:
            console.print("\nThe nodes keep running; Ctrl-C stops them.")
            _until_interrupted()
    if unattended:
        click.echo(msgspec.json.encode(outcome).decode())
    sys.exit(0 if outcome.sound else 1)


def _until_interrupted() -> None:
    """Wait for Ctrl-C; further ones change nothing while everything is stopped in order."""
    interrupted = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    interrupted.wait()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    click.echo("stopping …")
