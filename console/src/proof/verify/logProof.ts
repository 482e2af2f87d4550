/** The log proof: that an entry stands in a log under a cosigned checkpoint (docs/formats/log.md). */

import { same, type Bytes } from "./bytes";
import { Fault } from "./fault";
import { expectKnown, openedCheckpoint, weighed, type NoteKey, type Quorum } from "./note";
import { bytes, integer, list, struct, type Of } from "./shape";
import { climbed, leafHash, LARGEST, type Step } from "./tree";

const MOST_HASHES = 63;

export const LOG_PROOF = struct({
  index: integer(0n, LARGEST),
  hashes: list(bytes(32), MOST_HASHES),
  checkpoint: bytes(),
  extra: bytes(),
});
export type LogProof = Of<typeof LOG_PROOF>;

/** What a log proof has shown: the leaf, the way up, the checkpoint and who cosigned it. */
export interface Stands {
  origin: string;
  index: bigint;
  size: bigint;
  leaf: Bytes;
  steps: Step[];
  root: Bytes;
  cosigned: string[];
}

/**
 * Check that the entry with the leaf data `leaf` stands in the log of this key, and that these witnesses saw it.
 *
 * @throws Fault: it does not, or a byte in the proof is other than it must be.
 */
export async function verifyStands(proof: LogProof, leaf: Bytes, log: NoteKey, witnesses: readonly NoteKey[], quorum: Quorum): Promise<Stands> {
  const origin = log.name;
  const [checkpoint, note] = await openedCheckpoint(proof.checkpoint, log, origin);
  await expectKnown(note, [log, ...witnesses], origin);
  const cosigned = await weighed(checkpoint, note, witnesses, quorum, origin);
  if (proof.extra.length > 0) throw new Fault("the proof carries other extra data than expected", origin);
  const hash = await leafHash(leaf);
  const { root, steps } = await climbed(proof.index, checkpoint.size, hash, proof.hashes);
  if (!same(root, checkpoint.root)) throw new Fault(`the entry does not stand at ${proof.index} in the tree of ${checkpoint.size} with this root`);
  return { origin, index: proof.index, size: checkpoint.size, leaf: hash, steps, root, cosigned };
}
