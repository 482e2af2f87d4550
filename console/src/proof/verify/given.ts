/** The record as it was given: disclosed fields, and digests that bind them (docs/formats/given.md). */

import { compared, digest, hex, type Bytes } from "./bytes";
import { read, type Plain } from "./cbor";
import { Fault } from "./fault";
import { bytes, integer, list, optional, readAs, struct, text, truth, word, type Of } from "./shape";
import words from "./vocabulary.json";

const SALT = 16; // bytes
const DIGEST = 32; // bytes
const BUCKET = 16;
const MOST = 256; // digests

export const HANDLING = struct({
  tlp: word(words.tlp),
  onward: word(words.onward),
  proceedings: truth,
  grading: struct({ reliability: word(["A", "B", "C", "D", "E", "F"]), credibility: integer(1n, 6n) }),
  evaluation: optional(struct({ source: word(["A", "B", "C", "X"]), information: integer(1n, 4n) }), null),
});
export type Handling = Of<typeof HANDLING>;

/** Whether the handling is at least as strict as the limit in every mark, and graded no better. */
export function within(one: Handling, limit: Handling): boolean {
  const worse = one.grading.reliability >= limit.grading.reliability && one.grading.credibility >= limit.grading.credibility;
  const [ours, theirs] = [one.evaluation, limit.evaluation];
  return marksWithin(one, limit) && worse && (ours === null || (theirs !== null && ours.source >= theirs.source && ours.information >= theirs.information));
}

interface Marks {
  tlp: string;
  onward: string;
  proceedings: boolean;
}

/** Whether the marks are at least as strict as the limit in every one. */
export const marksWithin = (marks: Marks, limit: Marks): boolean =>
  words.tlp.indexOf(marks.tlp) >= words.tlp.indexOf(limit.tlp) && words.onward.indexOf(marks.onward) >= words.onward.indexOf(limit.onward) && (limit.proceedings || !marks.proceedings);

/** Return the grading with its scale, like `admiralty B2` or `4x4 B2`. */
export function graded({ grading, evaluation }: Handling): string {
  return evaluation ? `4x4 ${evaluation.source}${evaluation.information}` : `admiralty ${grading.reliability}${grading.credibility}`;
}

const GIVEN = struct({
  kind: word(words.kinds),
  id: text(),
  owner: text(),
  time: integer(),
  agreement: bytes(32),
  clause: text(),
  purpose: text(),
  handling: HANDLING,
  keep_until: integer(),
  disclosures: list(bytes()),
  digests: bytes(),
  simulated: truth,
});
export type Given = Of<typeof GIVEN>;
export type Fields = Map<string, Plain>;

/** Return what binds a record as it was given, for a leave to name it. */
export const boundBy = (given: Given): Promise<Bytes> => digest(given.digests);

export const readGiven = (data: Bytes): Given => readAs(data, GIVEN, "Given", "record");

/**
 * Return the fields that were given.
 *
 * @throws Fault: the digests are not in form, or a disclosure is not bound by them, or repeats a field.
 */
export async function disclosed(given: Given): Promise<Fields> {
  const digests = apart(given.digests);
  const sorted = digests.every((each, at) => at === 0 || compared(digests[at - 1] ?? each, each) < 0);
  if (digests.length === 0 || given.digests.length % (BUCKET * DIGEST) !== 0 || digests.length > MOST || !sorted) {
    throw new Fault("the digests are not in form", given.id, "Refuse the release.");
  }
  const bound = new Set(digests.map(hex));
  const fields: Fields = new Map();
  for (const disclosure of given.disclosures) {
    if (!bound.has(hex(await digest(disclosure)))) throw new Fault("a disclosure is not bound by the digests", given.id, "Refuse the release.");
    const [name, value] = opened(disclosure, given.id);
    if (fields.has(name)) throw new Fault(`'${name.slice(0, 80)}' is disclosed twice`, given.id, "Refuse the release.");
    fields.set(name, value);
  }
  return fields;
}

/** Return digests that stand one after another, each by itself. */
function apart(digests: Bytes): Bytes[] {
  return Array.from({ length: Math.ceil(digests.length / DIGEST) }, (_, at) => digests.subarray(at * DIGEST, (at + 1) * DIGEST));
}

function opened(disclosure: Bytes, where: string): [string, Plain] {
  const parts = read(disclosure, where);
  if (Array.isArray(parts) && parts.length === 3) {
    const [salt, name, value] = parts;
    if (salt instanceof Uint8Array && salt.length === SALT && typeof name === "string" && value !== undefined && plain(value)) return [name, value];
  }
  throw new Fault("a disclosure is not [salt, name, value]", where, "Refuse the release.");
}

/** Whether this is text, number, truth value, nothing, or lists and maps of them. */
function plain(value: Plain): boolean {
  if (Array.isArray(value)) return value.every(plain);
  if (value instanceof Map) return [...value.values()].every(plain);
  return !(value instanceof Uint8Array);
}
