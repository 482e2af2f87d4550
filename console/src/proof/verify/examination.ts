/** An examination: the nine checks that make the parts of a bundle prove a release (docs/formats/bundle.md). */

import { admit } from "./admission";
import { digest, same, type Bytes } from "./bytes";
import type { Card } from "./card";
import { authenticate, byBoth, readCover, readHeader, rooted } from "./envelope";
import type { Evidence } from "./evidence";
import { Fault } from "./fault";
import { boundBy, disclosed, readGiven } from "./given";
import { verifyStands, type LogProof, type Stands } from "./logProof";
import { readNote, type NoteKey } from "./note";
import { verifyLeft } from "./onward";
import { answered, checkAnswers, commitment, detail, readEntry, readReceipt, receiptByBoth } from "./receipt";
import { demandsBoth, readTerms, termsDigest, verifySigned } from "./terms";
import { listed } from "./text";
import { climbed, leafHash } from "./tree";

const logKey = (card: Card): NoteKey => ({ name: `${card.name}/log`, public: card.log, kind: "log" });
const witnessKeys = (card: Card): NoteKey[] => {
  const named = { name: `${card.name}/witness` };
  const lattice: NoteKey[] = card.witness_pq.length > 0 ? [{ ...named, public: card.witness_pq, kind: "lattice" }] : [];
  return [{ ...named, public: card.witness, kind: "witness" }, ...lattice];
};

/**
 * Check the parts one after another and yield, after each check that holds, what it has shown.
 *
 * @throws Fault: a check does not hold.
 */
export async function* examined(evidence: Evidence, trusted: Set<string>): AsyncGenerator<string, void, undefined> {
  yield await cards(evidence, trusted);
  yield await agreement(evidence);
  yield await envelope(evidence);
  yield await item(evidence);
  yield await clause(evidence);
  yield await entry(evidence);
  const { bundle, header } = evidence;
  evidence.disclosed = await stands(evidence, bundle.disclosed, await commitment(bundle.salt, bundle.entry), header.sender);
  yield standing(evidence.disclosed);
  yield await receipt(evidence);
  const answer = evidence.receipt;
  if (bundle.received.index !== answer.index) throw new Fault("the receipt names another place in the log than its proof", header.recipient);
  evidence.received = await stands(evidence, bundle.received, await commitment(answer.salt, answer.entry), header.recipient);
  yield standing(evidence.received);
  const idle = evidence.idle;
  if (idle) throw new Fault("there is a card under which nothing was signed", idle.name);
}

async function cards(evidence: Evidence, trusted: Set<string>): Promise<string> {
  const { bundle } = evidence;
  evidence.terms = readTerms(bundle.agreement);
  evidence.digest = await termsDigest(bundle.agreement);
  const found = await evidence.cards();
  const below = [bundle.disclosed, bundle.received].flatMap((proof) => readNote(proof.checkpoint).signatures.map((signature) => signature.name));
  const originator = evidence.leave ? [evidence.leave.originator] : [];
  const needed = new Set([...evidence.terms.between, ...originator, ...found.map((card) => card.name).filter((name) => below.includes(`${name}/witness`))]);
  const names = new Set(found.map((card) => card.name));
  const odd = differing(needed, names).sort();
  if (odd.length > 0) throw new Fault("the cards are not exactly those of the parties and the witnesses", odd.join(", "));
  if (trusted.size === 0) return `${found.length} cards are signed by the keys they name`;
  for (const { fingerprint, name } of found) {
    if (!trusted.has(fingerprint)) throw new Fault(`${fingerprint} is none of the fingerprints that you trust`, name);
  }
  return `${found.length} cards are signed by the keys they name, and have fingerprints that you trust`;
}

/** Return what is in one of the sets only. */
function differing(one: Set<string>, other: Set<string>): string[] {
  return [...[...one].filter((each) => !other.has(each)), ...[...other].filter((each) => !one.has(each))];
}

async function agreement(evidence: Evidence): Promise<string> {
  const { bundle, terms, digest: agreed } = evidence;
  if (differing(new Set(bundle.signatures.keys()), new Set(terms.between)).length > 0) {
    throw new Fault("the agreement does not have exactly the signatures of its parties", terms.agreement);
  }
  const both = demandsBoth(terms);
  for (const [party, signature] of bundle.signatures) {
    const card = evidence.card(party);
    if (card.station !== "node") throw new Fault("a party to the agreement is no node", party);
    await evidence.signed(party, (each) => verifySigned(each, agreed, signature, both));
  }
  return `${terms.agreement} ${terms.version} is signed by ${listed(terms.between)}`;
}

async function envelope(evidence: Evidence): Promise<string> {
  evidence.cover = readCover(evidence.bundle.cover);
  const header = readHeader(evidence.cover.header);
  evidence.header = header;
  const parties = evidence.terms.between;
  if (header.kind !== "release" || !same(header.agreement, evidence.digest)) throw new Fault("the envelope holds no release under this agreement", header.sender);
  if (!parties.includes(header.sender) || !parties.includes(header.recipient) || header.sender === header.recipient) {
    throw new Fault("the envelope is not from one party to another", header.sender);
  }
  if (demandsBoth(evidence.terms) && !byBoth(header)) throw new Fault("the agreement demands two signatures, and the envelope has one", header.sender);
  await evidence.signed(header.sender, (card) => authenticate(evidence.cover, card));
  return `the envelope is signed by ${header.sender} and addressed to ${header.recipient}`;
}

