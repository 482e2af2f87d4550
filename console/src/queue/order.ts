/** The order of the queue: what waits before what is judged, the most urgent first, then the newest. */

import type { Queued, Severity } from "../api/types";
import { kindInWords } from "../words";

export type Filter = "open" | "judged" | "all";
export const FILTERS: [Filter, string][] = [
  ["open", "To judge"],
  ["judged", "Judged"],
  ["all", "All"],
];

const RANK: Record<Severity, number> = { urgent: 0, high: 1, medium: 2, low: 3 };

export const passes = (queued: Queued, filter: Filter): boolean =>
  filter === "all" || (queued.judgement === "unreviewed") === (filter === "open");

export function ordered(alerts: Queued[]): Queued[] {
  return alerts.sort(
    (one, other) => RANK[one.alert.severity] - RANK[other.alert.severity] || other.raised - one.raised || other.sequence - one.sequence,
  );
}

/** Whether every word of the search is somewhere in what the queue shows of the alert. */
export function matches(queued: Queued, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { alert } = queued;
  const subjects = alert.subjects.flatMap((subject) => [subject.name, subject.mmsi, subject.call_sign]);
  const text = [kindInWords(alert.kind), alert.kind, alert.severity, alert.area, alert.id, ...alert.sources, ...subjects].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}
