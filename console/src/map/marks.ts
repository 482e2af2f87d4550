/** Marks: what is drawn on the map beside the live tracks, for the alert, track or record that is open. */

import type { Identity, Position, Sighting } from "../api/types";
import { called } from "../words";

export interface Step extends Position {
  time: number;
}

export interface Trail {
  label: string;
  steps: Step[];
  simulated: boolean;
  /** It is what the alert is about, and not only seen beside it. */
  subject: boolean;
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

/** Return the sightings as trails, one for each number, or for each source of what has none. */
export function trails(sightings: Sighting[], subjects: Identity[] = []): Trail[] {
  const found = new Map<string, Trail>();
  for (const { position, identity, source, time, simulated } of sightings) {
    if (!position) continue;
    const known = subjects.find((subject) => subject.mmsi !== undefined && subject.mmsi === identity.mmsi);
    const nameless = identity.mmsi === undefined && !identity.name;
    const label = nameless ? `${called(identity)} (${source})` : called({ ...identity, ...known });
    const key = nameless ? `/${source}` : `${identity.mmsi ?? identity.name}`;
    const subject = subjects.length === 0 || known !== undefined || nameless;
    const trail = found.get(key) ?? { label, steps: [], simulated: simulated ?? false, subject };
    if (identity.name) trail.label = identity.name;
    trail.steps.push({ ...position, time });
    found.set(key, trail);
  }
  return [...found.values()].sort((one, other) => Number(one.subject) - Number(other.subject));
}

/** Return every position of the marks. */
export const positionsOf = (marks: Marks): Position[] => [...marks.trails.flatMap((trail) => trail.steps), ...marks.spots];
