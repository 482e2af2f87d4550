/** Powers: which units of a party may do what where in another's waters or land (docs/formats/powers.md). */

import { empty, flaw, illNamed, noLine, repeated, tooMany, under, unknown, type Flaws } from "./flaw";
import { DAY } from "./instant";
import { integer, list, optional, said, some, struct, text, word, type Of } from "./shape";
import words from "./vocabulary.json";
import { isZone } from "./zone";

const MOST = 200;
const MOST_ITEMS = 100;
const FARTHEST = 1_000_000n; // metres
const LONGEST = 30n * DAY;
const LONGEST_LINE = 200; // characters
const ACT = word(words.unit_acts);

export const POWER = struct({
  id: text(),
  unit: struct({ of: text(), kind: list(word(words.unit_kinds)) }),
  may: some(ACT),
  where: list(text()),
  within: optional(said(struct({ distance: optional(integer(), 0n), time: optional(integer(), 0n) })), { distance: 0n, time: 0n }),
  on: optional(said(struct({ offence: some(word(words.offences)) })), { offence: [] }),
  must: some(struct({ notify: text(), before: word(words.moments) })),
  never: some(ACT),
  instrument: optional(text(), ""),
  article: optional(text(), ""),
});
type Power = Of<typeof POWER>;

/** Find all that makes the powers unusable among these parties and areas; paths begin inside `powers`. */
export function* powerFlaws(powers: readonly Power[], parties: readonly string[], areas: readonly string[]): Flaws {
  if (powers.length > MOST) yield flaw([], `${powers.length} powers are more than the ${MOST} allowed`, "Split the agreement.");
  const seen = new Set<string>();
  for (const [place, power] of powers.entries()) {
    if (seen.has(power.id)) yield flaw([place, "id"], `the power '${power.id}' stands twice`, "Give each its own id.");
    seen.add(power.id);
    yield* under(flawsOf(power, parties, areas), place);
  }
  for (const name of powers.length > 0 ? areas.filter(isZone) : []) {
    yield flaw([], `the area '${name}' is named like a zone, so no power can name it`, "Name it otherwise.");
  }
}

function* flawsOf(power: Power, parties: readonly string[], areas: readonly string[]): Flaws {
  yield* illNamed(power.id, ["id"], "a power");
  yield* under(unknown([power.unit.of], parties, "of", "party"), "unit");
  yield* lists(power);
  yield* under(empty(power.unit.kind, "kind", "kind of unit"), "unit");
  yield* empty(power.where, "where", "area or zone");
  yield* unknown(power.where, [...areas, ...power.where.filter(isZone)], "where", "area of the annex, nor a zone");
  for (const [place, duty] of power.must.entries()) yield* under(unknown([duty.notify], parties, "notify", "party"), "must", place);
  yield* acts(power);
  yield* limits(power);
}

function* lists({ may, never, where, must, unit, on }: Power): Flaws {
  const duties = must.map((duty) => `${duty.notify} before ${duty.before}`);
  for (const [key, items] of Object.entries({ may, never, where, must: duties })) {
    yield* tooMany(items, key, MOST_ITEMS);
    yield* repeated(items, key);
  }
  yield* under(repeated(unit.kind, "kind"), "unit");
  yield* under(repeated(on.offence, "offence"), "on");
}

function* acts({ id, may, never }: Power): Flaws {
  if (may.length === 0 && never.length === 0) yield flaw(["id"], `the power '${id}' neither lets nor forbids anything`, "Add `may:` or `never:`.");
  for (const [place, act] of never.entries()) {
    if (may.includes(act)) yield flaw(["never", place], `'${act}' is both let and forbidden`, "Remove one of the two.");
    if (act === "rescue") yield flaw(["never", place], "rescue cannot be forbidden", "Remove it.");
  }
}

function* limits({ within, instrument, article }: Power): Flaws {
  if (within.distance < 0n || within.distance > FARTHEST) yield flaw(["within", "distance"], "the distance exceeds 1000 km", "Write it like 10 nm.");
  if (within.time < 0n || within.time > LONGEST) yield flaw(["within", "time"], "the time exceeds 30 d", "Write it like 2 h.");
  yield* noLine(instrument, ["instrument"], LONGEST_LINE);
  yield* noLine(article, ["article"], LONGEST_LINE);
  if (article && !instrument) yield flaw(["article"], "an article of no instrument", "Name the instrument.");
}
