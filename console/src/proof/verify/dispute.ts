/** Disputes: areas that several claim, on what, and to whom nobody tells where something is that lies there. */

import { empty, flaw, illSaid, repeated, tooMany, under, unknown, type Flaws } from "./flaw";
import { list, optional, some, struct, text, type Of } from "./shape";

const LONGEST = 1_000; // characters of a source
const LONGEST_CLAIM = 500; // characters of what a claim rests on, and of a step
const LONGEST_WORD = 200; // characters of a claimant, and of a status

export const DISPUTE = struct({
  area: text(),
  claimants: list(text()),
  source: text(),
  status: text(),
  mask: some(text()),
  claims: some(struct({ by: text(), says: text() })),
  step: optional(text(), ""),
});
export type Dispute = Of<typeof DISPUTE>;

/** Find all that makes the disputes unusable; paths begin inside `disputes`. */
export function* disputeFlaws(disputes: readonly Dispute[], parties: readonly string[], areas: readonly string[]): Flaws {
  const named = disputes.map((each) => each.area);
  for (const { what, remedy } of repeated(named, "area")) yield flaw([], what, remedy);
  for (const one of disputes) {
    for (const { what } of unknown([one.area], areas, "", "area of the annex")) yield flaw([one.area], what);
    yield* under(
      [
        ...empty(one.claimants, "claimants", "claimant"),
        ...tooMany(one.claimants, "claimants"),
        ...repeated(one.claimants, "claimants"),
        ...repeated(one.mask, "mask"),
        ...unknown(one.mask, parties, "mask", "party"),
        ...claims(one),
        ...lines(one),
      ],
      one.area,
    );
  }
}

function* claims({ claims: found, claimants }: Dispute): Flaws {
  for (const [place, { by }] of found.entries()) yield* under(unknown([by], claimants, "by", "claimant"), "claims", place);
  yield* repeated(
    found.map((claim) => claim.by),
    "claims",
  );
}

function* lines({ claimants, source, status, claims: found, step }: Dispute): Flaws {
  for (const [place, claimant] of claimants.entries()) yield* illSaid(claimant, ["claimants", place], LONGEST_WORD);
  yield* illSaid(source, ["source"], LONGEST);
  yield* illSaid(status, ["status"], LONGEST_WORD);
  for (const [place, { says }] of found.entries()) yield* illSaid(says, ["claims", place, "says"], LONGEST_CLAIM);
  if (step) yield* illSaid(step, ["step"], LONGEST_CLAIM);
}

/** Return the names of the areas in which nobody tells this party where something is. */
export const masking = (disputes: readonly Dispute[], partner: string): string[] => disputes.filter((one) => one.mask.includes(partner)).map((one) => one.area);
