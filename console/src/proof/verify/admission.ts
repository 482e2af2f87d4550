/** Admission: whether the agreement let this record be given; what a receiver's node checks, in the same order. */

import { contains } from "./area";
import { same, type Bytes } from "./bytes";
import type { Clause } from "./clause";
import { answer, readCondition, type Facts } from "./condition";
import { masking } from "./dispute";
import { fits, known, placeOf, type Place } from "./field";
import { graded, marksWithin, within, type Fields, type Given } from "./given";
import { MINUTE } from "./instant";
import type { Leave } from "./onward";
import type { Terms } from "./terms";
import words from "./vocabulary.json";

type Code = "malformed" | "not-in-force" | "not-permitted";

const SKEW = 5n * MINUTE; // how far the two nodes' clocks may differ
const RESCUE = words.rescue;
const WITHOUT_PATH: readonly string[] = words.without_path;
const ASKED: Record<string, string[]> = words.asked;

/** Whether an officer wrote the record: it can be without a position. */
const written = (given: Given): boolean => words.written.includes(given.kind);

/** What is judged: the record as given, and who gave it to whom, when, under which terms. */
export interface Release {
  given: Given;
  fields: Fields;
  sender: string;
  receiver: string;
  terms: Terms;
  digest: Bytes;
  now: bigint;
  /** What the sender was given by the originator, where that is another. */
  leave: Leave | null;
  /** What binds the record as it was given. */
  bound: Bytes;
}

/** Return the coarse code with which the release is refused, null if it is admitted. */
export function admit(release: Release): Code | null {
  const { given, fields } = release;
  if (given.kind === "person") return "not-permitted"; // no bundle is made of one, as it would carry what was given
  if (![...fields].every(([name, value]) => fits(given.kind, name, value))) {
    return known(given.kind).length > 0 ? "malformed" : "not-permitted";
  }
  return given.owner === release.sender || left(release) ? judged(release) : "not-permitted";
}

function judged(release: Release): Code | null {
  const { given, sender, receiver, terms, now } = release;
  if (WITHOUT_PATH.includes(given.kind) || sender === receiver) return "not-permitted";
  if (!same(given.agreement, release.digest)) return "not-in-force";
  if (!terms.between.includes(sender) || !terms.between.includes(receiver)) return "not-permitted";
  if (given.clause === RESCUE.clause) return rescued(release) ? null : "not-permitted";
  if (now < terms.in_force.from || now >= terms.in_force.until) return "not-in-force";
  const clause = terms.clauses.find((each) => each.id === given.clause);
  return clause && covered(release, clause) && timely(release, clause) ? null : "not-permitted";
}

/** Whether the originator's leave covers just this record, as it gave it, from this sender (safeguard 8). */
function left({ given, fields, sender, receiver, leave, bound, now }: Release): boolean {
  return (
    leave !== null &&
    given.clause !== RESCUE.clause &&
    leave.originator === given.owner &&
    leave.holder === sender &&
    leave.recipient === receiver &&
    leave.kind === given.kind &&
    leave.record === given.id &&
    leave.version === fields.get("version") &&
    given.owner !== receiver &&
    written(given) &&
    leave.purpose === given.purpose &&
    same(leave.bound, bound) &&
    leave.handling.onward !== "no" &&
    within(given.handling, leave.handling) &&
    given.keep_until <= leave.keep_until &&
    now < leave.until + SKEW
  );
}

/** Whether it counts and need not be erased yet, nor may be kept longer than clause and agreement allow. */
function timely({ given, fields, terms, now }: Release, clause: Clause): boolean {
  const expires = written(given) ? fields.get("expires") : undefined;
  if (typeof expires === "bigint" && now > expires + SKEW) return false;
  const [byClause, byEnd] = [now + clause.keep, terms.in_force.until + terms.after.erase];
  const latest = byClause < byEnd ? byClause : byEnd;
  return now < given.keep_until && given.keep_until <= latest + SKEW;
}

