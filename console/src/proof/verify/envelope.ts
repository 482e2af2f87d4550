/** The envelope's outside: who sent what to whom, signed, without what is inside (docs/formats/envelope.md). */

import { digest, joined, utf8, type Bytes } from "./bytes";
import type { Card } from "./card";
import { Fault } from "./fault";
import { BadSignature, LATTICE_SIGNATURE, verify, verifyLattice } from "./keys";
import { atMost, bytes, integer, optional, readAs, struct, text, word, type Of } from "./shape";
import words from "./vocabulary.json";

const LABEL = "comity/envelope/v1";
const SUITE = "MLKEM768-X25519+ChaCha20-Poly1305+Ed25519";
const BOTH = `${SUITE}+ML-DSA-44`;
const SMALLEST_BUCKET = 1024n;
const LARGEST_BUCKET = 2n * 1024n * 1024n;
const COUNT = integer(1n, 2n ** 63n - 1n);
const NAME = text({ least: 1, most: 63 });

const HEADER = struct({
  kind: word(words.messages),
  sender: NAME,
  recipient: NAME,
  id: bytes(32),
  lane: word(words.lanes),
  sequence: COUNT,
  agreement: bytes(32),
  purpose: text({ most: 64 }),
  created: integer(),
  expires: integer(),
  bucket: integer(SMALLEST_BUCKET, LARGEST_BUCKET),
  payload: bytes(32),
  kem: bytes(32),
  version: integer(),
  suite: text(),
  epoch: integer(),
});
export type Header = Of<typeof HEADER>;

const COVER = struct({
  header: bytes(),
  wrapped: bytes(32),
  sealed: bytes(32),
  signature: bytes(64),
  signature_pq: optional(atMost(LATTICE_SIGNATURE), new Uint8Array()),
});
export type Cover = Of<typeof COVER>;

export const readCover = (data: Bytes): Cover => readAs(data, COVER, "Cover", "envelope");

/**
 * Return the header that these bytes are, not yet believed.
 *
 * @throws Fault: they are no header of this version and suite.
 */
export function readHeader(data: Bytes): Header {
  const header = readAs(data, HEADER, "Header", "envelope");
  if (header.version !== 1n || header.epoch !== 1n || ![SUITE, BOTH].includes(header.suite)) {
    throw new Fault("the envelope is of another version, suite or epoch", "envelope", "Upgrade the older node.");
  }
  if ((header.bucket & (header.bucket - 1n)) !== 0n) throw new Fault("the envelope states a length that none has", "envelope");
  return header;
}

/** Whether the envelope's suite has two signatures. */
export const byBoth = (header: Header): boolean => header.suite === BOTH;

/**
 * Check that the holder of the card's identity keys made the envelope with this cover: of both, where its suite says so.
 *
 * @throws BadSignature: it did not, or something was changed.
 */
export async function authenticate(cover: Cover, card: Card): Promise<void> {
  const signed = joined(await digest(cover.header), cover.wrapped, cover.sealed);
  await verify(card.identity, LABEL, signed, cover.signature);
  if (byBoth(readHeader(cover.header))) await verifyLattice(card.identity_pq, LABEL, signed, cover.signature_pq);
  else if (cover.signature_pq.length > 0) throw new BadSignature("there is a signature that the suite does not have");
}

/** Return what binds so many items whose tree has this root. */
export async function rooted(count: number, root: Bytes): Promise<Bytes> {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, count);
  return digest(utf8("comity/items/v1\0"), length, root);
}
