/** What the node's API speaks: the vocabulary of the node, as JSON. */

export type Instant = number; // milliseconds since 1970
export type Severity = "urgent" | "high" | "medium" | "low";
export type AlertKind =
  | "crossing"
  | "going-dark"
  | "meeting"
  | "distress"
  | "loitering"
  | "encounter"
  | "port-visit"
  | "convoy"
  | "shadowing"
  | "identity-change"
  | "shared-identity"
  | "impossible-motion"
  | "repeated-infiltration"
  | "repeated-route"
  | "unusual-motion";
export type Judgement = "unreviewed" | "confirmed" | "rejected" | "unsure";
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Fields = Record<string, Value>;

export interface Officer {
  name: string;
  role: string;
}

export interface NodeFacts {
  name: string;
  agency: string;
  country: string;
}

export interface Session {
  officer: Officer;
  expires: Instant;
  csrf: string;
  node: NodeFacts;
}

export interface Position {
  latitude: number;
  longitude: number;
}

export interface Identity {
  kind: string;
  mmsi?: number;
  imo?: number;
  call_sign?: string;
  name?: string;
  ship_type?: number;
  destination?: string;
  length?: number;
}

export interface Handling {
  tlp?: string;
  onward?: string;
  proceedings?: boolean;
  grading?: { reliability?: string; credibility?: number };
  evaluation?: { source: string; information: number };
}

export interface Alert {
  id: string;
  kind: AlertKind;
  severity: Severity;
  time: Instant;
  until: Instant;
  position: Position;
  area?: string | null;
  tracks: string[];
  subjects: Identity[];
  sightings: string[];
  rule: string;
  version: number;
  confidence: number;
  explanation: string;
  would_change: string;
  sources: string[];
  handling?: Handling;
  simulated?: boolean;
}

export interface Queued {
  sequence: number;
  raised: Instant;
  judgement: Judgement;
  alert: Alert;
}

export interface Decision {
  alert: string;
  judgement: Judgement;
  officer: string;
  reason: string;
  time: Instant;
  duplicate_of?: string | null;
}

export interface Sighting {
  id: string;
  source: string;
  time: Instant;
  identity: Identity;
  position?: Position;
  accuracy?: number;
  speed?: number;
  course?: number;
  distress?: boolean;
  simulated?: boolean;
}

export interface Opened {
  raised: Instant;
  judgement: Judgement;
  alert: Alert;
  decisions: Decision[];
  sightings: Sighting[];
}

export interface Withheld {
  field: string;
  reason: string;
  clause: string;
}

export interface Nearest {
  agreement: string;
  clause: string;
  condition: string;
}

export interface Answer {
  permitted: boolean;
  message?: string | null;
  agreement: string;
  version: number;
  clause: string;
  basis: string;
  fields: string[];
  withheld: Withheld[];
  keep_until: Instant;
  code: string;
  reason: string;
  safeguard: number | null;
  ours?: Fields;
  theirs?: Fields;
  nearest?: Nearest[];
  handling?: Handling;
}

export interface Release {
  message: string;
  /** Its one record; empty where it has several. */
  record: string;
  count: number;
  partner: string;
  lane: string;
  sequence: number;
  created: Instant;
  state: string;
  attempts: number;
  last_fault: string;
  entry: number;
  milliseconds: number | null;
  proven: boolean;
}

/** One record of a release. */
export interface Inside {
  place: number;
  record: string;
  /** Neither erased here nor withdrawn on its way. */
  kept: boolean;
}

export type RecallOutcome = "erased" | "gone" | "never-held";

export interface Recall {
  recall: string;
  partner: string;
  message: string;
  place: number;
  record: string;
  act: "erase" | "correct";
  reason: string;
  officer: string;
  made: Instant;
  due: Instant;
  overdue: boolean;
  outcome: RecallOutcome | null;
  answered: Instant | null;
  proven: boolean;
}

export interface CalledBack {
  sender: string;
  message: string;
  place: number;
  record: string;
  act: "erase" | "correct";
  reason: string;
  corrected_by: string | null;
  time: Instant;
  outcome: RecallOutcome;
}

export interface Arrival {
  message: string;
  sender: string;
  record: string;
  kind: string;
  received: Instant;
  keep_until: Instant | null;
  agreement: string;
  clause: string;
  purpose: string;
  handling: Handling;
  fields: Fields;
  simulated: boolean;
  place: number;
  version: number | null;
  newest: boolean;
  expired: boolean;
  cancelled: string | null;
  acknowledged: { officer: string; time: Instant } | null;
  readings: Reading[];
}