async function item(evidence: Evidence): Promise<string> {
  const { bundle, header, place, count } = evidence;
  const given = readGiven(bundle.item);
  evidence.given = given;
  const { root } = await climbed(bundle.place, bundle.count, await leafHash(bundle.item), bundle.path);
  if (!same(await rooted(count, root), header.payload)) throw new Fault("the record is none of those that the envelope binds", given.id);
  if (!same(given.agreement, header.agreement) || given.purpose !== header.purpose) {
    throw new Fault("the record names another agreement or purpose than the envelope", given.id);
  }
  const among = count > 1 ? `, record ${place + 1} of ${count}` : "";
  const onLeave = await whose(evidence);
  evidence.fields = await disclosed(given);
  return `the record is the one sealed in it${among}${onLeave}, and binds the ${evidence.fields.size} fields that were given`;
}

/** Return in words on whose leave the sender gave it; empty where it is the sender's own. */
async function whose(evidence: Evidence): Promise<string> {
  const { bundle, given, header, leave } = evidence;
  const shown = bundle.onward;
  if (leave === null || shown === null) {
    if (given.owner !== header.sender) throw new Fault("another originated the record, and no leave of it is shown", given.owner);
    return "";
  }
  await evidence.signed(leave.originator, (card) => verifyLeft(card, shown));
  if (given.owner === header.sender || given.owner !== leave.originator) throw new Fault("the leave is not by the originator of the record", leave.originator);
  if (evidence.card(given.owner).station !== "node") throw new Fault("the originator of the record is no node", given.owner);
  return `, passed on by leave that ${given.owner} signed`;
}

async function clause(evidence: Evidence): Promise<string> {
  const { header, given, fields, terms, leave } = evidence;
  evidence.entry = readEntry(evidence.bundle.entry, "entry");
  const sides = { sender: header.sender, receiver: header.recipient };
  const refusal = admit({ given, fields, ...sides, terms, digest: evidence.digest, now: evidence.entry.time, leave, bound: await boundBy(given) });
  if (fields.has("attachments")) evidence.unchecked.push("whether the attachments are of the type that they say");
  if (refusal !== null) throw new Fault(`the agreement did not allow it (${refusal})`, given.clause);
  return `the clause ${given.clause} gives these fields for ${given.purpose}`;
}

async function entry({ bundle, header, given, entry: said, terms }: Evidence): Promise<string> {
  const agrees =
    said.act === "disclosed" &&
    said.node === header.sender &&
    said.partner === header.recipient &&
    said.subject === given.id &&
    said.clause === given.clause &&
    said.purpose === given.purpose &&
    same(said.digest, await digest(bundle.item)) &&
    said.basis === `${terms.agreement} ${terms.version}`;
  if (!agrees) throw new Fault("the sender's entry says something else than the envelope", header.sender);
  return `${said.officer} gave it at ${header.sender}, as its log says`;
}

async function stands(evidence: Evidence, proof: LogProof, leaf: Bytes, name: string): Promise<Stands> {
  const demanded = evidence.terms.witnesses;
  const [log, ...more] = await evidence.below(name, proof.checkpoint, (card) => [logKey(card)]);
  if (!log || more.length > 0) throw new Fault("one key of the log must have signed the checkpoint, and no other", name);
  const counting = new Set([...evidence.terms.between, ...demanded.required]); // whom every party knows
  counting.delete(name);
  const there = new Set((await evidence.cards()).map((card) => card.name));
  const witnesses: NoteKey[] = [];
  for (const other of [...counting].filter((each) => there.has(each)).sort()) {
    witnesses.push(...(await evidence.below(other, proof.checkpoint, witnessKeys)));
  }
  const quorum = { number: demanded.quorum, required: demanded.required.map((each) => `${each}/witness`), both: demandsBoth(evidence.terms) };
  return verifyStands(proof, leaf, log, witnesses, quorum);
}

function standing({ index, origin, size, cosigned }: Stands): string {
  const names = cosigned.map((name) => name.replace(/\/witness$/, "")).sort();
  return `entry ${index} of ${origin} stands under its checkpoint of ${size}, cosigned by ${listed(names)}`;
}

async function receipt(evidence: Evidence): Promise<string> {
  const { bundle, header, count } = evidence;
  const receiver = evidence.card(header.recipient);
  evidence.receipt = await evidence.signed(receiver.name, (card) => readReceipt(bundle.receipt, card));
  const sent = { message: header.id, envelope: await digest(bundle.cover), payload: header.payload, count, sender: header.sender };
  checkAnswers(evidence.receipt, sent, receiver);
  if (receiptByBoth(bundle.receipt) !== byBoth(header)) throw new Fault("the receipt is signed by another suite than the envelope", header.recipient);
  return `${header.recipient} signed its receipt: ${detail(...answered(evidence.receipt, evidence.place))}`;
}
