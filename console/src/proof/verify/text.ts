/** Text: measured and shown as the node does it. */

/** What the node takes for space; the browser's own word for it holds other characters. */
const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANK = new RegExp(`^[${SPACE}]*$`);
const EDGES = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const PRINTABLE = /^(?: |[^\p{C}\p{Z}])*$/u;

/** Return how many characters, not halves of surrogate pairs, the text has. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether nothing but space stands in it. */
export const blank = (text: string): boolean => BLANK.test(text);

/** Return the text without the space at either end. */
export const stripped = (text: string): string => text.replace(EDGES, "");

/** Whether all of it can be seen on one line. */
export const printable = (text: string): boolean => PRINTABLE.test(text);

/** Return the names in a sentence: `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last;
}

/** Return the text in single quotes, cut where it is long. */
export const quoted = (text: string): string => `'${text.slice(0, 80)}'`;
