/** Shapes: what a canonical value must be to stand for a thing, no key more and none less. */

import type { Bytes } from "./bytes";
import { read, type Plain } from "./cbor";
import { NotCanonical } from "./fault";
import { characters } from "./text";

/** Makes a value of what was read, or throws a `Misshapen`. */
export type Shape<Kind> = (value: Plain) => Kind;
export type Of<Made> = Made extends Shape<infer Kind> ? Kind : never;

export class Misshapen extends Error {}

interface Optional<Kind> {
  shape: Shape<Kind>;
  /** What it is where the key is left out; what equals it must be left out. */
  otherwise: Kind;
}
type Keys = Record<string, Shape<unknown> | Optional<unknown>>;
type Made<Given extends Keys> = {
  [Key in keyof Given]: Given[Key] extends Optional<infer Kind> ? Kind : Given[Key] extends Shape<infer Kind> ? Kind : never;
};

/**
 * Return the thing whose canonical bytes these are.
 *
 * @throws NotCanonical: they are not canonical, or of another shape.
 */
export function readAs<Kind>(data: Bytes, shape: Shape<Kind>, noun: string, where: string): Kind {
  const plain = read(data, where);
  try {
    return shape(plain);
  } catch (error) {
    if (error instanceof Misshapen) throw new NotCanonical(`not a ${noun}: ${error.message}`, where);
    throw error;
  }
}

export const text =
  (limits: { least?: number; most?: number; pattern?: RegExp } = {}): Shape<string> =>
  (value) => {
    if (typeof value !== "string") throw new Misshapen("text is missing");
    const length = characters(value);
    if (length < (limits.least ?? 0) || length > (limits.most ?? Infinity)) throw new Misshapen("a text is too short or too long");
    if (limits.pattern && !limits.pattern.test(value)) throw new Misshapen("a text is not written as it must be");
    return value;
  };

export const word =
  <Words extends string>(words: readonly Words[]): Shape<Words> =>
  (value) => {
    const found = words.find((each) => each === value);
    if (found === undefined) throw new Misshapen("a word is none of those that can stand there");
    return found;
  };

export const bytes =
  (length?: number): Shape<Bytes> =>
  (value) => {
    if (!(value instanceof Uint8Array)) throw new Misshapen("bytes are missing");
    if (length !== undefined && value.length !== length) throw new Misshapen(`there are ${value.length} bytes and not ${length}`);
    return value;
  };

export const atMost =
  (length: number): Shape<Bytes> =>
  (value) => {
    const found = bytes()(value);
    if (found.length > length) throw new Misshapen(`there are ${found.length} bytes, more than ${length}`);
    return found;
  };

export const integer =
  (least?: bigint, most?: bigint): Shape<bigint> =>
  (value) => {
    if (typeof value !== "bigint") throw new Misshapen("a whole number is missing");
    if ((least !== undefined && value < least) || (most !== undefined && value > most)) throw new Misshapen("a number is too small or too large");
    return value;
  };

export const real =
  (least: number, most: number): Shape<number> =>
  (value) => {
    if (typeof value !== "number" || value < least || value > most) throw new Misshapen("a real number is missing, too small or too large");
    return value;
  };

export const truth: Shape<boolean> = (value) => {
  if (typeof value !== "boolean") throw new Misshapen("a truth value is missing");
  return value;
};

export const list =
  <Kind>(item: Shape<Kind>, most = Infinity): Shape<Kind[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new Misshapen("a list is missing");
    if (value.length > most) throw new Misshapen("a list is too long");
    return value.map(item);
  };

export const mapping =
  <Kind>(item: Shape<Kind>): Shape<Map<string, Kind>> =>
  (value) => {
    if (!(value instanceof Map)) throw new Misshapen("a map is missing");
    return new Map([...value].map(([key, each]) => [key, item(each)]));
  };

export const optional = <Kind, Other = Kind>(shape: Shape<Kind>, otherwise: Other): Optional<Kind | Other> => ({ shape, otherwise });

/** A list that is left out where it would be empty. */
export const some = <Kind>(item: Shape<Kind>): Optional<Kind[]> => optional<Kind[], Kind[]>(list(item), []);

export const struct =
  <Given extends Keys>(keys: Given): Shape<Made<Given>> =>
  (value) => {
    if (!(value instanceof Map)) throw new Misshapen("a map is missing");
    const made: Record<string, unknown> = {};
    for (const [key, how] of Object.entries(keys)) {
      const there = value.get(key);
      if (typeof how === "function") made[key] = how(there === undefined ? missing(key) : there);
      else made[key] = there === undefined ? how.otherwise : spoken(key, how, there);
    }
    for (const key of value.keys()) if (!Object.hasOwn(keys, key)) throw new Misshapen(`it has a key ${JSON.stringify(key.slice(0, 40))} that has no place`);
    return made as Made<Given>;
  };

/** A map that says something: one that says nothing must be left out. */
export const said =
  <Kind>(shape: Shape<Kind>): Shape<Kind> =>
  (value) => {
    if (value instanceof Map && value.size === 0) throw new Misshapen("a map that says nothing should have been left out");
    return shape(value);
  };

function missing(key: string): never {
  throw new Misshapen(`${key} is missing`);
}

function spoken(key: string, how: Optional<unknown>, there: Plain): unknown {
  const made = how.shape(there);
  const unsaid = made === how.otherwise || ((made instanceof Uint8Array || Array.isArray(made)) && made.length === 0);
  if (unsaid) throw new Misshapen(`${key} should have been left out`);
  return made;
}