/** A mark as a reader of another scheme sees it; what the originator gave counts. */
export interface Reading {
  mark: string;
  scheme: string;
  code: string;
  told_in: string;
  shown: string | null;
  relation: "exact" | "broader" | "narrower" | "lossy";
  words: string;
  losses: string[];
}

export interface Thing {
  kind: string;
  description?: string;
  mmsi?: number;
  imo?: number;
  call_sign?: string;
  name?: string;
}

export interface Attached {
  name: string;
  type: string;
  sha256: string;
  size: number;
  content: string;
}

export interface Version {
  version: number;
  reason: string;
  officer: string;
  time: Instant;
  offence: string;
  title: string;
  text: string;
  since: Instant;
  until: Instant;
  position: Position | null;
  area: string;
  subjects: Thing[];
  purposes: string[];
  grading: string;
  handling: Handling;
  independent: string;
  expires: Instant;
  kind: string | null;
  asks: string[];
  attachments: Attached[];
  simulated: boolean;
}

export interface Written {
  id: string;
  record: "report" | "notice";
  state: "open" | "expired" | "cancelled";
  changed: Instant;
  newest: Version;
}

export interface OpenedReport extends Written {
  versions: Version[];
  cancellation: { ending: string; officer: string; reason: string; time: Instant } | null;
  given: { message: string; partner: string; version: number; state: string; acknowledged: Instant | null }[];
}

export interface Draft {
  offence: string;
  title: string;
  text: string;
  since: Instant;
  until: Instant;
  position?: Position;
  area?: string;
  subjects: Thing[];
  purposes: string[];
  marks: { tlp: string; onward: string; proceedings: boolean; scale: string; grading: string };
  independent: string;
  names_nobody: boolean;
  expires: Instant;
  notice?: { kind: string; asks: string[]; attachments: { name: string; type: string; content: string }[] };
}

export interface Rewritten {
  written: Written;
  told: { partner: string; answer: Answer }[];
}

export interface Partner {
  name: string;
  station: "node" | "witness";
  agency: string;
  country: string;
  fingerprint: string;
  accepted_by: string;
  since: Instant;
  cut_off: Instant | null;
  waiting: number;
}

export interface AgreementState {
  name: string;
  version: number;
  digest: string;
  between: string[];
  state: string;
  signed: string[];
  standing_at: string[];
  in_force: boolean;
  obstacle: string;
}

export interface Track {
  id: string;
  identity: Identity;
  sources: string[];
  first: Instant;
  last: Instant;
  sightings: number;
  position?: Position;
  speed?: number;
  course?: number;
  distress?: boolean;
  simulated?: boolean;
}

export interface Followed {
  track: Track;
  sightings: Sighting[];
}

/** What the node's monitor holds against a log; the last three are null while nobody has answered for it. */
export interface Finding {
  sequence: number;
  kind: "split-view" | "rollback" | "uncosigned" | "withheld" | "overdue" | "review";
  partner: string;
  origin: string;
  shown_by: string;
  words: string;
  found: Instant;
  before: string;
  now: string;
  officer: string | null;
  acknowledged: Instant | null;
  reason: string | null;
}

export interface Area {
  name: string;
  title?: string;
  source?: string;
  polygons: Position[][][];
}

/** A cell of the map of what one feed has seen in a time. */
export interface Cell {
  source: string;
  south: number;
  west: number;
  north: number;
  east: number;
  /** In how many spans of an hour it saw tracks here, and the most in one of them, counted up to two. */
  spans: number;
  tracks: number;
  last: Instant;
}

/** One nation's track of what several see. */
export interface Part {
  owner: string;
  id: string;
  last: Instant;
  /** The marks under which a partner gave it; null: it is ours. */
  handling: Handling | null;
  clause: string;
}

/** A track as this node and its partners see it together; it is given to nobody. */
export interface CommonTrack {
  id: string;
  parts: Part[];
  identity: Identity;
  last: Instant;
  position: Position;
  /** Of the position on each axis, square metres. */
  variance: number;
  speed: number;
  course: number | null;
  provenance: string[];
  independent: boolean;
  /** Its parts name it differently. */
  disputed: boolean;
  distress: boolean;
  simulated: boolean;
}

export const PURPOSES = [
  "border-surveillance",
  "smuggling",
  "trafficking",
  "terrorism",
  "customs",
  "fisheries",
  "search-and-rescue",
] as const;
