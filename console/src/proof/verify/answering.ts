/** Answering clauses: which inquiries of whom are answered, with what, among which records, and how often. */

import { LONGEST_KEPT, named, type Around } from "./clause";
import { chosen, flaw, type Flaws } from "./flaw";
import { DAY } from "./instant";
import { integer, list, struct, text, word, type Of } from "./shape";
import words from "./vocabulary.json";

const MOST_A_DAY = 100_000n;

export const ANSWERING = struct({
  id: text(),
  answer: word(words.inquiries),
  as: word(words.manners),
  among: list(word(words.kinds)),
  to: list(text()),
  from: list(text()),
  for: list(word(words.purposes)),
  ask_at_most: struct({ per_day: integer() }),
  keep: integer(),
});
export type Answering = Of<typeof ANSWERING>;

/** Find all that makes the clause unusable. */
export function* answeringFlaws(one: Answering, { parties, purposes }: Around): Flaws {
  yield* named(one.id);
  yield* chosen([
    ["to", one.to, parties, "party"],
    ["from", one.from, parties, "party"],
    ["for", one.for, purposes, "purpose of this agreement"],
    ["among", one.among, words.searchable, "kind that is searched"],
  ]);
  if (!words.answerable.includes(one.answer)) yield flaw(["answer"], `a ${one.answer} has no answer before its safeguards stand`, `Write ${words.answerable.join(" or ")}.`);
  const budget = one.ask_at_most.per_day;
  if (budget < 1n || budget > MOST_A_DAY) yield flaw(["ask_at_most", "per_day"], `the budget is not 1 to ${MOST_A_DAY}`, "Write a whole number.");
  if (one.keep < DAY || one.keep > LONGEST_KEPT) {
    yield flaw(["keep"], "a question is kept for less than the day over which it counts, or for more than ten years", "Write it like 30 d.");
  }
}
