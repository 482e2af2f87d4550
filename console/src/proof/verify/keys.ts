/** Signatures: Ed25519 by the browser itself (Web Crypto), over a label that says what is signed. */

import { joined, subtle, utf8, type Bytes } from "./bytes";
import { Fault, Unable } from "./fault";

const KEY_LENGTH = 32;
export const SIGNATURE_LENGTH = 64;
/** Of ML-DSA-44, which browsers do not have. */
export const LATTICE_SIGNATURE = 2420;

/** A signature that is not by the key it should be by, over the bytes it should be over. */
export class BadSignature extends Fault {}

/**
 * Check a signature over the label, a zero byte and the message.
 *
 * @throws BadSignature: it does not hold.
 */
export async function verify(key: Bytes, label: string, message: Bytes, signature: Bytes): Promise<void> {
  await verifyBare(key, joined(utf8(label), new Uint8Array(1), message), signature);
}

/**
 * Check a signature over the message alone.
 *
 * @throws BadSignature: it does not hold.
 */
export async function verifyBare(key: Bytes, message: Bytes, signature: Bytes): Promise<void> {
  const sound = key.length === KEY_LENGTH && signature.length === SIGNATURE_LENGTH;
  if (!sound || !(await holds(key, message, signature))) throw new BadSignature("the signature does not hold");
}

/**
 * Check of a second signature what can be checked here: that it is there, and as long as one is.
 *
 * @throws BadSignature: it is not.
 */
export function expectSecond(signature: Bytes): void {
  if (signature.length !== LATTICE_SIGNATURE) throw new BadSignature("the second signature does not hold");
}

async function holds(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const imported = await subtle().importKey("raw", key, "Ed25519", false, ["verify"]);
    return await subtle().verify("Ed25519", imported, signature, message);
  } catch (error) {
    if (error instanceof Unable) throw error;
    if (error instanceof DOMException && error.name === "NotSupportedError") {
      throw new Unable("this browser cannot check Ed25519 signatures", "", "Use a newer one, or: comity verify FILE");
    }
    return false; // bytes that are no key
  }
}
