/** A flaw: what makes well-formed terms unusable; the node finds the same. */

import { blank, characters, printable, quoted } from "./text";

/** Where it is: keys and numbers of items, from the top. */
export type Path = (string | number)[];

/** What is wrong where, and what to do about it. */
export interface Flaw {
  path: Path;
  what: string;
  remedy: string;
}
export type Flaws = Generator<Flaw, void, undefined>;

/** The key of a list, its items, what can stand in it, and what one of them is called. */
export type Lists = [string, readonly string[], readonly string[], string][];

const NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const MOST = 1_000; // items in a list of a clause

export const flaw = (path: Path, what: string, remedy = ""): Flaw => ({ path, what, remedy });

/** The same flaws, seen from further up. */
export function* under(found: Iterable<Flaw>, ...above: Path): Flaws {
  for (const each of found) yield { ...each, path: [...above, ...each.path] };
}

/** Find each item that stands in the list a second time. */
export function* repeated(items: readonly string[], key: string): Flaws {
  const seen = new Set<string>();
  for (const [place, item] of items.entries()) {
    if (seen.has(item)) yield flaw([key, place], `'${item}' stands twice`, "Name it once.");
    seen.add(item);
  }
}

/** Find each item that is not among the known ones. */
export function* unknown(items: readonly string[], choices: readonly string[], key: string, noun: string): Flaws {
  for (const [place, item] of items.entries()) {
    if (!choices.includes(item)) yield flaw([key, place], `'${item}' is no ${noun}`);
  }
}

/** Find a list that names nobody and nothing. */
export function* empty(items: readonly unknown[], key: string, noun: string): Flaws {
  if (items.length === 0) yield flaw([key], `no ${noun} is named`, "Name at least one.");
}

/** Find a name that is not written in small letters, digits, dots and hyphens. */
export function* illNamed(name: string, path: Path, noun: string): Flaws {
  if (!NAME.test(name)) yield flaw(path, `${quoted(name)} is no name of ${noun}`, "Use small letters, digits, dots, hyphens.");
}

/** Find a list longer than is allowed. */
export function* tooMany(items: readonly unknown[], key: string, most = MOST): Flaws {
  if (items.length > most) yield flaw([key], `${items.length} items are more than the ${most} allowed`, "Shorten it.");
}

/** Find what is wrong with lists that must name something, each once, of what is known. */
export function* chosen(lists: Lists): Flaws {
  for (const [key, items, choices, noun] of lists) {
    yield* empty(items, key, noun);
    yield* tooMany(items, key);
    yield* repeated(items, key);
    yield* unknown(items, choices, key, noun);
  }
}

/** Find a text that is not one line that says something. */
export function* illSaid(said: string, path: Path, most: number): Flaws {
  if (blank(said) || !printable(said) || characters(said) > most) yield flaw(path, `this is not one printable line of 1 to ${most} characters`, "Say it in one line.");
}

/** Find a text that is not one line, which may be empty. */
export function* noLine(said: string, path: Path, most: number): Flaws {
  if (!printable(said) || characters(said) > most) yield flaw(path, `this is not one printable line of at most ${most} characters`, "Shorten it.");
}
