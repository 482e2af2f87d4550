/** A check of one bundle: asked of the verifier beside the page, and told check by check. */

import type { Answered, Asked } from "./verify/verifier";
import type { Check, Verdict } from "./verify/verdict";

export class Checking {
  /** What is checked, as a person would call it; empty: nothing yet. */
  name = $state("");
  checks = $state.raw<Check[]>([]);
  verdict = $state.raw<Verdict | null>(null);
  /** Why there is nothing to check, or no verdict. */
  trouble = $state("");
  /** The bytes that are checked, to be kept as a file. */
  file = $state.raw<Uint8Array<ArrayBuffer> | null>(null);

  private turn = 0;
  private readonly worker = new Worker(new URL("./verify/verifier.ts", import.meta.url), { type: "module" });

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<Answered>) => this.told(data);
    this.worker.onerror = () => this.failed("The verifier did not start. Use: comity verify FILE");
  }

  close(): void {
    this.turn++;
    this.worker.terminate();
  }

  get busy(): boolean {
    return this.name !== "" && this.verdict === null && this.trouble === "";
  }

  /** Fetch and check; what was asked before is forgotten. */
  async start(name: string, fetched: Promise<ArrayBuffer>): Promise<void> {
    const turn = ++this.turn;
    Object.assign(this, { name, checks: [], verdict: null, trouble: "", file: null });
    try {
      const bundle = new Uint8Array(await fetched);
      if (turn !== this.turn) return;
      this.file = bundle;
      this.worker.postMessage({ turn, bundle, trusted: [] } satisfies Asked);
    } catch (error) {
      if (turn === this.turn) this.failed(error instanceof Error ? error.message : String(error));
    }
  }

  forget(): void {
    this.turn++;
    Object.assign(this, { name: "", checks: [], verdict: null, trouble: "", file: null });
  }

  private told(answer: Answered): void {
    if (answer.turn !== this.turn) return;
    if ("check" in answer) this.checks = [...this.checks, answer.check];
    else this.verdict = answer.verdict;
  }

  private failed(why: string): void {
    this.trouble = why;
  }
}
