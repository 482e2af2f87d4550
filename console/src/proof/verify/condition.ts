/** The condition of a clause: read to a tree and answered by Kleene's logic (docs/formats/agreement.md). */

import { Fault } from "./fault";
import { characters } from "./text";
import words from "./vocabulary.json";

type Datum = string | number;
/** What is known by name; absent where it is missing. */
export type Facts = Map<string, Datum>;

interface Word {
  /** Its values, from least to most where they have an order; none: it is a number. */
  choices: string[];
  ordered: boolean;
  kind: string | null;
}
const WORDS = new Map(Object.entries(words.conditions as Record<string, Word>));

export type Condition =
  | { is: "comparison"; name: string; operator: string; values: Datum[] }
  | { is: "not"; part: Condition }
  | { is: "and" | "or"; parts: Condition[] };

const LONGEST = 2_000; // characters
const DEEPEST = 20; // levels
const TOKEN = /[ \t]*(?:(==|!=|<=|>=|[<>()[\],])|([A-Za-z0-9_.+-]+))/y;
const NUMBER = /^[0-9]{1,9}(\.[0-9]{1,6})?$/;
const ORDERS = new Map<string, (one: number, other: number) => boolean>([
  ["==", (one, other) => one === other],
  ["!=", (one, other) => one !== other],
  ["<", (one, other) => one < other],
  ["<=", (one, other) => one <= other],
  [">", (one, other) => one > other],
  [">=", (one, other) => one >= other],
]);

/**
 * Return the tree of a condition.
 *
 * @throws Fault: it is not in the language.
 */
export function readCondition(text: string): Condition {
  if (characters(text) > LONGEST) throw new Fault(`a condition of ${characters(text)} characters`);
  const reader = new Reader(tokens(text));
  const tree = reader.alternatives(0);
  if (reader.ahead !== "") throw new Fault(`'${reader.ahead}' does not belong here`);
  return tree;
}

function tokens(text: string): string[] {
  const whole = text.replace(/[ \t]+$/, "");
  const found: string[] = [];
  for (let place = 0; place < whole.length; place = TOKEN.lastIndex) {
    TOKEN.lastIndex = place;
    const match = TOKEN.exec(whole);
    if (!match) throw new Fault(`'${whole.slice(place).trim().slice(0, 20)}' is not known`);
    found.push(match[1] ?? match[2] ?? "");
  }
  return found;
}

class Reader {
  private at = 0;

  constructor(private readonly found: string[]) {}

  get ahead(): string {
    return this.found[this.at] ?? "";
  }

  private take(): string {
    const token = this.found[this.at++];
    if (token === undefined) throw new Fault("the condition breaks off");
    return token;
  }

  private expect(token: string): void {
    const found = this.take();
    if (found !== token) throw new Fault(`'${found}' stands where '${token}' should`);
  }

  alternatives(depth: number): Condition {
    return this.joined("or", () => this.joined("and", () => this.single(depth)));
  }

  /** Return one part, or several joined by the word, flat: none of them joined by the same word. */
  private joined(by: "and" | "or", one: () => Condition): Condition {
    const parts = [one()];
    while (this.ahead === by) {
      this.take();
      parts.push(one());
    }
    const flat = parts.flatMap((part) => (part.is === by ? part.parts : [part]));
    return flat.length === 1 && flat[0] ? flat[0] : { is: by, parts: flat };
  }

  private single(depth: number): Condition {
    if (depth > DEEPEST) throw new Fault(`a condition nested deeper than ${DEEPEST} levels`);
    const symbol = this.take();
    if (symbol === "not") return { is: "not", part: this.single(depth + 1) };
    if (symbol !== "(") return this.comparison(symbol);
    const inner = this.alternatives(depth + 1);
    this.expect(")");
    return inner;
  }

