/** Evidence: the parts of a bundle, and the nine checks that make them prove a release (docs/formats/bundle.md). */

import { admit } from "./admission";
import { digest, same, type Bytes } from "./bytes";
import { readCard, type Card } from "./card";
import { authenticate, byBoth, readCover, readHeader, rooted, type Cover, type Header } from "./envelope";
import { Fault } from "./fault";
import { disclosed, readGiven, type Fields, type Given } from "./given";
import { LOG_PROOF, verifyStands, type LogProof, type Stands } from "./logProof";
import { BadSignature } from "./keys";
import { readNote, sameKey, signedBelow, type NoteKey } from "./note";
import { answered, checkAnswers, commitment, detail, readEntry, readReceipt, receiptByBoth, type Entry, type Receipt } from "./receipt";
import { bytes, integer, list, mapping, readAs, struct, type Of } from "./shape";
import { demandsBoth, readTerms, termsDigest, verifySigned, type Terms } from "./terms";
import { listed } from "./text";
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

  /** Names and serial numbers of the cards under which something was signed, as far as it was checked. */
  private readonly used = new Set<string>();
  /** What this browser cannot check, in words; `comity verify` does. */
  readonly unchecked: string[] = [];

  /** The cards in the order of the bundle, each signed by the keys it names. */
  async cards(): Promise<Card[]> {
    if (this.known) return this.known;
    const found: Card[] = [];
    for (const signed of this.bundle.cards) found.push(await readCard(signed, "bundle"));
    if (found.some((card, at) => at > 0 && !follows(card, found[at - 1]))) {
      throw new Fault("the cards are not in the order of their names and serial numbers, each once");
    }
    this.known = found;
    return found;
  }

  /** The newest card of that name. */
  card(name: string): Card {
    const found = this.known?.findLast((card) => card.name === name);
    if (!found) throw new Fault("a card is missing", name);
    return found;
  }

  /** The cards of that name, those under which something else was signed first, then the newest. */
  private candidates(name: string): Card[] {
    this.card(name);
    const found = (this.known ?? []).filter((card) => card.name === name).reverse();
    return [...found.filter((card) => this.used.has(known(card))), ...found.filter((card) => !this.used.has(known(card)))];
  }

  /**
   * Return what the check gives for a card of that name under which the signature holds.
   *
   * @throws BadSignature: it holds under none.
   */
  async signed<Kind>(name: string, check: (card: Card) => Promise<Kind>): Promise<Kind> {
    let fault = new BadSignature("the signature does not hold");
    for (const card of this.candidates(name)) {
      try {
        const found = await check(card);
        this.used.add(known(card));
        return found;
      } catch (error) {
        if (!(error instanceof BadSignature)) throw error;
        fault = error;
      }
    }
    throw fault;
  }

  /**
   * Return those keys of the cards of that name that have put signatures below the checkpoint. Of each key the first card
   * that names it counts as used. Without any signature, the newest card's are returned.
   */
  async below(name: string, checkpoint: Bytes, keys: (card: Card) => NoteKey[]): Promise<NoteKey[]> {
    const note = readNote(checkpoint);
    const found: NoteKey[] = [];
    for (const card of this.candidates(name)) {
      const signed = await signedBelow(note, keys(card));
      const more = signed.filter((key) => !found.some((each) => sameKey(each, key)));
      if (more.length > 0) this.used.add(known(card));
      found.push(...more);
    }
    return found.length > 0 ? found : keys(this.card(name));
  }

  /** Return the first card under which nothing was signed. */
  get idle(): Card | undefined {
    return this.known?.find((card) => !this.used.has(known(card)));
  }
}

const known = (card: Card): string => `${card.name} ${card.serial}`;
const follows = (card: Card, before: Card | undefined): boolean =>
  before === undefined || card.name > before.name || (card.name === before.name && card.serial > before.serial);
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
  const idle = evidence.idle;
  if (idle) throw new Fault("there is a card under which nothing was signed", idle.name);
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
