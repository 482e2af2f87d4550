/** Fields: what each kind of record can tell by name, and what shape each has (docs/formats/given.md). */

import type { Plain } from "./cbor";
import { characters } from "./text";
import words from "./vocabulary.json";

const LONGEST_TEXT = 4_000; // characters
const LONGEST_LIST = 1_000;
const MOST_ATTACHMENTS = 3;

export interface Place {
  latitude: number;
  longitude: number;
}

type Test = (value: Plain) => boolean;

const text: Test = (value) => typeof value === "string" && characters(value) <= LONGEST_TEXT;
const integer: Test = (value) => typeof value === "bigint";
const number: Test = (value) => typeof value === "bigint" || typeof value === "number";
const mark: Test = (value) => value === null || text(value) || integer(value);
const some = (test: Test): Test => (value) => Array.isArray(value) && value.length <= LONGEST_LIST && value.every(test);
const numbers = (value: Plain, names: readonly string[]): boolean =>
  value instanceof Map && [...value].every(([name, each]) => names.includes(name) && number(each));

/** Whether it has the form of an attachment; that its content is of its type, this browser does not check. */
function attachment(value: Plain): boolean {
  if (!(value instanceof Map) || value.size !== 4) return false;
  return ["name", "type", "sha256", "content"].every((key) => typeof value.get(key) === "string");
}

const SHAPES: Record<string, Test> = {
  mark: (value) => mark(value) || some(mark)(value),
  text,
  integer,
  number,
  texts: some(text),
  "text or nothing": (value) => value === null || text(value),
  place: (value) => numbers(value, ["latitude", "longitude", "within"]) && placeOf(value) !== null,
  word: (value) => value === true,
  things: (value) => Array.isArray(value) && value.length <= words.most_subjects && value.every((each) => typeof each === "string" && words.things.includes(each)),
  attachments: (value) => Array.isArray(value) && value.length <= MOST_ATTACHMENTS && value.every(attachment),
  velocity: (value) => numbers(value, ["speed", "course", "heading"]),
  never: () => false, // of a record about a person no bundle is made or believed
};

const FIELDS: Record<string, Record<string, string>> = words.fields;

/** Return the names of the fields that a record of this kind can have; none where no clause can give it. */
export const known = (kind: string): string[] => Object.keys(FIELDS[kind] ?? {});

/** Return the names of the fields without which no record of this kind is given. */
export function needed(kind: string): string[] {
  if (kind === "person") return words.needed_of_persons;
  return words.written.includes(kind) ? words.needed : ["time"];
}

/** Whether the value has the shape that the field of this name has. */
export function fits(kind: string, name: string, value: Plain): boolean {
  const fields = FIELDS[kind] ?? {};
  const shape = Object.hasOwn(fields, name) ? SHAPES[fields[name] ?? ""] : undefined;
  return shape !== undefined && shape(value);
}

/** Return the position that a `position` field's value says, null where it says none. */
export function placeOf(value: Plain | undefined): Place | null {
  if (!(value instanceof Map)) return null;
  const [north, east] = [value.get("latitude"), value.get("longitude")];
  if (north === undefined || east === undefined || !number(north) || !number(east)) return null;
  const [latitude, longitude] = [Number(north), Number(east)];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}