  private comparison(name: string): Condition {
    const word = WORDS.get(name);
    if (!word) throw new Fault(`a condition cannot ask about '${name}'`);
    const symbol = this.take();
    if (symbol === "not") {
      this.expect("in");
      return { is: "not", part: { is: "comparison", name, operator: "in", values: this.listed(name, word) } };
    }
    if (symbol === "in") return { is: "comparison", name, operator: "in", values: this.listed(name, word) };
    if (!ORDERS.has(symbol)) throw new Fault(`'${symbol}' is no comparison`);
    if (symbol !== "==" && symbol !== "!=" && !word.ordered) throw new Fault(`${name} has no order, so '${symbol}' means nothing`);
    return { is: "comparison", name, operator: symbol, values: [datum(name, word, this.take())] };
  }

  private listed(name: string, word: Word): Datum[] {
    this.expect("[");
    const values = [datum(name, word, this.take())];
    while (this.ahead === ",") {
      this.take();
      values.push(datum(name, word, this.take()));
    }
    this.expect("]");
    if (new Set(values).size !== values.length) throw new Fault(`a value stands twice in the list after ${name}`);
    return values;
  }
}

function datum(name: string, word: Word, symbol: string): Datum {
  if (word.choices.length > 0) {
    if (!word.choices.includes(symbol)) throw new Fault(`${name} is never '${symbol}'`);
    return symbol;
  }
  if (!NUMBER.test(symbol)) throw new Fault(`'${symbol}' is not a number`);
  return Number(symbol);
}

/** Return the one text of a condition: the inverse of `readCondition`. */
export function writtenCondition(tree: Condition): string {
  if (tree.is === "comparison") {
    const values = tree.values.map((value) => (typeof value === "string" ? value : value.toFixed(6).replace(/\.?0+$/, "")));
    return `${tree.name} ${tree.operator} ${tree.operator === "in" ? `[${values.join(", ")}]` : values[0]}`;
  }
  const bracketed = (part: Condition, looser: string[]) => (looser.includes(part.is) ? `(${writtenCondition(part)})` : writtenCondition(part));
  if (tree.is === "not") return `not ${bracketed(tree.part, ["and", "or"])}`;
  if (tree.is === "and") return tree.parts.map((part) => bracketed(part, ["or"])).join(" and ");
  return tree.parts.map(writtenCondition).join(" or ");
}

/** Return the kinds of record that the names asked about belong to. */
export function kindsOf(tree: Condition): [string, string | null][] {
  if (tree.is === "comparison") return [[tree.name, WORDS.get(tree.name)?.kind ?? null]];
  return (tree.is === "not" ? [tree.part] : tree.parts).flatMap(kindsOf);
}

/** Return whether the condition holds of the facts, null where it rests on what is missing. */
export function answer(tree: Condition, facts: Facts): boolean | null {
  if (tree.is === "comparison") return comparedTo(tree.name, tree.operator, tree.values, facts);
  if (tree.is === "not") {
    const inner = answer(tree.part, facts);
    return inner === null ? null : !inner;
  }
  const answers = tree.parts.map((part) => answer(part, facts));
  const decisive = tree.is === "or"; // one yes settles an or, one no settles an and
  if (answers.includes(decisive)) return decisive;
  return answers.includes(null) ? null : !decisive;
}

function comparedTo(name: string, operator: string, values: Datum[], facts: Facts): boolean | null {
  const word = WORDS.get(name);
  const found = facts.get(name);
  const rank = word && found !== undefined ? ranked(word, found) : null;
  const order = ORDERS.get(operator === "in" ? "==" : operator);
  if (!word || rank === null || !order) return null;
  return values.map((value) => ranked(word, value)).some((wanted) => wanted !== null && order(rank, wanted));
}

function ranked(word: Word, value: Datum): number | null {
  if (word.choices.length > 0) {
    const place = typeof value === "string" ? word.choices.indexOf(value) : -1;
    return place < 0 ? null : place;
  }
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
