/** Clauses: what may be given, to whom, where, what for, how much of it and for how long. */

import { kindsOf, readCondition, writtenCondition, type Condition } from "./condition";
import { Fault } from "./fault";
import { known, needed } from "./field";
import { chosen, flaw, illNamed, repeated, unknown, type Flaws } from "./flaw";
import { DAY } from "./instant";
import { integer, list, Misshapen, optional, struct, text, truth, word, type Of } from "./shape";
import type { Plain } from "./cbor";
import words from "./vocabulary.json";

export const LONGEST_KEPT = 3_660n * DAY;
const LONGEST_REVIEW = 366n * DAY;
const COARSEST = 100_000n; // metres
const FREE_TEXT: readonly string[] = words.free_text;
const TOLD: Record<string, string[]> = words.told;
const NAMES = list(text());

/** A blur of nothing is left out: one agreement has one form. */
function spokenOut(value: Plain): bigint {
  const metres = integer()(value);
  if (metres === 0n) throw new Misshapen("a blur of nothing is written out");
  return metres;
}

export const CLAUSE = struct({
  id: text(),
  give: word(words.kinds),
  where: NAMES,
  if: optional(text(), ""),
  to: NAMES,
  from: NAMES,
  for: list(word(words.purposes)),
  fields: NAMES,
  blur: optional(struct({ position: spokenOut }), { position: 0n }),
  handling: struct({ tlp: word(words.tlp), onward: word(words.onward), proceedings: optional(truth, false) }),
  keep: integer(),
});
export type Clause = Of<typeof CLAUSE>;

/** What clauses name: parties and purposes of the agreement, and areas of its annex. */
export interface Around {
  parties: readonly string[];
  purposes: readonly string[];
  areas: readonly string[];
}

/** Find what is wrong with the name of a clause. */
export function* named(id: string): Flaws {
  yield* illNamed(id, ["id"], "a clause");
  if (id.startsWith("safeguard-")) yield flaw(["id"], "names that begin with safeguard- are kept for the safeguards", "Choose another.");
}

/** Find all that makes the clause unusable. */
export function* clauseFlaws(one: Clause, { parties, purposes, areas }: Around): Flaws {
  yield* named(one.id);
  yield* chosen([
    ["where", one.where, areas, "area of the annex"],
    ["to", one.to, parties, "party"],
    ["from", one.from, parties, "party"],
    ["for", one.for, purposes, "purpose of this agreement"],
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

/** What a clause must not say of records about persons: their marks are strict, and their time is short. */
function* personal({ handling, keep }: Clause): Flaws {
  if (!["AMBER", "AMBER+STRICT", "RED"].includes(handling.tlp)) yield flaw(["handling", "tlp"], "a record about a person is marked AMBER or stricter", "Write AMBER.");
  if (handling.onward !== "no") yield flaw(["handling", "onward"], "a record about a person is passed on to nobody", "Write no.");
  if (keep > LONGEST_REVIEW) yield flaw(["keep"], "a record about a person is kept for 366 days at most", "Write it like 90 d.");
}

function* limits(one: Clause): Flaws {
  if (one.handling.tlp === "RED") yield flaw(["handling", "tlp"], "what is marked RED is never given", "Write AMBER+STRICT, or wider.");
  if (one.keep <= 0n || one.keep > LONGEST_KEPT) yield flaw(["keep"], "it is kept for no time, or for more than ten years", "Write it like 30 d.");
  if (one.give === "person") yield* personal(one);
  if (one.blur.position < 0n || one.blur.position > COARSEST) yield flaw(["blur", "position"], `the blur exceeds ${COARSEST} m`, "Write it like 2 km.");
}
