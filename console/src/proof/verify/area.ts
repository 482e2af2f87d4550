/** Areas: whether a position lies in one; the same arithmetic, in the same order, as the node's. */

import type { Place } from "./field";

export type Ring = Place[];
export interface Area {
  name: string;
  /** Each an outer ring followed by its holes. */
  polygons: Ring[][];
}

/** Whether the area holds the position; a point on an edge belongs to the side that the crossing rule gives it. */
export function contains(area: Area, position: Place): boolean {
  return area.polygons.some(([outline, ...holes]) => outline !== undefined && inRing(outline, position) && !holes.some((hole) => inRing(hole, position)));
}

function inRing(ring: Ring, position: Place): boolean {
  let inside = false;
  let before = ring.at(-1);
  for (const corner of ring) {
    if (before && corner.latitude > position.latitude !== before.latitude > position.latitude) {
      const share = (position.latitude - corner.latitude) / (before.latitude - corner.latitude);
      if (position.longitude < corner.longitude + share * (before.longitude - corner.longitude)) inside = !inside;
    }
    before = corner;
  }
  return inside;
}
