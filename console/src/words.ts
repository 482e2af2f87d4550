/** How the console says things: times, ages, places, names of kinds. Numbers through Intl. */

import type { Identity, Instant, Position, Value } from "./api/types";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const KINDS: Record<string, string> = {
  "going-dark": "Went dark",
  meeting: "Meeting at sea",
  crossing: "Border crossing",
  distress: "Distress call",
  loitering: "Loitering",
  encounter: "Encounter at sea",
  "port-visit": "Port visit",
  convoy: "Convoy",
  shadowing: "Shadowing",
  "identity-change": "Identity changed",
  "shared-identity": "Identity shared",
  "impossible-motion": "Impossible motion",
  "repeated-infiltration": "Repeated infiltration",
  "repeated-route": "Repeated route",
  "unusual-motion": "Unusual motion",
  threat: "Threat notice",
  "look-out": "Look-out",
};

const FIELDS: Record<string, string> = {
  mmsi: "MMSI",
  imo: "IMO number",
  call_sign: "call sign",
  ship_type: "ship type",
  would_change: "what would change its mind",
  until: "until",
  time: "began",
  names_nobody: "names nobody",
  asks: "asks you to",
};

const TIMES = new Set(["time", "until", "since", "expires"]);
const SHIP_TYPES: [number, number, string][] = [
  [30, 30, "fishing"],
  [36, 36, "sailing"],
  [37, 37, "pleasure craft"],
  [50, 50, "pilot"],
  [51, 51, "search and rescue"],
  [52, 52, "tug"],
  [40, 49, "high-speed craft"],
  [60, 69, "passenger"],
  [70, 79, "cargo"],
  [80, 89, "tanker"],
];

const SECONDS_UTC = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZone: "UTC",
});
const MINUTES_UTC = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const DAY_UTC = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const NUMBER = new Intl.NumberFormat("en-GB");

export const kindInWords = (kind: string): string => KINDS[kind] ?? kind.replaceAll("-", " ");
/** Return a field's name in words; the time of what an officer wrote is when it was written. */
export const fieldInWords = (field: string, written = false): string =>
  written && field === "time" ? "written" : (FIELDS[field] ?? field.replaceAll("_", " "));
export const purposeInWords = (purpose: string): string => purpose.replaceAll("-", " ");
export const number = (value: number): string => NUMBER.format(value);
export const clockTime = (instant: Instant): string => SECONDS_UTC.format(instant);
export const shortTime = (instant: Instant): string => MINUTES_UTC.format(instant);
export const day = (instant: Instant): string => DAY_UTC.format(instant);
export const moment = (instant: Instant): string => `${day(instant)}, ${shortTime(instant)} UTC`;

/** Return the words as a sentence: with a capital letter and an end. */
export function sentence(text: string): string {
  const words = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

const WRITTEN = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** Return a sentence with each RFC 3339 time in it as people say it; the day only where it is not that of `now`. */
export const told = (sentence: string, now: Instant): string =>
  sentence.replace(WRITTEN, (written) => {
    const instant = Date.parse(written);
    return day(instant) === day(now) ? `${shortTime(instant)} UTC` : moment(instant);
  });

/** Return how long something lasted or is ago, in its largest unit or two: `45 s`, `12 min`, `3 h 05 min`, `4 d`. */
export function span(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < MINUTE) return `${Math.floor(length / 1000)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length >= 2 * DAY) return `${Math.floor(length / DAY)} d`;
  const minutes = Math.floor((length % HOUR) / MINUTE);
  return `${Math.floor(length / HOUR)} h ${String(minutes).padStart(2, "0")} min`;
}

/** Return a position as degrees and decimal minutes, as charts do: `56°55.80′N 011°42.00′E`. */
export function place(position: Position): string {
  const half = (value: number, width: number, letters: string) => {
    const hundredths = Math.round(Math.abs(value) * 6000);
    const minutes = (hundredths % 6000) / 100;
    const degrees = String(Math.floor(hundredths / 6000)).padStart(width, "0");
    return `${degrees}°${minutes.toFixed(2).padStart(5, "0")}′${value < 0 ? letters[1] : letters[0]}`;
  };
  return `${half(position.latitude, 2, "NS")} ${half(position.longitude, 3, "EW")}`;
}

/** Return how a person would call the subject: name, else number, else what it is. */
export function called(identity: Identity): string {
  if (identity.name) return identity.name;
  return identity.mmsi === undefined ? `unidentified ${identity.kind}` : `MMSI ${identity.mmsi}`;
}

export function shipType(code: number): string {
  const found = SHIP_TYPES.find(([from, to]) => code >= from && code <= to);
  return found ? `${found[2]} (${code})` : `type ${code}`;
}

export const knots = (metresASecond: number): string => `${(metresASecond * 1.943844).toFixed(1)} kn`;
export const degrees = (course: number): string => `${String(Math.round(course) % 360).padStart(3, "0")}°`;

const isPlace = (value: Value): value is { latitude: number; longitude: number; within?: number } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && "latitude" in value && "longitude" in value;

const attachmentInWords = (value: Value): string =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? `${String(value["name"])} (${String(value["type"])})` : String(value);

/** Return a record's field as a person reads it. */
export function shown(field: string, value: Value | undefined): string {
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)) return "–";
  if (isPlace(value)) {
    const within = typeof value.within === "number" ? `, within ${number(value.within)} m` : "";
    return `${place(value)}${within}`;
  }
  if (TIMES.has(field) && typeof value === "number") return moment(value);
  if (field === "kind" && typeof value === "string") return kindInWords(value);
  if (field === "confidence" && typeof value === "number") return value.toFixed(2);
  if (typeof value === "string") return told(value, 0);
  if (field === "attachments" && Array.isArray(value)) return value.map(attachmentInWords).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (field === "sightings" && Array.isArray(value)) return `${value.length} sightings`;
  if (field === "ship_type") return [value].flat().map((code) => (typeof code === "number" ? shipType(code) : String(code))).join(", ");
  if (Array.isArray(value)) return value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Return the place that a field holds, or null. */
export const placeOf = (value: Value | undefined): (Position & { within?: number }) | null =>
  value !== undefined && isPlace(value) ? value : null;
