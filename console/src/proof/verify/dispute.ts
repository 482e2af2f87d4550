/** Disputes: areas that several claim, and to whom nobody tells where something is that lies there. */

import { empty, flaw, illSaid, repeated, tooMany, under, unknown, type Flaws } from "./flaw";
import { list, some, struct, text, type Of } from "./shape";

const LONGEST = 1_000; // characters of a source
const LONGEST_STATUS = 200;

export const DISPUTE = struct({ area: text(), claimants: list(text()), source: text(), status: text(), mask: some(text()) });
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
        ...illSaid(one.source, ["source"], LONGEST),
        ...illSaid(one.status, ["status"], LONGEST_STATUS),
      ],
      one.area,
    );
  }
}

/** Return the names of the areas in which nobody tells this party where something is. */
export const masking = (disputes: readonly Dispute[], partner: string): string[] => disputes.filter((one) => one.mask.includes(partner)).map((one) => one.area);
