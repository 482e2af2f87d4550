/** A layer of the map: what is fetched for it while it is switched on, and how that went. */

import { Problem } from "../api/client";

const DENIED = 403;

export class Layer<Found> {
  on = $state(false);
  state = $state<"loading" | "ready" | "denied" | "failed">("loading");
  trouble = $state("");
  /** Null until it has come, and again once it cannot be renewed: what is old is not shown as if it were now. */
  found = $state.raw<Found | null>(null);
  private turn = 0; // answers to earlier questions come to nothing

  /** Fetch it anew. */
  fetch(asked: Promise<Found>): void {
    const turn = ++this.turn;
    if (this.state !== "ready") this.state = "loading";
    asked
      .then((found) => {
        if (turn !== this.turn) return;
        [this.found, this.state, this.trouble] = [found, "ready", ""];
      })
      .catch((error: unknown) => {
        if (turn !== this.turn) return;
        const denied = error instanceof Problem && error.status === DENIED;
        [this.found, this.state] = [null, denied ? "denied" : "failed"];
        this.trouble = error instanceof Problem ? error.message : "The node's answer could not be read.";
      });
  }
}
