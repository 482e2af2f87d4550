/** Crosswalks: from the codes of one scheme to those of another (docs/formats/crosswalk.md). They decide nothing. */

import { flaw, illNamed, repeated, tooMany, under, type Flaws } from "./flaw";
import { LONGEST_TEXT, MOST_CODES, places, SCHEME, schemeFlaws } from "./scheme";
import { integer, list, optional, some, struct, text, word, type Of } from "./shape";
import { blank, characters, printable } from "./text";
import words from "./vocabulary.json";

const MOST = 50;
const EXACT = words.relations[0];
const LOSSY = words.relations.at(-1);

export const CROSSWALK = struct({
  crosswalk: text(),
  version: integer(),
  from: SCHEME,
  to: SCHEME,
  mappings: list(struct({ code: text(), to: text(), as: word(words.relations), loses: optional(text(), "") })),
  none: some(struct({ code: text(), why: text() })),
});
type Crosswalk = Of<typeof CROSSWALK>;
type Mapped = Crosswalk["mappings"][number];

/** Find all that makes the crosswalks unusable; paths begin inside `annex`. */
export function* crosswalkFlaws(found: readonly Crosswalk[]): Flaws {
  yield* tooMany(found, "crosswalks", MOST);
  const names = found.map((one) => one.crosswalk);
  yield* repeated(names, "crosswalks");
  const ways = new Set<string>();
  for (const one of found) {
    const way = `from ${one.from.scheme} to ${one.to.scheme}`;
    if (ways.has(way)) yield flaw(["crosswalks", one.crosswalk], `a second crosswalk leads ${way}`, "Keep one of them.");
    ways.add(way);
    yield* under(flawsOf(one), "crosswalks", one.crosswalk);
  }
}

function* flawsOf(one: Crosswalk): Flaws {
  yield* illNamed(one.crosswalk, ["crosswalk"], "a crosswalk");
  if (one.version < 1n || one.version >= 2n ** 31n) yield flaw(["version"], "the version is not a whole number from 1", "Count versions from 1.");
  yield* under(schemeFlaws(one.from), "from");
  yield* under(schemeFlaws(one.to), "to");
  if (one.from.scheme === one.to.scheme) yield flaw(["to", "scheme"], "a scheme is told in itself", "Name another.");
  if (one.from.parts.length !== one.to.parts.length) yield flaw(["to", "codes"], "the two schemes have not the same number of parts", "Write the same number.");
  if (one.mappings.length > MOST_CODES || one.none.length > MOST_CODES) yield flaw(["mappings"], `there are more than ${MOST_CODES} codes`, "Split the crosswalk.");
  yield* eachOnce(one);
  yield* mappingFlaws(one);
  yield* sameTwice(one);
  for (const [place, { why }] of one.none.entries()) {
    if (blank(why) || characters(why) > LONGEST_TEXT) yield flaw(["none", place, "why"], "nothing says why it has no counterpart", "Say why, in one line.");
  }
}

/** Find each code that is mapped twice, not at all, or that the scheme does not have. */
function* eachOnce(one: Crosswalk): Flaws {
  const known = places(one.from);
  const told = new Set<string>();
  for (const key of ["mappings", "none"] as const) {
    for (const [place, { code }] of one[key].entries()) {
      if (told.has(code)) yield flaw([key, place, "code"], `the code '${code}' stands twice`, "Map each code once.");
      else if (!known.has(code)) yield flaw([key, place, "code"], `'${code}' is no code of ${one.from.scheme}`);
      told.add(code);
    }
  }
  for (const code of known.keys()) {
    if (!told.has(code)) yield flaw(["mappings"], `nothing is said of the code '${code}'`, "Map it, or put it into `none` with the reason.");
  }
}

function* mappingFlaws({ from, to, mappings }: Crosswalk): Flaws {
  const [sources, targets] = [places(from), places(to)];
  const graded = words.gradings.includes(from.scheme) || words.gradings.includes(to.scheme);
  for (const [at, one] of mappings.entries()) {
    const [source, target] = [sources.get(one.code), targets.get(one.to)];
    if (target === undefined) yield flaw(["mappings", at, "to"], `'${one.to}' is no code of ${to.scheme}`);
    else if (source !== undefined && source !== target) yield flaw(["mappings", at, "to"], `'${one.to}' stands in another part than '${one.code}'`, "Map a sign into its own part.");
    if (graded && one.as !== LOSSY) yield flaw(["mappings", at, "as"], "no grading is kept in another scheme", "Write lossy.");
    yield* under(loses(one), "mappings", at);
  }
}

function* loses(one: Mapped): Flaws {
  if (one.as === EXACT) {
    if (one.loses) yield flaw(["loses"], "an exact mapping loses nothing", "Remove it, or write another word after `as`.");
  } else if (blank(one.loses) || characters(one.loses) > LONGEST_TEXT || !printable(one.loses)) {
    yield flaw(["as"], `nothing says what is lost from '${one.code}' to '${one.to}'`, "Add `loses:`, in one line.");
  }
}

/** Find two codes each of which is said to mean exactly what a third does. */
function* sameTwice({ mappings }: Crosswalk): Flaws {
  const exact = new Map<string, string>();
  for (const [place, one] of mappings.entries()) {
    if (one.as !== EXACT) continue;
    const other = exact.get(one.to) ?? one.code;
    exact.set(one.to, other);
    if (other !== one.code) yield flaw(["mappings", place, "as"], `'${other}' and '${one.code}' cannot both be exactly '${one.to}'`, "Write narrower or broader for one of them.");
  }
}
