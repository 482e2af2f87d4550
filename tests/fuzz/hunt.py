"""The hunt: every decoder under atheris, guided by coverage, from the kept corpus on, for some seconds each.

    python tests/fuzz/hunt.py SECONDS [DECODER…]

What breaks a decoder is kept as tests/vectors/corpus/DECODER/crash-…, where the ordinary tests find it from then on.
The exit code is 1 if anything did.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import atheris

_SOURCE = Path(__file__).parents[2] / "src"
_COMPILED = [
    ".".join(path.relative_to(_SOURCE).with_suffix("").parts)
    for path in (_SOURCE / "comity").rglob("*.py")
    if "foundation.compiled import compiled" in path.read_text("utf-8")
]
"""Modules with functions that become machine code: of these Numba wants the bytecode as it was written."""

with atheris.instrument_imports(include=["comity"], exclude=_COMPILED, enable_loader_override=False):
    from fuzz.decoders import DECODERS, harmless
    from fuzz.seeds import CORPUS

_LARGEST = 8_192
"""Bytes that are tried at most: all that a decoder decides it decides within these."""
_SLOWEST = 10
"""Seconds for one value, after which it counts as broken."""


def _hunt(name: str, options: list[str]) -> None:
    """Hunt in this process, which does not come back. One seed goes before: what is loaded late must not seem slow."""
    harmless(name, min((CORPUS / name).iterdir()).read_bytes())
    atheris.Setup([sys.argv[0], *options], lambda data: harmless(name, data))
    atheris.Fuzz()


def _hunted(name: str, seconds: int) -> bool:
    """Let a process hunt, and return whether it found nothing."""
    kept = CORPUS / name
    with tempfile.TemporaryDirectory(prefix="comity-hunt-") as found:
        options = [
            *(f"-max_total_time={seconds}", f"-max_len={_LARGEST}", f"-timeout={_SLOWEST}", "-rss_limit_mb=2048"),
            *("-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={kept}/", found, str(kept)),
        ]
        ended = subprocess.run(
            [sys.executable, __file__, "--one", name, *options], capture_output=True, text=True, check=False
        )
    figures = [line for line in ended.stderr.splitlines() if "DONE" in line]
    sys.stdout.write(f"{name}: {'sound' if ended.returncode == 0 else 'BROKEN'} {' '.join(figures)}\n")
    sys.stdout.flush()
    if ended.returncode:
        sys.stdout.write(ended.stderr[-4_000:] + "\n")
    return ended.returncode == 0


def main() -> int:
    """Hunt for each decoder in turn."""
    if sys.argv[1] == "--one":
        _hunt(sys.argv[2], sys.argv[3:])
    seconds, names = int(sys.argv[1]), sys.argv[2:] or list(DECODERS)
    broken = [name for name in names if not _hunted(name, seconds)]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
