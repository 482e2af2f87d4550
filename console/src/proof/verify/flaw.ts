/** Flaws: what makes well-formed terms unusable; the same as the node finds, in the same order. */

import type { Area, Ring } from "./area";
import { characters, quoted } from "./bytes";
import { kindsOf, readCondition, writtenCondition, type Condition } from "./condition";
import { Fault } from "./fault";
import { known, needed } from "./field";
import type { Answering, Clause, Terms } from "./terms";
import words from "./vocabulary.json";

/** What is wrong where, and what to do about it. */
export interface Flaw {
  path: (string | number)[];
  what: string;
  remedy: string;
}
type Flaws = Generator<Flaw, void, undefined>;

const NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const LATEST = 253_402_300_799_999n; // the last instant that can be written
const DAY = 86_400_000n;
const LONGEST_KEPT = 3_660n * DAY;
const COARSEST = 100_000n; // metres
const MOST_POINTS = 50_000;
const FREE_TEXT: readonly string[] = words.free_text;
const TOLD: Record<string, string[]> = words.told;

const flaw = (path: (string | number)[], what: string, remedy = ""): Flaw => ({ path, what, remedy });

function* under(found: Iterable<Flaw>, ...above: (string | number)[]): Flaws {
  for (const each of found) yield { ...each, path: [...above, ...each.path] };
}

function* repeated(items: readonly string[], key: string): Flaws {
  const seen = new Set<string>();
  for (const [place, item] of items.entries()) {
    if (seen.has(item)) yield flaw([key, place], `'${item}' stands twice`, "Name it once.");
    seen.add(item);
  }
}

function* unknown(items: readonly string[], choices: readonly string[], key: string, noun: string): Flaws {
  for (const [place, item] of items.entries()) {
    if (!choices.includes(item)) yield flaw([key, place], `'${item}' is no ${noun}`);
  }
}

function* empty(items: readonly unknown[], key: string, noun: string): Flaws {
  if (items.length === 0) yield flaw([key], `no ${noun} is named`, "Name at least one.");
}

function* illNamed(name: string, path: (string | number)[], noun: string): Flaws {
  if (!NAME.test(name)) yield flaw(path, `${quoted(name)} is no name of ${noun}`, "Use small letters, digits, dots, hyphens.");
}

function* tooMany(items: readonly unknown[], most: number, key: string): Flaws {
  if (items.length > most) yield flaw([key], `${items.length} items are more than the ${most} allowed`, "Shorten it.");
}

/** Find all that makes the terms unusable, by path into the document. */
export function* flaws(terms: Terms): Flaws {
  yield* illNamed(terms.agreement, ["agreement"], "an agreement");
  if (terms.version < 1n || terms.version >= 2n ** 31n) yield flaw(["version"], "the version is not a whole number from 1", "Count versions from 1.");
  yield* parties(terms.between);
  yield* basis(terms.basis);
  yield* times(terms);
  yield* purposes(terms);
  yield* under(areas(terms.areas), "annex");
  yield* clauses(terms);
  yield* under(disputes(terms), "annex", "disputes");
  yield* under(postures(terms), "postures");
  yield* under(rescue(terms), "rescue", "centres");
  yield* witnesses(terms.witnesses);
}

function* parties(between: string[]): Flaws {
  if (between.length < 2) yield flaw(["between"], "an agreement needs two parties", "Name both nodes.");
  yield* tooMany(between, 100, "between");
  yield* repeated(between, "between");
  for (const [place, name] of between.entries()) {
    yield* illNamed(name, ["between", place], "a node");
    if (name === "all") yield flaw(["between", place], "`all` stands for every party", "Name the node otherwise.");
  }
}

function* basis(found: Terms["basis"]): Flaws {
  yield* empty(found, "basis", "legal basis");
  yield* tooMany(found, 20, "basis");
  for (const [place, { instrument, article }] of found.entries()) {
    const named = instrument.trim() !== "" && characters(instrument) <= 200 && characters(article) <= 200;
    if (!named) yield flaw(["basis", place], "a basis has no name, or one of over 200 characters", "Name the instrument.");
  }
}

