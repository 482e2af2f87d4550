/** The live channel: what the node tells while the console is open, and how the console comes back after a cut. */

import { type Positions, readPositions } from "./positions";
import type { Instant, Judgement, RecallOutcome } from "./types";

export interface Told {
  handle: number;
  id: string;
  name: string | null;
  mmsi: number | null;
  kind: string;
  simulated: boolean;
  distress: boolean;
  sources: string[];
}

export interface Listener {
  opened(node: string, clock: Instant, horizon: number): void;
  ticked(now: Instant): void;
  tracks(told: Told[]): void;
  positions(frame: Positions): void;
  alert(id: string, sequence: number, judgement: Judgement): void;
  release(message: string, state: string, attempts: number, proven: boolean): void;
  recall(id: string, outcome: RecallOutcome | null, proven: boolean): void;
  received(message: string): void;
  finding(): void;
  missed(lists: string[]): void;
  lost(retryIn: number): void;
  signedOut(): void;
  refused(): void;
}

const SILENCE = 6_000; // milliseconds without a word after which the connection is taken for dead
const FIRST_RETRY = 500;
const LAST_RETRY = 15_000;

interface Frame {
  live?: number;
  node?: string;
  clock?: Instant;
  horizon?: number;
  tracks?: Told[];
  alert?: string;
  sequence?: number;
  judgement?: Judgement;
  release?: string;
  state?: string;
  attempts?: number;
  proven?: boolean;
  recall?: string;
  outcome?: RecallOutcome | null;
  received?: string;
  finding?: number;
  cancelled?: string;
  acknowledged?: string;
  missed?: string[];
}

/** One connection that reopens itself until it is closed, each time a little later, up to fifteen seconds. */
export class Live {
  private socket: WebSocket | null = null;
  private timer = 0;
  private watch = 0;
  private failures = 0;
  private closed = false;

  constructor(private readonly listener: Listener) {
    this.open();
    window.addEventListener("online", this.now);
  }

  /** Try again at once. */
  readonly now = (): void => {
    if (this.closed || this.socket !== null) return;
    clearTimeout(this.timer);
    this.open();
  };

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    window.removeEventListener("online", this.now);
    this.socket?.close();
    this.socket = null;
  }

  private open(): void {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.expect(socket);
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.socket !== socket) return;
      this.expect(socket);
      if (typeof event.data === "string") this.text(JSON.parse(event.data) as Frame);
      else this.listener.positions(readPositions(event.data));
    };
    socket.onclose = (event) => this.ended(socket, event.code);
  }

  private expect(socket: WebSocket): void {
    clearTimeout(this.watch);
    this.watch = window.setTimeout(() => {
      socket.close();
      this.ended(socket, 0); // a dead connection may take minutes to say so itself
    }, SILENCE);
  }

  private ended(socket: WebSocket, code: number): void {
    if (this.closed || this.socket !== socket) return;
    this.socket = null;
    clearTimeout(this.watch);
    if (code === 4401) return this.listener.signedOut();
    if (code === 4403) return this.listener.refused();
    const wait = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.failures++) * (0.75 + Math.random() / 2);
    this.listener.lost(wait);
    this.timer = window.setTimeout(this.now, wait);
  }

  private text(frame: Frame): void {
    const { listener } = this;
    if (frame.live !== undefined) {
      this.failures = 0;
      listener.opened(frame.node ?? "", frame.clock ?? 0, frame.horizon ?? 43_200_000);
    } else if (frame.tracks) listener.tracks(frame.tracks);
    else if (frame.alert) listener.alert(frame.alert, frame.sequence ?? 0, frame.judgement ?? "unreviewed");
    else if (frame.release)
      listener.release(frame.release, frame.state ?? "", frame.attempts ?? 0, frame.proven ?? false);
    else if (frame.recall) listener.recall(frame.recall, frame.outcome ?? null, frame.proven ?? false);
    else if (frame.received) listener.received(frame.received);
    else if (frame.finding !== undefined) listener.finding();
    else if (frame.cancelled) listener.missed(["received"]);
    else if (frame.acknowledged) listener.missed(["reports"]);
    else if (frame.missed) listener.missed(frame.missed);
    else if (frame.clock !== undefined) listener.ticked(frame.clock);
  }
}
