"""The ledger's mathematics: tree, notes, checkpoints, cosignatures, proofs. No disk, no network."""