function* times({ in_force: term, after }: Terms): Flaws {
  if (!(0n <= term.from && term.from < term.until && term.until <= LATEST)) {
    yield flaw(["in_force", "until"], "the agreement ends before it begins", "Exchange or mend the two dates.");
  }
  if (after.erase <= 0n || after.erase > LONGEST_KEPT) yield flaw(["after", "erase"], "erasure is due at once, or after more than ten years", "Write it like 30 d.");
  if (after.prove !== "receipt") yield flaw(["after", "prove"], `erasure cannot be proved by '${after.prove}'`, "Write receipt.");
}

function* purposes(terms: Terms): Flaws {
  yield* empty(terms.purposes, "purposes", "purpose");
  yield* repeated(terms.purposes, "purposes");
  if (terms.rescue.length > 0 && !terms.purposes.includes("search-and-rescue")) {
    yield flaw(["purposes"], "rescue centres are named, but no such purpose", "Add search-and-rescue.");
  }
}

function* areas(found: Area[]): Flaws {
  if (found.length > 200) yield flaw(["areas"], `${found.length} areas are more than the 200 allowed`, "Split the agreement.");
  const points = found.flatMap((area) => area.polygons.flat()).reduce((sum, ring) => sum + ring.length, 0);
  if (points > MOST_POINTS) yield flaw(["areas"], `${points} points are more than the ${MOST_POINTS} allowed`, "Simplify the areas.");
  yield* repeated(found.map((area) => area.name), "areas");
  for (const area of found) {
    yield* illNamed(area.name, ["areas", area.name], "an area");
    const path = ["areas", area.name, "coordinates"];
    if (area.polygons.length === 0 || area.polygons.some((polygon) => polygon.length === 0)) {
      yield flaw(path, `${area.name} has no outline`, "Draw one ring of at least four points.");
    }
    for (const ring of area.polygons.flat()) yield* outline(ring, area.name, path);
  }
}

function* outline(ring: Ring, name: string, path: string[]): Flaws {
  const [first, last] = [ring[0], ring.at(-1)];
  const closed = first && last && first.latitude === last.latitude && first.longitude === last.longitude;
  if (ring.length < 4 || !closed) yield flaw(path, `${name}: a ring is not closed, or has fewer than four points`, "Let its last point repeat its first.");
  const crosses = ring.some((point, at) => at > 0 && Math.abs((ring[at - 1]?.longitude ?? 0) - point.longitude) >= 180);
  if (crosses) yield flaw(path, `${name}: an edge crosses the antimeridian`, "Cut the area in two there (RFC 7946, section 3.1.9).");
}

function* clauses(terms: Terms): Flaws {
  const every = [...terms.clauses, ...terms.answers];
  yield* empty(every, "clauses", "clause");
  yield* tooMany(every, 500, "clauses");
  const seen = new Set<string>();
  for (const [key, found] of [["clauses", terms.clauses], ["answers", terms.answers]] as const) {
    for (const [place, one] of found.entries()) {
      if (seen.has(one.id)) yield flaw([key, place, "id"], `the clause '${one.id}' stands twice`, "Give each its own id.");
      seen.add(one.id);
    }
  }
  for (const [place, one] of terms.clauses.entries()) yield* under(clause(one, terms), "clauses", place);
  for (const [place, one] of terms.answers.entries()) yield* under(answering(one, terms), "answers", place);
}

type Lists = [string, string[], readonly string[], string][];

function* named(id: string): Flaws {
  yield* illNamed(id, ["id"], "a clause");
  if (id.startsWith("safeguard-")) yield flaw(["id"], "names that begin with safeguard- are kept for the safeguards", "Choose another.");
}

function* chosen(lists: Lists): Flaws {
  for (const [key, items, choices, noun] of lists) {
    yield* empty(items, key, noun);
    yield* tooMany(items, 1_000, key);
    yield* repeated(items, key);
    yield* unknown(items, choices, key, noun);
  }
}

