/** Drawn: what the annex draws for jurisdiction: zones and baselines (docs/formats/powers.md). */

import { MOST_POINTS, POLYGONS, shapeFlaws } from "./annex";
import type { Area } from "./area";
import { flaw, noLine, repeated, tooMany, type Flaws, type Path } from "./flaw";
import { integer, optional, said, struct, text, type Of } from "./shape";
import { quoted } from "./text";
import { HIGH_SEAS, isCode, writtenZone, ZONE } from "./zone";

const MILE = 1_852n; // metres
const MOST = { zones: 200, baselines: 100 };
const MOST_DEGREES = 2_000; // of outline altogether
const COARSEST = 10_000n; // metres of error
const LONGEST_SOURCE = 1_000; // characters
const FULL = { territorial_sea: 12n * MILE, contiguous_zone: 24n * MILE, eez: 200n * MILE };

const BREADTH = struct({
  territorial_sea: optional(integer(), FULL.territorial_sea),
  contiguous_zone: optional(integer(), FULL.contiguous_zone),
  eez: optional(integer(), FULL.eez),
});
export const DRAWN_ZONE = struct({ zone: ZONE, polygons: POLYGONS, source: optional(text(), ""), error: optional(integer(), 0n) });
export const BASELINE = struct({
  state: text(),
  polygons: POLYGONS,
  source: optional(text(), ""),
  error: optional(integer(), 0n),
  breadth: optional(said(BREADTH), FULL),
});

type DrawnZone = Of<typeof DRAWN_ZONE>;
type Baseline = Of<typeof BASELINE>;
export interface Drawn {
  zones: DrawnZone[];
  baselines: Baseline[];
}

/** Find all that makes them unusable; paths begin inside `annex`. */
export function* drawnFlaws({ zones, baselines }: Drawn): Flaws {
  const names = { zones: zones.map((one) => writtenZone(one.zone)), baselines: baselines.map((one) => one.state) };
  for (const key of ["zones", "baselines"] as const) {
    yield* tooMany(names[key], key, MOST[key]);
    yield* repeated(names[key], key);
  }
  yield* lengths([...zones, ...baselines].map((one) => one.polygons));
  for (const one of zones) yield* zoneFlaws(one);
  for (const one of baselines) yield* baselineFlaws(one);
}

function* lengths(drawings: readonly Area["polygons"][]): Flaws {
  let [steps, degrees] = [0, 0];
  for (const ring of drawings.flat().flat()) {
    for (const [at, point] of ring.entries()) {
      const before = ring[at - 1];
      if (!before) continue;
      steps++;
      degrees += Math.max(Math.abs(before.latitude - point.latitude), Math.abs(before.longitude - point.longitude));
    }
  }
  if (degrees > MOST_DEGREES || steps > MOST_POINTS) yield flaw(["zones"], `over ${MOST_POINTS} points, or ${MOST_DEGREES} degrees of outline`, "Simplify them.");
}

function* line(key: string, name: string, { polygons, error, source }: { polygons: Area["polygons"]; error: bigint; source: string }): Flaws {
  yield* shapeFlaws(key, name, polygons);
  if (error < 0n || error > COARSEST) yield flaw([key, name, "error"], `the error exceeds ${COARSEST} m`, "Write it like 100 m.");
  yield* noLine(source, [key, name, "source"], LONGEST_SOURCE);
}

function* zoneFlaws(one: DrawnZone): Flaws {
  const name = writtenZone(one.zone);
  if (one.zone.kind === HIGH_SEAS) yield flaw(["zones", name], "the high seas are nobody's to draw", "Draw zones of States.");
  else yield* noState(one.zone.state, ["zones", name]);
  yield* line("zones", name, one);
}

function* baselineFlaws(one: Baseline): Flaws {
  yield* noState(one.state, ["baselines", one.state]);
  yield* line("baselines", one.state, one);
  for (const key of ["territorial_sea", "contiguous_zone", "eez"] as const) {
    const [metres, most] = [one.breadth[key], FULL[key]];
    if (metres >= 0n && metres <= most) continue;
    const called = key.replace("_", "-");
    yield flaw(["baselines", one.state, "breadth", called], `a ${called} reaches at most ${most / MILE} nm`, "Write it like 12 nm, or 0 m.");
  }
}

function* noState(state: string, path: Path): Flaws {
  if (!isCode(state)) yield flaw(path, `${quoted(state)} is no State`, "Use its ISO 3166-1 code, like se.");
}
