/** What can be shared: how it is called, what it may be for, and how to ask of it and give it. */

import type { Answer } from "../api/types";

export interface Shareable {
  noun: string;
  title: string;
  /** The purposes that are offered, the likeliest first. */
  purposes: readonly string[];
  /** Changes whenever what may be given can have changed. */
  state: string;
  /** Nobody has judged it yet. */
  unjudged: boolean;
  preview: (partner: string, purpose: string) => Promise<Answer>;
  release: (partner: string, purpose: string) => Promise<Answer>;
}
