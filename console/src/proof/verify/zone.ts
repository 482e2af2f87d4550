/** Zones: whose a place is, and what kind of land or sea it is, as `se.territorial-sea` or `high-seas`. */

import { optional, struct, text, word, type Of } from "./shape";
import words from "./vocabulary.json";

export const HIGH_SEAS = "high-seas";
export const ZONE = struct({ kind: word(words.zone_kinds), state: optional(text(), "") });
export type Zone = Of<typeof ZONE>;

/** Whether the text is a code of a country in small letters (ISO 3166-1). */
export const isCode = (state: string): boolean => words.countries.includes(state);

/** Return how the zone is written. */
export const writtenZone = ({ kind, state }: Zone): string => (state ? `${state}.${kind}` : kind);

/** Whether the text names a zone. */
export function isZone(name: string): boolean {
  if (name === HIGH_SEAS) return true;
  const dot = name.lastIndexOf(".");
  const kind = name.slice(dot + 1);
  return dot >= 0 && kind !== HIGH_SEAS && words.zone_kinds.includes(kind) && isCode(name.slice(0, dot));
}
