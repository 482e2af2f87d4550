/** Postures: what remains of an agreement's clauses while relations are narrower than open (safeguard 10). */

import { empty, flaw, repeated, tooMany, under, unknown, type Flaws } from "./flaw";
import { list, struct, text, word, type Of } from "./shape";
import words from "./vocabulary.json";

export const REMAINING = struct({ posture: word(words.postures), only: list(text()), for: list(word(words.purposes)) });
type Remaining = Of<typeof REMAINING>;

/** Find all that makes the postures unusable; paths begin inside `postures`. */
export function* postureFlaws(written: readonly Remaining[], clauses: readonly string[], purposes: readonly string[]): Flaws {
  for (const one of written) {
    yield* under(
      [
        ...tooMany(one.only, "only"),
        ...repeated(one.only, "only"),
        ...unknown(one.only, clauses, "only", "clause of this agreement"),
        ...empty(one.for, "for", "purpose"),
        ...repeated(one.for, "for"),
        ...unknown(one.for, purposes, "for", "purpose of this agreement"),
      ],
      one.posture,
    );
    if (one.posture === words.postures[0]) yield flaw([one.posture], "open narrows nothing, so nothing can be written of it", "Remove it.");
  }
  for (const [at, narrower] of written.entries()) {
    const wider = written[at - 1];
    if (wider) yield* under(beyond(wider, narrower), narrower.posture);
  }
}

function* beyond(wider: Remaining, narrower: Remaining): Flaws {
  if (words.postures.indexOf(narrower.posture) <= words.postures.indexOf(wider.posture)) {
    yield flaw([], `it stands after ${wider.posture}, or twice`, "Write each once, the wider before the narrower.");
  }
  if (narrower.only.length === 0) return;
  for (const key of ["only", "for"] as const) {
    const kept: readonly string[] = wider[key];
    for (const [place, item] of narrower[key].entries()) {
      if (!kept.includes(item)) yield flaw([key, place], `'${item}' remains, and does not in ${wider.posture}, which is wider`, `Remove it, or keep it in ${wider.posture} too.`);
    }
  }
}
