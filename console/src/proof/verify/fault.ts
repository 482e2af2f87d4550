/** A fault: what is wrong, where, and what to do about it; the same words as the node's own faults. */
export class Fault extends Error {
  constructor(
    readonly what: string,
    readonly where = "",
    readonly remedy = "",
  ) {
    super(`${where ? `${where}: ` : ""}${what}.${remedy ? ` ${remedy}` : ""}`);
  }
}

/** Bytes that are not the canonical form of what they should be. */
export class NotCanonical extends Fault {}

/** What this browser cannot do: nothing can be said about the bundle, neither yes nor no. */
export class Unable extends Fault {}
