/** Schemes: the codes of one side of a crosswalk, and what each means. */

import { flaw, illNamed, tooMany, type Flaws } from "./flaw";
import { list, struct, text, type Of } from "./shape";
import { blank, characters, printable, quoted, stripped } from "./text";
import words from "./vocabulary.json";

export const MOST_CODES = 1_000;
export const LONGEST_TEXT = 400; // characters
const MOST_PARTS = 4;
const LONGEST_CODE = 40;
const LONGEST_SOURCE = 1_000;
const OURS = new Map(Object.entries(words.schemes as Record<string, string[][]>));

export const SCHEME = struct({ scheme: text(), source: text(), parts: list(list(struct({ code: text(), meaning: text() }))) });
export type Scheme = Of<typeof SCHEME>;

/** Return in which part each code stands; of one that stands twice, in the first. */
export function places({ parts }: Scheme): Map<string, number> {
  const found = new Map<string, number>();
  for (const [place, part] of parts.entries()) for (const { code } of part) if (!found.has(code)) found.set(code, place);
  return found;
}

/** Find all that makes the scheme unusable. */
export function* schemeFlaws(one: Scheme): Flaws {
  yield* illNamed(one.scheme, ["scheme"], "a scheme");
  if (blank(one.source) || characters(one.source) > LONGEST_SOURCE) yield flaw(["source"], "nothing, or too much, says who publishes it", "Name the source in one line.");
  if (one.parts.length < 1 || one.parts.length > MOST_PARTS || one.parts.some((part) => part.length === 0)) {
    yield flaw(["codes"], `there are not 1 to ${MOST_PARTS} parts, each with a code`, "Name the codes.");
  }
  yield* tooMany(one.parts.flat(), "codes", MOST_CODES);
  yield* codeFlaws(one);
  const ours = OURS.get(one.scheme);
  if (ours && !alike(one, ours)) yield flaw(["codes"], `${one.scheme} has other codes in the vocabulary`, `Write ${ours.map((part) => part.join(" ")).join("; ")}.`);
}

function* codeFlaws({ parts }: Scheme): Flaws {
  const seen = new Set<string>();
  const longest = parts.length > 1 ? 1 : LONGEST_CODE;
  for (const { code, meaning } of parts.flat()) {
    const path = ["codes", code];
    if (seen.has(code)) yield flaw(path, `the code '${code}' stands twice`, "Give each its own.");
    seen.add(code);
    const length = characters(code);
    if (length < 1 || length > longest || !printable(code) || code !== stripped(code)) yield flaw(path, `${quoted(code)} is no code of 1 to ${longest} printable signs`, "Shorten it.");
    if (blank(meaning) || characters(meaning) > LONGEST_TEXT || !printable(meaning)) yield flaw(path, `the meaning of ${quoted(code)} is not one line`, "Say what falls under it.");
  }
}

/** Whether the scheme has in each part the codes that the vocabulary has in it. */
function alike({ parts }: Scheme, ours: readonly string[][]): boolean {
  const same = (part: Scheme["parts"][number], codes: readonly string[]) => {
    const found = new Set(part.map((one) => one.code));
    return found.size === codes.length && codes.every((code) => found.has(code));
  };
  return parts.length === ours.length && parts.every((part, at) => same(part, ours[at] ?? []));
}
