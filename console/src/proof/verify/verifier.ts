/** The verifier as a worker of the page: a bundle comes in; each check goes out as it is made, then the verdict. */

import { load } from "./keys";
import { verify, type Check, type Verdict } from "./verdict";

/** What is asked of it. */
export interface Asked {
  /** Which question it is: answers carry it. */
  turn: number;
  bundle: Uint8Array<ArrayBuffer>;
  trusted: string[];
}
/** What it answers. */
export type Answered = { turn: number; check: Check } | { turn: number; verdict: Verdict };

const answer = (told: Answered) => postMessage(told);

void load();

onmessage = ({ data }: MessageEvent<Asked>) => {
  const { turn, bundle, trusted } = data;
  void verify(bundle, trusted, (check) => answer({ turn, check })).then((verdict) => answer({ turn, verdict }));
};
