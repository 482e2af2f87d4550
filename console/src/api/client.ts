/** The node's JSON API: one function a call. The session is a cookie that this code cannot read. */

import { sentence } from "../words";
import type {
  AgreementState,
  Answer,
  Area,
  Arrival,
  CalledBack,
  Cell,
  CommonTrack,
  Decision,
  Draft,
  Finding,
  Followed,
  Judgement,
  Opened,
  OpenedReport,
  Partner,
  Queued,
  Inside,
  Instant,
  Recall,
  Release,
  Rewritten,
  Session,
  Written,
} from "./types";

const TIMEOUT = 20_000; // milliseconds

/** What the node says is wrong: what, where, and what to do. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly what: string,
    readonly remedy: string,
  ) {
    super(remedy ? `${what} ${remedy}` : what);
  }
}

let csrf = "";
let signedOut: () => void = () => {};

/** Set what unsafe calls carry so that the node knows they come from its own console. */
export function carry(token: string): void {
  csrf = token;
}

/** Call `then` whenever the node says that there is no session any more. */
export function whenSignedOut(then: () => void): void {
  signedOut = then;
}

async function fault(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as Record<string, string>;
  const what = told["what"] ?? told["detail"] ?? `The node answered with status ${response.status}`;
  return new Problem(response.status, sentence(what), told["remedy"] ?? "");
}

async function call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET") headers["x-comity-csrf"] = csrf;
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Problem(0, "The node does not answer.", error instanceof Error ? error.message : "");
  });
  if (!response.ok) {
    const problem = await fault(response);
    if (response.status === 401 && path !== "/session") signedOut();
    throw problem;
  }
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as Body;
}

const at = encodeURIComponent;

export const signIn = (name: string, password: string) => call<Session>("POST", "/session", { name, password });
export const session = () => call<Session>("GET", "/session");
export const signOut = () => call<null>("DELETE", "/session");

export const alerts = (after: number, limit: number) => call<Queued[]>("GET", `/alerts?after=${after}&limit=${limit}`);
export const alert = (id: string) => call<Opened>("GET", `/alerts/${at(id)}`);
export const decide = (id: string, judgement: Judgement, reason: string, duplicateOf: string | null) =>
  call<Decision>("POST", `/alerts/${at(id)}/decision`, { judgement, reason, duplicate_of: duplicateOf });
export const preview = (id: string, partner: string, purpose: string) =>
  call<Answer>("POST", `/alerts/${at(id)}/preview`, { partner, purpose });
export const release = (id: string, partner: string, purpose: string) =>
  call<Answer>("POST", `/alerts/${at(id)}/release`, { partner, purpose });

export const releases = () => call<Release[]>("GET", "/releases?limit=500");
export const releaseOf = (message: string) => call<Release>("GET", `/releases/${at(message)}`);
export const bundlePath = (message: string) => `/api/releases/${at(message)}/bundle`;
export const bundleOf = (message: string): Promise<ArrayBuffer> => fetched(bundlePath(message));
export const recalls = () => call<Recall[]>("GET", "/recalls?limit=500");
export const calledBack = () => call<CalledBack[]>("GET", "/recalls/here?limit=500");
export const recordsOf = (message: string) => call<Inside[]>("GET", `/releases/${at(message)}/records`);
export const recall = (message: string, place: number, act: string, reason: string, corrected: string | null) =>
  call<{ recall: string }>("POST", "/recalls", { message, place, act, reason, ...(corrected ? { corrected_by: corrected } : {}) });
export const received = () => call<Arrival[]>("GET", "/received?limit=500");
export const takeNote = (arrival: Arrival) =>
  call<{ officer: string; time: number }>("POST", `/received/${at(arrival.sender)}/${arrival.message}/${arrival.place}/acknowledgement`);
export const reports = () => call<Written[]>("GET", "/reports?limit=500");
export const report = (id: string) => call<OpenedReport>("GET", `/reports/${at(id)}`);
export const writeReport = (draft: Draft) => call<Written>("POST", "/reports", draft);
export const rewriteReport = (id: string, version: number, reason: string, draft: Draft) =>
  call<Rewritten>("POST", `/reports/${at(id)}/update`, { version, reason, draft });
export const cancelReport = (id: string, ending: string, reason: string) => call<unknown>("POST", `/reports/${at(id)}/cancel`, { ending, reason });
export const previewReport = (id: string, partner: string, purpose: string) =>
  call<Answer>("POST", `/reports/${at(id)}/preview`, { partner, purpose });
export const releaseReport = (id: string, partner: string, purpose: string) =>
  call<Answer>("POST", `/reports/${at(id)}/release`, { partner, purpose });
export const partners = () => call<Partner[]>("GET", "/partners");
export const agreements = () => call<AgreementState[]>("GET", "/agreements");
export const findings = () => call<Finding[]>("GET", "/findings");
export const acknowledge = (sequence: number, reason: string) =>
  call<Finding>("POST", `/findings/${sequence}/acknowledgement`, { reason });
export const areas = () => call<Area[]>("GET", "/tracks/areas");
export const coverage = (begin: Instant, end: Instant) => call<Cell[]>("GET", `/tracks/coverage?begin=${begin}&end=${end}`);
export const common = () => call<CommonTrack[]>("GET", "/common?limit=5000");
export const track = (id: string) => call<Followed>("GET", `/tracks/${at(id)}`);

/** Return the bytes at an address of the node. */
async function fetched(path: string): Promise<ArrayBuffer> {
  const response = await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT) }).catch((error: unknown) => {
    throw new Problem(0, "The node does not answer.", error instanceof Error ? error.message : "");
  });
  if (response.status === 401) signedOut();
  if (!response.ok) throw await fault(response);
  return response.arrayBuffer();
}

/** Return the node's name while nobody is signed in, and more where it tells more. */
export async function doorplate(): Promise<Record<string, string>> {
  const response = await fetch("/healthz", { signal: AbortSignal.timeout(TIMEOUT) });
  return response.ok ? ((await response.json()) as Record<string, string>) : {};
}
