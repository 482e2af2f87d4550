/** The terms: an agreement in its canonical form, and its digest (docs/formats/agreement.md). */

import { digest, utf8, type Bytes } from "./bytes";
import type { Card } from "./card";
import { Fault } from "./fault";
import { flaws } from "./flaw";
import type { Plain } from "./cbor";
import { integer, list, Misshapen, optional, readAs, real, struct, text, truth, word, type Of } from "./shape";
import { BadSignature, SIGNATURE_LENGTH, verify, verifyLattice } from "./keys";
import words from "./vocabulary.json";

const LABEL = "comity/agreement/v1";
const POSITION = struct({ latitude: real(-90, 90), longitude: real(-180, 180) });
const NAMES = list(text());

/** A blur of nothing is left out: one agreement has one form. */
function spokenOut(value: Plain): bigint {
  const metres = integer()(value);
  if (metres === 0n) throw new Misshapen("a blur of nothing is written out");
  return metres;
}

const CLAUSE = struct({
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

const ANSWERING = struct({
  id: text(),
  answer: word(words.inquiries),
  as: word(words.manners),
  among: list(word(words.kinds)),
  to: NAMES,
  from: NAMES,
  for: list(word(words.purposes)),
  ask_at_most: struct({ per_day: integer() }),
  keep: integer(),
});
export type Answering = Of<typeof ANSWERING>;

const SCHEME = struct({ scheme: text(), source: text(), parts: list(list(struct({ code: text(), meaning: text() }))) });
const RELATIONS = ["exact", "broader", "narrower", "lossy"] as const;
const CROSSWALK = struct({
  crosswalk: text(),
  version: integer(),
  from: SCHEME,
  to: SCHEME,
  mappings: list(struct({ code: text(), to: text(), as: word(RELATIONS), loses: optional(text(), "") })),
  none: optional(list(struct({ code: text(), why: text() })), []),
});

const TERMS = struct({
  agreement: text(),
  version: integer(),
  between: NAMES,
  basis: list(struct({ instrument: text(), article: optional(text(), "") })),
  in_force: struct({ from: integer(), until: integer() }),
  purposes: list(word(words.purposes)),
  clauses: list(CLAUSE),
  answers: optional(list(ANSWERING), []),
  postures: optional(list(struct({ posture: word(words.postures), only: NAMES, for: list(word(words.purposes)) })), []),
  disputes: optional(
    list(struct({ area: text(), claimants: NAMES, source: text(), status: text(), mask: optional<string[]>(NAMES, []) })),
    [],
  ),
  rescue: optional(list(struct({ node: text(), areas: NAMES })), []),
  after: struct({ erase: integer(), prove: text() }),
  witnesses: struct({ quorum: integer(), required: NAMES }),
  crosswalks: optional(list(CROSSWALK), []), // they decide nothing: read, and looked at no further
  suite: optional(word(words.suites), words.suites[0] ?? ""),
  areas: list(struct({ name: text(), polygons: list(list(list(POSITION))), title: text(), source: text() })),
});
export type Terms = Of<typeof TERMS>;

/**
 * Return the terms that these canonical bytes are, without a flaw in them.
 *
 * @throws Fault: they are not canonical, no terms, or flawed.
 */
export function readTerms(data: Bytes): Terms {
  const terms = readAs(data, TERMS, "Terms", "agreement");
  for (const flaw of flaws(terms)) throw new Fault(flaw.what, `agreement: ${flaw.path.join(".")}`, flaw.remedy);
  return terms;
}

/** Return what parties sign. */
export const termsDigest = (data: Bytes): Promise<Bytes> => digest(utf8("comity/terms/v1\0"), data);

/** Whether the agreement demands two signatures of everything that passes under it. */
export const demandsBoth = (terms: Terms): boolean => terms.suite === words.suites[1];

/**
 * Check that the holder of the card's identity keys signed the agreement of this digest. Where the agreement demands
 * two signatures, the second stands behind the first.
 *
 * @throws BadSignature: it did not.
 */
export async function verifySigned(card: Card, termsDigest: Bytes, signature: Bytes, both: boolean): Promise<void> {
  await verify(card.identity, LABEL, termsDigest, signature.slice(0, SIGNATURE_LENGTH));
  if (both) await verifyLattice(card.identity_pq, LABEL, termsDigest, signature.slice(SIGNATURE_LENGTH));
  else if (signature.length !== SIGNATURE_LENGTH) throw new BadSignature("there is a signature that the suite does not have");
}