/** Whether the clause gives this much of such a record to this receiver for this purpose. */
function covered(release: Release, clause: Clause): boolean {
  const { given, fields, sender, receiver } = release;
  return (
    clause.give === given.kind &&
    clause.from.includes(sender) &&
    clause.to.includes(receiver) &&
    clause.for.some((purpose) => purpose === given.purpose) &&
    [...fields.keys()].every((name) => clause.fields.includes(name)) &&
    given.handling.tlp !== "RED" &&
    marksWithin(given.handling, clause.handling) &&
    placed(release, clause) &&
    unmasked(release, clause) &&
    (given.kind !== "track" || tracked(fields.get("kind"))) &&
    (!written(given) || answeredFor(release)) &&
    notContradicted(release, clause)
  );
}

/** Whether a track is of a ship or aircraft, where it says what it is of (safeguards 3 and 6). */
function tracked(kind: unknown): boolean {
  return kind === undefined || (typeof kind === "string" && words.shared.includes(kind));
}

/** Whether what is written carries all that it needs, its grading, and identifiers of ships and aircraft only. */
function answeredFor({ given, fields }: Release): boolean {
  if (words.needed.some((name) => !fields.has(name)) || fields.get("grading") !== graded(given.handling)) return false;
  const subjects = fields.get("subjects");
  const shared = Array.isArray(subjects) && subjects.length > 0 && subjects.every((each) => typeof each === "string" && words.shared.includes(each));
  return shared || subjects === undefined || subjects === null || !words.identifiers.some((name) => fields.has(name));
}

/** Whether the position, where given, is as coarse as the clause wants it, or else in the clause's areas. */
function placed({ given, fields, terms }: Release, clause: Clause): boolean {
  const named = written(given) ? (fields.get("area") ?? null) : null;
  const value = fields.get("position");
  const place = placeOf(value);
  if (place === null || !(value instanceof Map)) return named === null || (typeof named === "string" && clause.where.includes(named));
  if (named !== null) return false;
  if (clause.blur.position !== 0n) {
    const stated = value.get("within");
    return typeof stated === "bigint" && stated >= clause.blur.position;
  }
  return clause.where.some((name) => terms.areas.some((area) => area.name === name && contains(area, place)));
}

/** Whether it does not say that it lies where nobody tells this receiver so; a coarse position says that of none. */
function unmasked({ given, fields, terms, receiver }: Release, clause: Clause): boolean {
  const masked = masking(terms.disputes, receiver);
  const place = placeOf(fields.get("position"));
  if (place !== null && clause.blur.position === 0n) return !terms.areas.some((area) => masked.includes(area.name) && contains(area, place));
  const named = fields.get("area");
  return !written(given) || typeof named !== "string" || !masked.includes(named);
}

/** Whether what is disclosed leaves it open that the clause's condition held. */
function notContradicted({ given, fields }: Release, clause: Clause): boolean {
  if (!clause.if) return true;
  const facts: Facts = new Map();
  for (const name of ASKED[given.kind] ?? []) {
    const value = fields.get(name);
    if (typeof value === "string" || typeof value === "number") facts.set(`${given.kind}.${name}`, value);
    else if (typeof value === "bigint") facts.set(`${given.kind}.${name}`, Number(value));
  }
  return answer(readCondition(clause.if), facts) !== false;
}

/** Whether it is position and need, and the receiver the competent rescue centre (safeguard 13). */
function rescued(release: Release): boolean {
  const { given, fields, receiver, terms, now } = release;
  const place = placeOf(fields.get("position"));
  return (
    !written(given) &&
    place !== null &&
    competent(terms, receiver, place) &&
    given.purpose === RESCUE.purpose &&
    [...fields.keys()].every((name) => RESCUE.fields.includes(name)) &&
    marksWithin(given.handling, RESCUE.marks) &&
    now < given.keep_until &&
    given.keep_until <= now + BigInt(RESCUE.keep) + SKEW
  );
}

function competent(terms: Terms, node: string, place: Place): boolean {
  const around = terms.areas.filter((area) => contains(area, place)).map((area) => area.name);
  return terms.rescue.some((centre) => centre.node === node && centre.areas.some((area) => around.includes(area)));
}
