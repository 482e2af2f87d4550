/** Rescue: which party is the competent rescue centre in which areas (safeguard 13). */

import { empty, flaw, repeated, unknown, type Flaws } from "./flaw";
import { list, struct, text, type Of } from "./shape";

export const CENTRE = struct({ node: text(), areas: list(text()) });
type Centre = Of<typeof CENTRE>;

/** Find all that makes the centres unusable; paths begin inside `centres`. */
export function* rescueFlaws(centres: readonly Centre[], parties: readonly string[], areas: readonly string[]): Flaws {
  const seen = new Set<string>();
  const taken = new Map<string, string>();
  for (const { node, areas: places } of centres) {
    if (seen.has(node)) yield flaw([node], `'${node}' stands twice`, "Name it once.");
    seen.add(node);
    if (!parties.includes(node)) yield flaw([node], `'${node}' is no party`);
    yield* empty(places, node, "area");
    yield* repeated(places, node);
    yield* unknown(places, areas, node, "area of the annex");
    for (const [place, area] of places.entries()) {
      const other = taken.get(area) ?? node;
      taken.set(area, other);
      if (other !== node) yield flaw([node, place], `'${area}' has ${other} for its centre`, "Name one centre for each area.");
    }
  }
}
