/** Onward: the originator's signed leave to pass a record on (docs/formats/onward.md). */

import { digest, type Bytes } from "./bytes";
import type { Card } from "./card";
import { HANDLING } from "./given";
import { LATEST } from "./instant";
import { BadSignature, SIGNATURE_LENGTH, verify, verifyLattice } from "./keys";
import { bytes, integer, readAs, struct, text, word, type Of } from "./shape";
import words from "./vocabulary.json";

const LABEL = "comity/onward/v1";
const NAME = text({ pattern: /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/ });
const MOMENT = integer(0n, LATEST);

/** What is shown with a record passed on. */
export const SHOWN = struct({ leave: bytes(), signature: bytes() });
export type Shown = Of<typeof SHOWN>;

const LEAVE = struct({
  onward: bytes(32),
  originator: NAME,
  holder: NAME,
  recipient: NAME,
  message: bytes(32),
  place: integer(0n, 999n),
  kind: word(words.kinds),
  record: text({ least: 1, most: 200, pattern: /^[^\0]*$/ }),
  version: integer(0n),
  bound: bytes(32),
  handling: HANDLING,
  purpose: word(words.purposes),
  keep_until: MOMENT,
  until: MOMENT,
  time: MOMENT,
  officer: text({ least: 1, most: 200 }),
});
export type Leave = Of<typeof LEAVE>;

export const readLeave = (data: Bytes): Leave => readAs(data, LEAVE, "Leave", "leave");

/**
 * Check that the holder of the card's identity keys, of both where it has two, signed the leave.
 *
 * @throws BadSignature: it did not.
 */
export async function verifyLeft(card: Card, { leave, signature }: Shown): Promise<void> {
  const signed = await digest(leave);
  await verify(card.identity, LABEL, signed, signature.slice(0, SIGNATURE_LENGTH));
  if (card.identity_pq.length > 0) await verifyLattice(card.identity_pq, LABEL, signed, signature.slice(SIGNATURE_LENGTH));
  else if (signature.length !== SIGNATURE_LENGTH) throw new BadSignature("there is a signature by a key that the card does not have");
}
