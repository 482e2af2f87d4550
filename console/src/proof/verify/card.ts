/** Cards: what a node tells others of itself, signed by the keys it names (docs/formats/card.md). */

import { digest, hex, joined, type Bytes } from "./bytes";
import { Fault } from "./fault";
import { BadSignature, LATTICE_KEY, verify, verifyLattice } from "./keys";
import { bytes, integer, optional, readAs, struct, text, word, type Of } from "./shape";

const LARGEST = 16 * 1024; // bytes
const LABEL = "comity/card/v1";
const KEY = 32;
const SEALING_KEY = 1184 + 32;
const ENDPOINT = /^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:[\]]+)(?::(\d*))?(\/[^?#]*)?$/;
const PRINTABLE = /^[ -~]*$/;

const NOTHING = new Uint8Array();

const SIGNED = struct({
  card: bytes(),
  signature: bytes(),
  signature_pq: optional(bytes(), NOTHING),
  before: optional(bytes(), NOTHING),
  before_pq: optional(bytes(), NOTHING),
});
const CARD = struct({
  station: word(["node", "witness"]),
  name: text({ pattern: /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/ }),
  agency: text({ least: 1, most: 200 }),
  country: text({ pattern: /^[A-Z]{2}$/ }),
  endpoint: text({ pattern: /^https?:\/\/[^\s]{1,200}$/ }),
  identity: bytes(),
  log: bytes(),
  witness: bytes(),
  sealing: bytes(),
  created: integer(),
  identity_pq: optional(bytes(), NOTHING),
  witness_pq: optional(bytes(), NOTHING),
  serial: optional(integer(1n, 2n ** 31n - 1n), 1n),
  succeeds: optional(bytes(), NOTHING),
});

export interface Card extends Of<typeof CARD> {
  /** What people compare. */
  fingerprint: string;
}

/**
 * Return the card, its own signatures checked; whether it succeeds another is not asked here.
 *
 * @throws Fault: the bytes are no signed card, or a signature does not hold.
 */
export async function readCard(signed: Bytes, where: string): Promise<Card> {
  if (signed.length > LARGEST) throw new Fault(`${signed.length} bytes are too many for a card`, where);
  const outer = readAs(signed, SIGNED, "_Signed", where);
  const card = readAs(outer.card, CARD, "Card", where);
  examine(card, where);
  const second = outer.signature_pq.length > 0 === card.identity_pq.length > 0;
  if (!second || outer.before.length > 0 !== card.serial > 1n) throw new Fault("the card has not the signatures that it must have", where, "Ask for a new card.");
  if (outer.before_pq.length > 0 && outer.before.length === 0) throw new Fault("the card has a signature too many", where);
  try {
    const own = joined(outer.card, outer.before, outer.before_pq);
    await verify(card.identity, LABEL, own, outer.signature);
    if (card.identity_pq.length > 0) await verifyLattice(card.identity_pq, LABEL, own, outer.signature_pq);
  } catch (error) {
    if (error instanceof BadSignature) throw new BadSignature("the card is not signed by the keys it names", where);
    throw error;
  }
  return { ...card, fingerprint: await fingerprint(outer.card) };
}

async function fingerprint(card: Bytes): Promise<string> {
  const digits = hex((await digest(card)).slice(0, 10)).toUpperCase();
  return digits.match(/.{4}/g)?.join("-") ?? "";
}

function examine(card: Of<typeof CARD>, where: string): void {
  const node = card.station === "node";
  const log = !node && card.log.length === 0 ? 0 : KEY;
  const lengths: [Bytes, number][] = [[card.identity, KEY], [card.witness, KEY], [card.log, log], [card.sealing, node ? SEALING_KEY : 0]];
  if (card.identity_pq.length > 0 || card.witness_pq.length > 0 || card.succeeds.length > 0) lengths.push([card.identity_pq, LATTICE_KEY], [card.witness_pq, LATTICE_KEY]);
  if (lengths.some(([key, length]) => key.length !== length)) throw new Fault("a key on the card is missing or has the wrong length", where, "Ask for a new card.");
  if (card.succeeds.length !== (card.serial > 1n ? 32 : 0)) throw new Fault("the card does not say which card it succeeds", where, "Ask for a new card.");
  if (!sound(card.endpoint)) throw new Fault(`'${card.endpoint}' is no address of a node`, where, "Write it like https://host:8443.");
}

function sound(endpoint: string): boolean {
  const parts = ENDPOINT.exec(endpoint);
  const port = parts?.[2] ? Number(parts[2]) : 443;
  return parts !== null && port > 0 && port < 65_536 && !endpoint.endsWith("/") && PRINTABLE.test(endpoint);
}
