/** The verdict: what was checked, in order, up to the first that does not hold; then what is proven. */

import { hex, type Bytes } from "./bytes";
import type { Card } from "./card";
import type { Plain } from "./cbor";
import { Evidence, readBundle } from "./evidence";
import { examined } from "./examination";
import { Fault, Unable } from "./fault";
import type { Stands } from "./logProof";
import { answered } from "./receipt";

/** `open`: this browser could not check it, and so says neither yes nor no. */
export type State = "holds" | "fails" | "open";
/** `partly`: all that this browser checked holds; `unchecked` says what it did not check. */
export type Sum = State | "partly";

/** One thing that was checked, in words. */
export interface Check {
  words: string;
  state: State;
}

/** What is told of the bundle: text, numbers, truth values, lists, maps. */
export type Told = string | number | boolean | null | Told[] | { [name: string]: Told };

/** What a bundle that holds has proven; the same facts as `comity verify --json` tells. */
export interface Facts {
  sender: string;
  receiver: string;
  officer: string;
  given: number;
  answered: number;
  outcome: string;
  reason: string;
  agreement: string;
  version: number;
  clause: string;
  purpose: string;
  kind: string;
  record: string;
  /** The sender itself, or whose leave let it pass the record on. */
  originator: string;
  /** The originator's officer who gave that leave; empty where there is none. */
  leave_by: string;
  handling: Told;
  keep_until: number;
  fields: Record<string, Told>;
  simulated: boolean;
}

/** A way from a leaf up to a cosigned checkpoint. */
export interface Way {
  origin: string;
  index: number;
  size: number;
  leaf: string;
  root: string;
  steps: { side: "left" | "right"; sibling: string }[];
  cosigned: string[];
}

export interface Verdict {
  state: Sum;
  checks: Check[];
  /** What `comity verify` checks and this browser does not, in words. */
  unchecked: string[];
  /** null where something does not hold or was not checked. */
  facts: Facts | null;
  /** Of each card, by name: for a person to compare. Without that the bundle proves only that it is of one piece. */
  fingerprints: Record<string, string>;
  /** The sender's log, then the receiver's. */
  ways: Way[];
  /** Which of how many records of the envelope it is, from 0. */
  among: { place: number; count: number } | null;
}

export const CHECKS = 9;

/**
 * Check a bundle from its bytes alone, and tell each check as it is made. Never throws: what is wrong stands in the verdict.
 *
 * `trusted` are fingerprints that the verifier has from the agencies themselves; if there are any, every card in the
 * bundle must have one of them.
 */
export async function verify(data: Bytes, trusted: readonly string[] = [], tell: (check: Check) => void = () => {}): Promise<Verdict> {
  const checks: Check[] = [];
  const made = (words: string, state: State) => {
    checks.push({ words, state });
    tell({ words, state });
  };
  let evidence: Evidence | null = null;
  let state: Sum = "open";
  try {
    evidence = new Evidence(readBundle(data));
    const wanted = new Set(trusted.map((fingerprint) => fingerprint.trim().toUpperCase()));
    for await (const words of examined(evidence, wanted)) made(words, "holds");
    if (checks.length === CHECKS) state = evidence.unchecked.length > 0 ? "partly" : "holds";
  } catch (error) {
    const failed = error instanceof Unable ? "open" : "fails";
    state = failed;
    made(error instanceof Fault ? error.message : `the bundle cannot be read (${String(error)}).`, failed);
  }
  const proven = state === "holds" || state === "partly";
  return {
    state,
    checks,
    unchecked: evidence?.unchecked ?? [],
    facts: evidence && proven ? facts(evidence) : null,
    fingerprints: evidence ? await fingerprints(evidence) : {},
    ways: evidence ? [evidence.disclosed, evidence.received].flatMap((found) => (found ? [way(found)] : [])) : [],
    among: evidence && proven ? { place: evidence.place, count: evidence.count } : null,
  };
}

async function fingerprints(evidence: Evidence): Promise<Record<string, string>> {
  const cards = await evidence.cards().catch(() => []);
  const newest = new Map(cards.map((card) => [card.name, card.serial]));
  const called = (card: Card) => (card.serial === newest.get(card.name) ? card.name : `${card.name} card ${card.serial}`);
  return Object.fromEntries(cards.map((card) => [called(card), card.fingerprint]));
}

function facts({ header, given, receipt, entry, terms, fields, place, leave }: Evidence): Facts {
  const [outcome, reason] = answered(receipt, place);
  const { tlp, onward, proceedings, grading, evaluation } = given.handling;
  const { reliability, credibility } = grading;
  const other = evaluation ? { evaluation: { source: evaluation.source, information: Number(evaluation.information) } } : {};
  return {
    sender: header.sender,
    receiver: header.recipient,
    officer: entry.officer,
    given: Number(entry.time),
    answered: Number(receipt.time),
    outcome,
    reason,
    agreement: terms.agreement,
    version: Number(terms.version),
    clause: given.clause,
    purpose: given.purpose,
    kind: given.kind,
    record: given.id,
    originator: given.owner,
    leave_by: leave?.officer ?? "",
    handling: { tlp, onward, proceedings, grading: { reliability, credibility: Number(credibility) }, ...other },
    keep_until: Number(given.keep_until),
    fields: Object.fromEntries([...fields].map(([name, value]) => [name, told(value)])),
    simulated: given.simulated,
  };
}

function told(value: Plain): Told {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(told);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, each]) => [name, told(each)]));
  return value;
}

function way(found: Stands): Way {
  return {
    origin: found.origin,
    index: Number(found.index),
    size: Number(found.size),
    leaf: hex(found.leaf),
    root: hex(found.root),
    steps: found.steps.map((step) => ({ side: step.side, sibling: hex(step.sibling) })),
    cosigned: found.cosigned.map((name) => name.replace(/\/witness$/, "")),
  };
}