function* answering(one: Answering, terms: Terms): Flaws {
  yield* named(one.id);
  yield* chosen([
    ["to", one.to, terms.between, "party"],
    ["from", one.from, terms.between, "party"],
    ["for", one.for, terms.purposes, "purpose of this agreement"],
    ["among", one.among, words.searchable, "kind that is searched"],
  ]);
  if (!words.answerable.includes(one.answer)) yield flaw(["answer"], `a ${one.answer} has no answer before its safeguards stand`, `Write ${words.answerable.join(" or ")}.`);
  const budget = one.ask_at_most.per_day;
  if (budget < 1n || budget > 100_000n) yield flaw(["ask_at_most", "per_day"], "the budget is not 1 to 100000", "Write a whole number.");
  if (one.keep < DAY || one.keep > LONGEST_KEPT) {
    yield flaw(["keep"], "a question is kept for less than the day over which it counts, or for more than ten years", "Write it like 30 d.");
  }
}

function* clause(one: Clause, terms: Terms): Flaws {
  yield* named(one.id);
  yield* chosen([
    ["where", one.where, terms.areas.map((area) => area.name), "area of the annex"],
    ["to", one.to, terms.between, "party"],
    ["from", one.from, terms.between, "party"],
    ["for", one.for, terms.purposes, "purpose of this agreement"],
  ]);
  yield* given(one);
  if (one.if) yield* asked(one.if, one.give);
  yield* limits(one);
}

function* given(one: Clause): Flaws {
  const fields = known(one.give);
  if (fields.length === 0) {
    yield flaw(["give"], `a ${one.give} cannot be given by a clause`, `Write ${Object.keys(words.fields).join(" or ")}.`);
    return;
  }
  yield* repeated(one.fields, "fields");
  yield* unknown(one.fields, fields, "fields", `field of ${one.give} records`);
  for (const name of needed(one.give)) {
    if (!one.fields.includes(name)) yield flaw(["fields"], `${name} is not given, and no ${one.give} travels without it`, `Add ${name}.`);
  }
  yield* one.blur.position !== 0n ? blurred(one) : told(one);
}

function* blurred(one: Clause): Flaws {
  if (!one.fields.includes("position")) yield flaw(["blur"], "a position is blurred that is not given", "Remove the blur, or add position.");
  for (const [place, name] of one.fields.entries()) {
    if (FREE_TEXT.includes(name)) yield flaw(["fields", place], `${name} could tell the position that is blurred`, `Remove ${name}.`);
  }
}

function* told(one: Clause): Flaws {
  for (const [place, name] of one.fields.entries()) {
    const withheld = (Object.hasOwn(TOLD, name) ? (TOLD[name] ?? []) : []).filter((each) => !one.fields.includes(each)).sort().join(", ");
    if (withheld) yield flaw(["fields", place], `${name} can tell ${withheld}, which the clause withholds`, `Remove ${name}, or give ${withheld} too.`);
  }
}

