/**
 * Signatures over a label that says what is signed: Ed25519 by the browser itself (Web Crypto), ML-DSA-44, which browsers
 * do not have, by a library that is loaded once there is such a signature (docs/decisions/0117).
 */

import { joined, subtle, utf8, type Bytes } from "./bytes";
import { Fault, Unable } from "./fault";

const KEY_LENGTH = 32;
export const SIGNATURE_LENGTH = 64;
/** Of ML-DSA-44. */
export const LATTICE_KEY = 1312;
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
 * Check an ML-DSA-44 signature over the label, a zero byte and the message.
 *
 * @throws BadSignature: it does not hold.
 */
export async function verifyLattice(key: Bytes, label: string, message: Bytes, signature: Bytes): Promise<void> {
  await verifyLatticeBare(key, joined(utf8(label), new Uint8Array(1), message), signature);
}

/**
 * Check an ML-DSA-44 signature over the message alone, with empty context (FIPS 204).
 *
 * @throws BadSignature: it does not hold.
 * @throws Unable: what checks it could not be loaded.
 */
export async function verifyLatticeBare(key: Bytes, message: Bytes, signature: Bytes): Promise<void> {
  const sound = key.length === LATTICE_KEY && signature.length === LATTICE_SIGNATURE;
  if (!sound || !(await lattice()).verify(signature, message, key)) throw new BadSignature("the second signature does not hold");
}

/** Load what checks ML-DSA-44 signatures while the network is there: a file may be checked when it is not. */
export async function load(): Promise<void> {
  await lattice().catch(() => undefined); // told when a signature asks for it
}

async function lattice(): Promise<typeof import("@noble/post-quantum/ml-dsa.js").ml_dsa44> {
  try {
    return (await import("@noble/post-quantum/ml-dsa.js")).ml_dsa44;
  } catch {
    throw new Unable("what checks ML-DSA-44 signatures could not be loaded", "", "Load the page again, or use: comity verify FILE");
  }
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
