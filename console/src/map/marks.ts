/** Marks: what is drawn on the map beside the live tracks, for the alert, track or record that is open. */

import type { Position, Sighting } from "../api/types";
import { called } from "../words";

export interface Step extends Position {
  time: number;
}

export interface Trail {
  label: string;
  steps: Step[];
  simulated: boolean;
}

export interface Spot extends Position {
  label: string;
  severity: string;
  /** Metres within which it is; 0 where it is exact. */
  within: number;
  chosen: boolean;
}

export interface Marks {
  trails: Trail[];
  spots: Spot[];
}

export const NOTHING: Marks = { trails: [], spots: [] };

/** Return the sightings as trails, one for each subject and source. */
export function trails(sightings: Sighting[]): Trail[] {
  const found = new Map<string, Trail>();
  for (const sighting of sightings) {
    if (!sighting.position) continue;
    const unknown = sighting.identity.mmsi === undefined && !sighting.identity.name;
    const key = `${sighting.identity.mmsi ?? ""}/${unknown ? sighting.source : ""}`;
    const trail = found.get(key) ?? { label: "", steps: [], simulated: sighting.simulated ?? false };
    const name = called(sighting.identity);
    if (!trail.label || sighting.identity.name) trail.label = unknown ? `${name} (${sighting.source})` : name;
    trail.steps.push({ ...sighting.position, time: sighting.time });
    found.set(key, trail);
  }
  return [...found.values()];
}

/** Return every position of the marks. */
export const positionsOf = (marks: Marks): Position[] => [...marks.trails.flatMap((trail) => trail.steps), ...marks.spots];
