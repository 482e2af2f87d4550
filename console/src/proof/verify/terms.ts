/** The terms: an agreement in its canonical form, and its digest (docs/formats/agreement.md). */

import { AREA, areaFlaws } from "./annex";
import { ANSWERING, answeringFlaws } from "./answering";
import { digest, utf8, type Bytes } from "./bytes";
import type { Card } from "./card";
import { CLAUSE, clauseFlaws, LONGEST_KEPT } from "./clause";
import { CROSSWALK, crosswalkFlaws } from "./crosswalk";
import { DISPUTE, disputeFlaws } from "./dispute";
import { BASELINE, DRAWN_ZONE, drawnFlaws } from "./drawn";
import { Fault } from "./fault";
import { empty, flaw, illNamed, repeated, tooMany, under, type Flaws } from "./flaw";
import { LATEST } from "./instant";
import { BadSignature, SIGNATURE_LENGTH, verify, verifyLattice } from "./keys";
import { postureFlaws, REMAINING } from "./posture";
import { POWER, powerFlaws } from "./powers";
import { CENTRE, rescueFlaws } from "./rescue";
import { integer, list, optional, readAs, some, struct, text, word, type Of } from "./shape";
import { blank, characters } from "./text";
import words from "./vocabulary.json";

const LABEL = "comity/agreement/v1";
const MOST_CLAUSES = 500;
const MOST_PARTIES = 100;
const MOST_NAMED = 20; // laws, and witnesses
const LONGEST_NAME = 200; // characters of a law's name
const NAMES = list(text());
const KINDS = some(word(words.kinds));

const TERMS = struct({
  agreement: text(),
  version: integer(),
  between: NAMES,
  basis: list(struct({ instrument: text(), article: optional(text(), "") })),
  in_force: struct({ from: integer(), until: integer() }),
  purposes: list(word(words.purposes)),
  clauses: list(CLAUSE),
  answers: some(ANSWERING),
  rescue: some(CENTRE),
  postures: some(REMAINING),
  after: struct({ erase: integer(), prove: text(), keep: KINDS, return: KINDS }),
  witnesses: struct({ quorum: integer(), required: NAMES }),
  areas: list(AREA),
  disputes: some(DISPUTE),
  crosswalks: some(CROSSWALK),
  suite: optional(word(words.suites), words.suites[0] ?? ""),
  powers: some(POWER),
  zones: some(DRAWN_ZONE),
  baselines: some(BASELINE),
});
export type Terms = Of<typeof TERMS>;

/**
 * Return the terms that these canonical bytes are, without a flaw in them.
 *
 * @throws Fault: they are not canonical, no terms, or flawed.
 */
export function readTerms(data: Bytes): Terms {
  const terms = readAs(data, TERMS, "Terms", "agreement");
  for (const found of flaws(terms)) throw new Fault(found.what, `agreement: ${found.path.join(".")}`, found.remedy);
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

/** Find all that makes the terms unusable, by path into the document. */
function* flaws(terms: Terms): Flaws {
  const areas = terms.areas.map((area) => area.name);
  const ids = [...terms.clauses, ...terms.answers].map((one) => one.id);
  yield* illNamed(terms.agreement, ["agreement"], "an agreement");
  if (terms.version < 1n || terms.version >= 2n ** 31n) yield flaw(["version"], "the version is not a whole number from 1", "Count versions from 1.");
  yield* parties(terms.between);
  yield* basis(terms.basis);
  yield* times(terms);
  yield* purposes(terms);
  yield* under(areaFlaws(terms.areas), "annex");
  yield* under(crosswalkFlaws(terms.crosswalks), "annex");
  yield* clauses(terms, areas, ids);
  yield* under(disputeFlaws(terms.disputes, terms.between, areas), "annex", "disputes");
  yield* under(postureFlaws(terms.postures, ids, terms.purposes), "postures");
  yield* under(rescueFlaws(terms.rescue, terms.between, areas), "rescue", "centres");
  yield* witnesses(terms.witnesses);
  yield* under(drawnFlaws(terms), "annex");
  yield* under(powerFlaws(terms.powers, terms.between, areas), "powers");
}

function* parties(between: string[]): Flaws {
  if (between.length < 2) yield flaw(["between"], "an agreement needs two parties", "Name both nodes.");
  yield* tooMany(between, "between", MOST_PARTIES);
  yield* repeated(between, "between");
  for (const [place, name] of between.entries()) {
    yield* illNamed(name, ["between", place], "a node");
    if (name === "all") yield flaw(["between", place], "`all` stands for every party", "Name the node otherwise.");
  }
}

function* basis(found: Terms["basis"]): Flaws {
  yield* empty(found, "basis", "legal basis");
  yield* tooMany(found, "basis", MOST_NAMED);
  for (const [place, { instrument, article }] of found.entries()) {
    const named = !blank(instrument) && characters(instrument) <= LONGEST_NAME && characters(article) <= LONGEST_NAME;
    if (!named) yield flaw(["basis", place], `a basis has no name, or one of over ${LONGEST_NAME} characters`, "Name the instrument.");
  }
}

function* times({ in_force: term, after }: Terms): Flaws {
  if (!(0n <= term.from && term.from < term.until && term.until <= LATEST)) {
    yield flaw(["in_force", "until"], "the agreement ends before it begins", "Exchange or mend the two dates.");
  }
  if (after.erase <= 0n || after.erase > LONGEST_KEPT) yield flaw(["after", "erase"], "erasure is due at once, or after more than ten years", "Write it like 30 d.");
  if (after.prove !== "receipt") yield flaw(["after", "prove"], `erasure cannot be proved by '${after.prove}'`, "Write receipt.");
  for (const key of ["keep", "return"] as const) yield* under(repeated(after[key], key), "after");
  if (after.return.includes("track")) yield flaw(["after", "return"], "positions are too many to account for one by one", "Remove track.");
}

function* purposes(terms: Terms): Flaws {
  yield* empty(terms.purposes, "purposes", "purpose");
  yield* repeated(terms.purposes, "purposes");
  if (terms.rescue.length > 0 && !terms.purposes.includes("search-and-rescue")) {
    yield flaw(["purposes"], "rescue centres are named, but no such purpose", "Add search-and-rescue.");
  }
}

function* clauses(terms: Terms, areas: string[], ids: string[]): Flaws {
  const around = { parties: terms.between, purposes: terms.purposes, areas };
  yield* empty(ids, "clauses", "clause");
  yield* tooMany(ids, "clauses", MOST_CLAUSES);
  const seen = new Set<string>();
  for (const key of ["clauses", "answers"] as const) {
    for (const [place, { id }] of terms[key].entries()) {
      if (seen.has(id)) yield flaw([key, place, "id"], `the clause '${id}' stands twice`, "Give each its own id.");
      seen.add(id);
    }
  }
  for (const [place, one] of terms.clauses.entries()) yield* under(clauseFlaws(one, around), "clauses", place);
  for (const [place, one] of terms.answers.entries()) yield* under(answeringFlaws(one, around), "answers", place);
}

function* witnesses({ required, quorum }: Terms["witnesses"]): Flaws {
  yield* under(empty(required, "required", "witness"), "witnesses");
  yield* under(repeated(required, "required"), "witnesses");
  yield* under(tooMany(required, "required", MOST_NAMED), "witnesses");
  for (const [place, name] of required.entries()) yield* illNamed(name, ["witnesses", "required", place], "a witness");
  const least = BigInt(Math.max(1, required.length));
  if (quorum < least || quorum > 100n) yield flaw(["witnesses", "quorum"], "the quorum is smaller than the witnesses required", "Raise the quorum.");
}
