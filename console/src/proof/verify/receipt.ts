/** Receipts and entries: the receiver's signed word, and what stands in the logs (docs/formats/receipt.md, entry.md). */

import { digest, same, utf8, type Bytes } from "./bytes";
import type { Card } from "./card";
import { Fault } from "./fault";
import { LATTICE_SIGNATURE, verify, verifyLattice } from "./keys";
import { atMost, bytes, integer, list, optional, readAs, struct, text, word, type Of } from "./shape";
import words from "./vocabulary.json";

const LARGEST = 64 * 1024; // bytes
const LABEL = "comity/receipt/v1";
const SALT_LENGTH = 32;
const UNOPENED = new Uint8Array(32);

const ENTRY = struct({
  act: word(words.acts),
  node: optional(text(), ""),
  time: optional(integer(), 0n),
  officer: optional(text(), ""),
  basis: optional(text(), ""),
  clause: optional(text(), ""),
  purpose: optional(text(), ""),
  subject: optional(text(), ""),
  partner: optional(text(), ""),
  digest: optional(bytes(), new Uint8Array()),
  count: optional(integer(), 1n),
  detail: optional(text(), ""),
});
export type Entry = Of<typeof ENTRY>;

export const readEntry = (data: Bytes, where: string): Entry => readAs(data, ENTRY, "Entry", where);

/** Return the leaf's data for this entry under this salt. */
export const commitment = (salt: Bytes, entry: Bytes): Promise<Bytes> => digest(utf8("comity/entry/v1\0"), salt, entry);

const SIGNED = struct({ receipt: bytes(), signature: bytes(64), signature_pq: optional(atMost(LATTICE_SIGNATURE), new Uint8Array()) });
const RECEIPT = struct({
  message: bytes(32),
  envelope: bytes(32),
  payload: bytes(32),
  sender: text(),
  receiver: text(),
  outcome: word(["accepted", "refused"]),
  reason: text(),
  refused: list(struct({ place: integer(), reason: text() })),
  time: integer(),
  origin: text(),
  index: integer(),
  entry: bytes(),
  salt: bytes(),
});
export type Receipt = Of<typeof RECEIPT>;

/**
 * Return the receipt, signed by the card's identity keys, its entry saying the same.
 *
 * @throws Fault: it is none, or contradicts itself.
 */
export async function readReceipt(signed: Bytes, card: Card): Promise<Receipt> {
  if (signed.length > LARGEST) throw new Fault(`${signed.length} bytes are too many for a receipt`, "receipt");
  const outer = readAs(signed, SIGNED, "_Signed", "receipt");
  const receipt = readAs(outer.receipt, RECEIPT, "Receipt", "receipt");
  await verify(card.identity, LABEL, outer.receipt, outer.signature);
  if (outer.signature_pq.length > 0) await verifyLattice(card.identity_pq, LABEL, outer.receipt, outer.signature_pq);
  compare(receipt, readEntry(receipt.entry, "receipt"));
  return receipt;
}

/** Whether a receipt that was read carries a second signature. */
export const receiptByBoth = (signed: Bytes): boolean => readAs(signed, SIGNED, "_Signed", "receipt").signature_pq.length > 0;

function compare(receipt: Receipt, entry: Entry): void {
  const bound = same(receipt.payload, UNOPENED) ? new Uint8Array() : receipt.payload;
  const agrees =
    entry.act === "received" &&
    entry.node === receipt.receiver &&
    entry.partner === receipt.sender &&
    entry.time === receipt.time &&
    same(entry.digest, bound) &&
    entry.detail === detail(receipt.outcome, receipt.reason, receipt.refused.length);
  if (!agrees) throw new Fault("the entry in the receipt does not say what the receipt says", "receipt");
  const places = receipt.refused.map((each) => each.place);
  const accepted = receipt.outcome === "accepted";
  const sound =
    receipt.salt.length === SALT_LENGTH &&
    receipt.index >= 0n &&
    (receipt.reason === "") === accepted &&
    (places.length === 0 || accepted) &&
    places.every((place, at) => place >= 0n && (at === 0 || place > (places[at - 1] ?? 0n))) &&
    receipt.refused.every((each) => each.reason !== "");
  if (!sound) throw new Fault("the receipt contradicts itself", "receipt");
}

/** Return how the receiver's entry words what became of the message, of which so many items were refused. */
export function detail(outcome: string, reason: string, refused = 0): string {
  if (reason) return `${outcome}: ${reason}`;
  return refused ? `${outcome}: all but ${refused}` : outcome;
}

/** What a receipt must answer: one message, as it was sent. */
export interface Sent {
  message: Bytes;
  envelope: Bytes;
  payload: Bytes;
  count: number;
  sender: string;
}

/**
 * Check that the receipt answers what was sent.
 *
 * @throws Fault: it answers something else, or is by somebody else.
 */
export function checkAnswers(receipt: Receipt, sent: Sent, receiver: Card): void {
  const unopened = receipt.outcome === "refused" && same(receipt.payload, UNOPENED);
  const answers =
    same(receipt.message, sent.message) &&
    same(receipt.envelope, sent.envelope) &&
    receipt.sender === sent.sender &&
    receipt.receiver === receiver.name &&
    receipt.origin === `${receiver.name}/log` &&
    receipt.refused.every((each) => each.place < BigInt(sent.count)) &&
    (unopened || same(receipt.payload, sent.payload));
  if (!answers) {
    throw new Fault("the receipt is not for the message that was sent", receiver.name, "Tell the partner: its node answers with receipts for something else.");
  }
}

/** Return what became of the item at this place, by the receipt. */
export function answered(receipt: Receipt, place: number): [string, string] {
  const refused = receipt.refused.find((each) => each.place === BigInt(place));
  return refused ? ["refused", refused.reason] : [receipt.outcome, receipt.reason];
}
