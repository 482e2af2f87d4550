/**
 * Canonical form: deterministic CBOR, read as strictly as docs/formats/canonical.md says.
 *
 * What was read is written again and compared, so that no two sequences of bytes mean the same thing. Integers are
 * bigints and real numbers numbers, so that `55` and `55.0` stay different.
 */

import { compared, fromUtf8, same, utf8, type Bytes } from "./bytes";
import { NotCanonical } from "./fault";

export type Plain = null | boolean | bigint | number | string | Bytes | Plain[] | PlainMap;
export type PlainMap = Map<string, Plain>;

const LARGEST = 16 * 1024 * 1024; // bytes
const DEEPEST = 32; // levels

/**
 * Return the value whose canonical bytes these are.
 *
 * @throws NotCanonical: they are none.
 */
export function read(data: Bytes, where: string): Plain {
  if (data.length > LARGEST) throw new NotCanonical(`${data.length} bytes are more than the ${LARGEST} allowed`, where);
  const reader = new Reader(data, where);
  const value = reader.item(0);
  reader.end();
  if (!same(written(value), data)) throw new NotCanonical("the bytes are not the one canonical form of what they say", where);
  return value;
}

class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(
    private readonly data: Bytes,
    private readonly where: string,
  ) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  item(depth: number): Plain {
    if (depth > DEEPEST) this.refuse(`nested deeper than ${DEEPEST} levels`);
    const first = this.view.getUint8(this.take(1));
    const major = first >> 5;
    if (major === 7) return this.simple(first & 31);
    const argument = this.argument(first & 31);
    if (major === 0) return argument;
    if (major === 1) return this.negative(argument);
    if (major === 2) return this.bytes(argument);
    if (major === 3) return this.text(argument);
    if (major === 4) return this.list(argument, depth);
    if (major === 5) return this.map(argument, depth);
    return this.refuse(`tag ${argument} has no place in canonical form`);
  }

  end(): void {
    if (this.at !== this.data.length) this.refuse("something follows the value");
  }

  private refuse(what: string): never {
    throw new NotCanonical(what, this.where);
  }

  private take(length: number): number {
    const from = this.at;
    if (length > this.data.length - from) this.refuse("not readable CBOR (it breaks off)");
    this.at += length;
    return from;
  }

  private argument(short: number): bigint {
    if (short < 24) return BigInt(short);
    if (short === 24) return BigInt(this.view.getUint8(this.take(1)));
    if (short === 25) return BigInt(this.view.getUint16(this.take(2)));
    if (short === 26) return BigInt(this.view.getUint32(this.take(4)));
    if (short === 27) return this.view.getBigUint64(this.take(8));
    return this.refuse("not readable CBOR (a length that is not definite)");
  }

  /** Return the length as a number: nothing that long is left, so that no room is made for it. */
  private length(argument: bigint): number {
    if (argument > BigInt(this.data.length - this.at)) this.refuse("not readable CBOR (it breaks off)");
    return Number(argument);
  }

  private negative(argument: bigint): bigint {
    const value = -1n - argument;
    return value < -(2n ** 63n) ? this.refuse("an integer exceeds 64 bits") : value;
  }

  private bytes(argument: bigint): Bytes {
    const length = this.length(argument);
    const from = this.take(length);
    return this.data.slice(from, from + length);
  }

  private text(argument: bigint): string {
    return fromUtf8(this.bytes(argument)) ?? this.refuse("not readable CBOR (text that is not UTF-8)");
  }

  private list(argument: bigint, depth: number): Plain[] {
    const items: Plain[] = [];
    for (let left = this.length(argument); left > 0; left--) items.push(this.item(depth + 1));
    return items;
  }

  private map(argument: bigint, depth: number): PlainMap {
    const found: PlainMap = new Map();
    for (let left = this.length(argument); left > 0; left--) {
      const key = this.item(depth + 1);
      if (typeof key !== "string") return this.refuse("a map key is not text");
      if (found.has(key)) this.refuse("a map key stands twice");
      found.set(key, this.item(depth + 1));
    }
    return found;
  }

  private simple(short: number): Plain {
    if (short === 20 || short === 21) return short === 21;
    if (short === 22) return null;
    if (short === 25) return this.finite(half(this.view.getUint16(this.take(2))));
    if (short === 26) return this.finite(this.view.getFloat32(this.take(4)));
    if (short === 27) return this.finite(this.view.getFloat64(this.take(8)));
    return this.refuse("not readable CBOR (a simple value that has no place)");
  }

  private finite(value: number): number {
    return Number.isFinite(value) ? value : this.refuse("a number is not finite");
  }
}

