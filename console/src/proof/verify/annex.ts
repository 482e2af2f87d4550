/** The annex: the areas that clauses name, and the form of whatever is drawn beside them (RFC 7946). */

import type { Area, Ring } from "./area";
import { flaw, illNamed, repeated, type Flaws } from "./flaw";
import { list, real, struct, text } from "./shape";

const MOST_AREAS = 200;
/** In all areas together. */
export const MOST_POINTS = 50_000;

const POSITION = struct({ latitude: real(-90, 90), longitude: real(-180, 180) });
export const POLYGONS = list(list(list(POSITION)));
export const AREA = struct({ name: text(), polygons: POLYGONS, title: text(), source: text() });

/** Find all that makes the areas unusable; paths begin inside `annex`. */
export function* areaFlaws(found: readonly Area[]): Flaws {
  if (found.length > MOST_AREAS) yield flaw(["areas"], `${found.length} areas are more than the ${MOST_AREAS} allowed`, "Split the agreement.");
  const points = found.flatMap((area) => area.polygons.flat()).reduce((sum, ring) => sum + ring.length, 0);
  if (points > MOST_POINTS) yield flaw(["areas"], `${points} points are more than the ${MOST_POINTS} allowed`, "Simplify the areas.");
  const names = found.map((area) => area.name);
  yield* repeated(names, "areas");
  for (const area of found) {
    yield* illNamed(area.name, ["areas", area.name], "an area");
    yield* shapeFlaws("areas", area.name, area.polygons);
  }
}

/** Find all that makes the polygons unusable that stand in the annex under this key and name. */
export function* shapeFlaws(key: string, name: string, polygons: Area["polygons"]): Flaws {
  const path = [key, name, "coordinates"];
  if (polygons.length === 0 || polygons.some((polygon) => polygon.length === 0)) yield flaw(path, `${name} has no outline`, "Draw one ring of at least four points.");
  for (const ring of polygons.flat()) yield* ringFlaws(ring, name, path);
}

function* ringFlaws(ring: Ring, name: string, path: string[]): Flaws {
  const [first, last] = [ring[0], ring.at(-1)];
  const closed = first && last && first.latitude === last.latitude && first.longitude === last.longitude;
  if (ring.length < 4 || !closed) yield flaw(path, `${name}: a ring is not closed, or has fewer than four points`, "Let its last point repeat its first.");
  const crosses = ring.some((point, at) => at > 0 && Math.abs((ring[at - 1]?.longitude ?? 0) - point.longitude) >= 180);
  if (crosses) yield flaw(path, `${name}: an edge crosses the antimeridian`, "Cut the area in two there (RFC 7946, section 3.1.9).");
}
