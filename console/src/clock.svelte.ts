/** The node's clock as the console knows it: it may run faster than the wall, in a rehearsal. */

import type { Instant } from "./api/types";

const FASTEST = 10_000;

export class NodeClock {
  /** The time for what is written on the screen: renewed once a second. */
  shown = $state<Instant>(Date.now());
  /** Node seconds in a second of the wall. */
  private pace = 1;
  private base: Instant = Date.now();
  private heard = performance.now();

  /** Take what the node says. */
  take(now: Instant): void {
    const wall = performance.now();
    const passed = wall - this.heard;
    if (passed > 200) this.pace = Math.min(FASTEST, Math.max(0, (now - this.base) / passed));
    this.base = now;
    this.heard = wall;
    this.shown = now;
  }

  /** Begin anew: what was heard before says nothing of the pace. */
  begin(now: Instant): void {
    this.base = now;
    this.heard = performance.now();
    this.pace = 1;
    this.shown = now;
  }

  /** Return the node's time now, carried on for at most two seconds of silence. */
  now(): Instant {
    return this.base + Math.min(performance.now() - this.heard, 2_000) * this.pace;
  }
}