/** Return the canonical bytes of what was read. */
export function written(value: Plain): Bytes {
  const out = new Writer();
  out.item(value);
  return out.data();
}

class Writer {
  private room = new Uint8Array(1024);
  private used = 0;

  data(): Bytes {
    return this.room.slice(0, this.used);
  }

  item(value: Plain): void {
    if (value === null) this.raw(0xf6);
    else if (typeof value === "boolean") this.raw(value ? 0xf5 : 0xf4);
    else if (typeof value === "bigint") this.head(value < 0n ? 1 : 0, value < 0n ? -1n - value : value);
    else if (typeof value === "number") this.real(value);
    else if (typeof value === "string") this.string(3, utf8(value));
    else if (value instanceof Uint8Array) this.string(2, value);
    else if (Array.isArray(value)) this.list(value);
    else this.map(value);
  }

  private raw(...bytes: number[]): void {
    this.put(Uint8Array.from(bytes));
  }

  private put(bytes: Bytes): void {
    while (this.used + bytes.length > this.room.length) {
      const larger = new Uint8Array(2 * this.room.length);
      larger.set(this.room);
      this.room = larger;
    }
    this.room.set(bytes, this.used);
    this.used += bytes.length;
  }

  private head(major: number, argument: bigint): void {
    const top = major << 5;
    if (argument < 24n) this.raw(top | Number(argument));
    else if (argument < 2n ** 8n) this.sized(top | 24, 1, argument);
    else if (argument < 2n ** 16n) this.sized(top | 25, 2, argument);
    else if (argument < 2n ** 32n) this.sized(top | 26, 4, argument);
    else this.sized(top | 27, 8, argument);
  }

  private sized(first: number, width: number, argument: bigint): void {
    const bytes = new Uint8Array(9);
    new DataView(bytes.buffer).setBigUint64(1, argument);
    bytes[8 - width] = first;
    this.put(bytes.slice(8 - width));
  }

  private string(major: number, bytes: Bytes): void {
    this.head(major, BigInt(bytes.length));
    this.put(bytes);
  }

  private list(items: Plain[]): void {
    this.head(4, BigInt(items.length));
    for (const item of items) this.item(item);
  }

  private map(found: PlainMap): void {
    this.head(5, BigInt(found.size));
    const keys = [...found.keys()].map((key): [string, Bytes] => [key, utf8(key)]);
    // Of text keys the bytewise order of the encoding is: shorter first, then by byte.
    keys.sort(([, one], [, other]) => one.length - other.length || compared(one, other));
    for (const [key, bytes] of keys) {
      this.string(3, bytes);
      this.item(found.get(key) ?? null);
    }
  }

  private real(value: number): void {
    const view = new DataView(new ArrayBuffer(9));
    const short = shortened(value);
    if (short !== null) view.setUint16(1, short);
    else if (Math.fround(value) === value) view.setFloat32(1, value);
    else view.setFloat64(1, value);
    const width = short !== null ? 2 : Math.fround(value) === value ? 4 : 8;
    view.setUint8(0, 0xf9 + Math.log2(width) - 1);
    this.put(new Uint8Array(view.buffer, 0, 1 + width));
  }
}

/** Return the number that a 16-bit real is. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/** Return the 16 bits that keep the number's value, or null where none do. */
function shortened(value: number): number | null {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === 0) return sign;
  if (size < 2 ** -14) {
    const units = size * 2 ** 24;
    return Number.isInteger(units) ? sign | units : null;
  }
  for (let exponent = -14; exponent <= 15; exponent++) {
    if (size >= 2 ** (exponent + 1)) continue;
    const fraction = (size / 2 ** exponent - 1) * 1024;
    return Number.isInteger(fraction) ? sign | ((exponent + 15) << 10) | fraction : null;
  }
  return null;
}
