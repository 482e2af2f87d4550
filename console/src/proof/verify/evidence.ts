/** Evidence: the parts of a bundle, and the nine checks that make them prove a release (docs/formats/bundle.md). */

import { admit } from "./admission";
import { digest, listed, same, type Bytes } from "./bytes";
import { readCard, type Card } from "./card";
import { authenticate, readCover, readHeader, rooted, type Cover, type Header } from "./envelope";
import { Fault } from "./fault";
import { disclosed, readGiven, type Fields, type Given } from "./given";
import { LOG_PROOF, verifyStands, type LogProof, type Stands } from "./logProof";
import { readNote, type NoteKey } from "./note";
import { answered, checkAnswers, commitment, detail, readEntry, readReceipt, type Entry, type Receipt } from "./receipt";
import { bytes, integer, list, mapping, readAs, struct, type Of } from "./shape";
import { readTerms, termsDigest, verifySigned, type Terms } from "./terms";
import { climbed, leafHash } from "./tree";

const VERSION = 1n;
const LARGEST = 8 * 1024 * 1024; // bytes
const MOST = 1_000n; // items of an envelope

const BUNDLE = struct({
  version: integer(),
  cards: list(bytes()),
  agreement: bytes(),
  signatures: mapping(bytes()),
  cover: bytes(),
  place: integer(0n, MOST - 1n),
  count: integer(1n, MOST),
  path: list(bytes(32), 10),
  item: bytes(),
  entry: bytes(),
  salt: bytes(),
  disclosed: LOG_PROOF,
  receipt: bytes(),
  received: LOG_PROOF,
});
export type Bundle = Of<typeof BUNDLE>;

/**
 * Return the parts of a bundle, not yet believed.
 *
 * @throws Fault: the bytes are no bundle of this version.
 */
export function readBundle(data: Bytes): Bundle {
  if (data.length > LARGEST) throw new Fault(`${data.length} bytes are too many for a bundle`);
  const bundle = readAs(data, BUNDLE, "Bundle", "bundle");
  if (bundle.version !== VERSION) throw new Fault(`the bundle is of version ${bundle.version}`, "", "Verify it with a newer version of comity.");
  return bundle;
}

/** The parts as they become known, check after check. */
export class Evidence {
  private known: Card[] | null = null;
  terms!: Terms;
  digest!: Bytes;
  cover!: Cover;
  header!: Header;
  given!: Given;
  fields!: Fields;
  entry!: Entry;
  receipt!: Receipt;
  disclosed: Stands | null = null;
  received: Stands | null = null;

  constructor(readonly bundle: Bundle) {}

  get place(): number {
    return Number(this.bundle.place);
  }

  get count(): number {
    return Number(this.bundle.count);
  }

  /** The cards, each signed by the key it names. */
  async cards(): Promise<Card[]> {
    if (this.known) return this.known;
    const found: Card[] = [];
    for (const signed of this.bundle.cards) found.push(await readCard(signed, "bundle"));
    if (found.some((card, at) => at > 0 && card.name <= (found[at - 1]?.name ?? ""))) {
      throw new Fault("the cards are not one for each name, in the order of their names");
    }
    this.known = found;
    return found;
  }

  card(name: string): Card {
    const found = this.known?.find((card) => card.name === name);
    if (!found) throw new Fault("a card is missing", name);
    return found;
  }
}

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
  yield clause(evidence);
  yield await entry(evidence);
  const { bundle, header } = evidence;
  evidence.disclosed = await stands(evidence, bundle.disclosed, await commitment(bundle.salt, bundle.entry), header.sender);
  yield standing(evidence.disclosed);
  yield await receipt(evidence);
  const answer = evidence.receipt;
  if (bundle.received.index !== answer.index) throw new Fault("the receipt names another place in the log than its proof", header.recipient);
  evidence.received = await stands(evidence, bundle.received, await commitment(answer.salt, answer.entry), header.recipient);
  yield standing(evidence.received);
}

