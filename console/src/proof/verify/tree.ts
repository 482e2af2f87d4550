/** The tree: from a leaf's hash up to the root by an inclusion proof (RFC 6962; RFC 9162, section 2.1.3.2). */

import { digest, type Bytes } from "./bytes";
import { Fault } from "./fault";

export const LARGEST = 2n ** 63n - 1n; // leaves
const HASH_LENGTH = 32;

export const leafHash = (data: Bytes): Promise<Bytes> => digest(Uint8Array.of(0), data);
const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => digest(Uint8Array.of(1), left, right);

/** One step up: the hash that joins, and from which side. */
export interface Step {
  sibling: Bytes;
  side: "left" | "right";
}

/** Where a path leads, and each of its steps. */
export interface Climbed {
  root: Bytes;
  steps: Step[];
}

/**
 * Return the root of the tree of that size in which the leaf with this hash stands at `index`, by the proof.
 *
 * @throws Fault: the proof is not the one for that place.
 */
export async function climbed(index: bigint, size: bigint, leaf: Bytes, proof: readonly Bytes[]): Promise<Climbed> {
  if (index < 0n || index >= size || size > LARGEST) throw new Fault(`there is no leaf ${index} in a tree of ${size}`);
  if ([leaf, ...proof].some((hash) => hash.length !== HASH_LENGTH)) throw new Fault(`a hash has not ${HASH_LENGTH} bytes`);
  let [place, last, root] = [index, size - 1n, leaf];
  const steps: Step[] = [];
  for (const sibling of proof) {
    if (last === 0n) throw new Fault("the inclusion proof is too long");
    const left = place % 2n === 1n || place === last;
    root = left ? await nodeHash(sibling, root) : await nodeHash(root, sibling);
    steps.push({ sibling, side: left ? "left" : "right" });
    while (left && place !== 0n && place % 2n === 0n) [place, last] = [place >> 1n, last >> 1n];
    [place, last] = [place >> 1n, last >> 1n];
  }
  if (last !== 0n) throw new Fault("the inclusion proof is too short");
  return { root, steps };
}