function* asked(text: string, give: string): Flaws {
  let tree: Condition;
  try {
    tree = readCondition(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    yield flaw(["if"], error.what, error.remedy);
    return;
  }
  if (writtenCondition(tree) !== text) yield flaw(["if"], "the condition is not in its one text", `Write it like ${writtenCondition(tree)}`);
  for (const [name, kind] of kindsOf(tree).sort()) {
    if (kind !== null && kind !== give) yield flaw(["if"], `a ${give} has no ${name}`, "Ask about something that it has.");
  }
}

function* limits(one: Clause): Flaws {
  if (one.handling.tlp === "RED") yield flaw(["handling", "tlp"], "what is marked RED is never given", "Write AMBER+STRICT, or wider.");
  if (one.keep <= 0n || one.keep > LONGEST_KEPT) yield flaw(["keep"], "it is kept for no time, or for more than ten years", "Write it like 30 d.");
  if (one.blur.position < 0n || one.blur.position > COARSEST) yield flaw(["blur", "position"], `the blur exceeds ${COARSEST} m`, "Write it like 2 km.");
}

function* disputes(terms: Terms): Flaws {
  const names = terms.areas.map((area) => area.name);
  for (const one of repeated(terms.disputes.map((each) => each.area), "area")) yield flaw([], one.what, one.remedy);
  for (const { area, claimants, mask, source, status } of terms.disputes) {
    if (!names.includes(area)) yield flaw([area], `'${area}' is no area of the annex`);
    const found = [
      ...empty(claimants, "claimants", "claimant"),
      ...tooMany(claimants, 1_000, "claimants"),
      ...repeated(claimants, "claimants"),
      ...repeated(mask, "mask"),
      ...unknown(mask, terms.between, "mask", "party"),
    ];
    for (const [key, said, most] of [["source", source, 1_000], ["status", status, 200]] as const) {
      if (said.trim() === "" || characters(said) > most) found.push(flaw([key], `nothing is said, or more than ${most} characters`, "Say it in one line."));
    }
    yield* under(found, area);
  }
}

function* postures(terms: Terms): Flaws {
  const ids = [...terms.clauses, ...terms.answers].map((one) => one.id);
  for (const { posture, only, for: asked } of terms.postures) {
    yield* under(tooMany(only, 1_000, "only"), posture);
    yield* under(repeated(only, "only"), posture);
    yield* under(unknown(only, ids, "only", "clause of this agreement"), posture);
    yield* under(empty(asked, "for", "purpose"), posture);
    yield* under(repeated(asked, "for"), posture);
    yield* under(unknown(asked, terms.purposes, "for", "purpose of this agreement"), posture);
    if (posture === words.postures[0]) yield flaw([posture], "open narrows nothing, so nothing can be written of it", "Remove it.");
  }
  for (const [place, narrower] of terms.postures.entries()) {
    const wider = terms.postures[place - 1];
    if (wider) yield* under(beyond(wider, narrower), narrower.posture);
  }
}

type Remaining = Terms["postures"][number];

function* beyond(wider: Remaining, narrower: Remaining): Flaws {
  const name = wider.posture;
  const place = (one: Remaining): number => words.postures.indexOf(one.posture);
  if (place(narrower) <= place(wider)) yield flaw([], `it stands after ${name}, or twice`, "Write each once, the wider before the narrower.");
  if (narrower.only.length === 0) return;
  for (const [key, more, less] of [["only", narrower.only, wider.only], ["for", narrower.for, wider.for]] as const) {
    for (const [at, item] of more.entries()) {
      if (!less.includes(item)) yield flaw([key, at], `'${item}' remains, and does not in ${name}, which is wider`, `Remove it, or keep it in ${name} too.`);
    }
  }
}

function* rescue(terms: Terms): Flaws {
  const seen = new Set<string>();
  const taken = new Map<string, string>();
  for (const { node, areas: places } of terms.rescue) {
    if (seen.has(node)) yield flaw([node], `'${node}' stands twice`, "Name it once.");
    seen.add(node);
    if (!terms.between.includes(node)) yield flaw([node], `'${node}' is no party`);
    yield* empty(places, node, "area");
    yield* repeated(places, node);
    yield* unknown(places, terms.areas.map((area) => area.name), node, "area of the annex");
    for (const [place, area] of places.entries()) {
      const other = taken.get(area) ?? node;
      taken.set(area, other);
      if (other !== node) yield flaw([node, place], `'${area}' has ${other} for its centre`, "Name one centre for each area.");
    }
  }
}

function* witnesses({ required, quorum }: Terms["witnesses"]): Flaws {
  yield* under(empty(required, "required", "witness"), "witnesses");
  yield* under(repeated(required, "required"), "witnesses");
  yield* under(tooMany(required, 20, "required"), "witnesses");
  for (const [place, name] of required.entries()) yield* illNamed(name, ["witnesses", "required", place], "a witness");
  const least = BigInt(Math.max(1, required.length));
  if (quorum < least || quorum > 100n) yield flaw(["witnesses", "quorum"], "the quorum is smaller than the witnesses required", "Raise the quorum.");
}