async function cards(evidence: Evidence, trusted: Set<string>): Promise<string> {
  const { bundle } = evidence;
  evidence.terms = readTerms(bundle.agreement);
  evidence.digest = await termsDigest(bundle.agreement);
  const found = await evidence.cards();
  const below = [bundle.disclosed, bundle.received].flatMap((proof) => readNote(proof.checkpoint).signatures.map((signature) => signature.name));
  const needed = new Set([...evidence.terms.between, ...found.map((card) => card.name).filter((name) => below.includes(`${name}/witness`))]);
  const names = new Set(found.map((card) => card.name));
  const odd = differing(needed, names).sort();
  if (odd.length > 0) throw new Fault("the cards are not exactly those of the parties and the witnesses", odd.join(", "));
  if (trusted.size === 0) return `${needed.size} cards are signed by the keys they name`;
  for (const { fingerprint, name } of found) {
    if (!trusted.has(fingerprint)) throw new Fault(`${fingerprint} is none of the fingerprints that you trust`, name);
  }
  return `${needed.size} cards are signed by the keys they name, and have fingerprints that you trust`;
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
  for (const [party, signature] of bundle.signatures) {
    const card = evidence.card(party);
    if (card.station !== "node") throw new Fault("a party to the agreement is no node", party);
    await verifySigned(card.identity, agreed, signature);
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
  await authenticate(evidence.cover, evidence.card(header.sender).identity);
  return `the envelope is signed by ${header.sender} and addressed to ${header.recipient}`;
}

async function item(evidence: Evidence): Promise<string> {
  const { bundle, header, place, count } = evidence;
  const given = readGiven(bundle.item);
  evidence.given = given;
  const { root } = await climbed(bundle.place, bundle.count, await leafHash(bundle.item), bundle.path);
  if (!same(await rooted(count, root), header.payload)) throw new Fault("the record is none of those that the envelope binds", given.id);
  if (!same(given.agreement, header.agreement) || given.purpose !== header.purpose || given.owner !== header.sender) {
    throw new Fault("the record names another agreement, purpose or owner than the envelope", given.id);
  }
  evidence.fields = await disclosed(given);
  const among = count > 1 ? `, record ${place + 1} of ${count}` : "";
  return `the record is the one sealed in it${among}, and binds the ${evidence.fields.size} fields that were given`;
}

function clause(evidence: Evidence): string {
  const { header, given, fields, terms } = evidence;
  evidence.entry = readEntry(evidence.bundle.entry, "entry");
  const release = { given, fields, sender: header.sender, receiver: header.recipient, terms, digest: evidence.digest, now: evidence.entry.time };
  const refusal = admit(release);
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
  const log: NoteKey = { name: `${name}/log`, public: evidence.card(name).log, kind: "log" };
  const counting = [...evidence.terms.between, ...demanded.required].filter((each) => each !== name); // whom every party knows
  const witnesses = (await evidence.cards())
    .filter((card) => counting.includes(card.name))
    .map((card): NoteKey => ({ name: `${card.name}/witness`, public: card.witness, kind: "witness" }));
  const quorum = { number: demanded.quorum, required: demanded.required.map((each) => `${each}/witness`) };
  return verifyStands(proof, leaf, log, witnesses, quorum);
}

function standing({ index, origin, size, cosigned }: Stands): string {
  const names = cosigned.map((name) => name.replace(/\/witness$/, "")).sort();
  return `entry ${index} of ${origin} stands under its checkpoint of ${size}, cosigned by ${listed(names)}`;
}

async function receipt(evidence: Evidence): Promise<string> {
  const { bundle, header, count } = evidence;
  const receiver = evidence.card(header.recipient);
  evidence.receipt = await readReceipt(bundle.receipt, receiver.identity);
  const sent = { message: header.id, envelope: await digest(bundle.cover), payload: header.payload, count, sender: header.sender };
  checkAnswers(evidence.receipt, sent, receiver);
  return `${header.recipient} signed its receipt: ${detail(...answered(evidence.receipt, evidence.place))}`;
}
