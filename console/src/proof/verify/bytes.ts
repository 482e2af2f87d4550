/** Bytes: joined, compared, hashed, and as text. */

import { Fault, Unable } from "./fault";

export type Bytes = Uint8Array<ArrayBuffer>;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Return the UTF-8 bytes of the text. */
export const utf8 = (text: string): Bytes => ENCODER.encode(text);

/** Return the text of UTF-8 bytes, or null where they are none. */
export function fromUtf8(data: Bytes): string | null {
  try {
    return DECODER.decode(data);
  } catch {
    return null;
  }
}

export function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Return less than, equal to or more than zero, as the bytes come before, at or after the others. */
export function compared(one: Bytes, other: Bytes): number {
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

export const hex = (data: Bytes): string => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Return SHA-256 over the parts one after another. */
export async function digest(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await subtle().digest("SHA-256", joined(...parts)));
}

/**
 * Return the browser's own cryptography.
 *
 * @throws Unable: it has none here, as browsers give it to pages by https or from the same machine only.
 */
export function subtle(): SubtleCrypto {
  const found = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!found) throw new Unable("this browser gives no cryptography to a page that came over plain http", "", "Open the console over https, or use: comity verify FILE");
  return found;
}

export function base64(value: Bytes): string {
  return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * Return the value of base64 text.
 *
 * @throws Fault: it is none, or not the one way to write its value.
 */
export function fromBase64(code: string, where: string): Bytes {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(code) || code.length % 4 !== 0) throw new Fault("a value is not base64", where);
  let value: Bytes;
  try {
    value = Uint8Array.from(atob(code), (character) => character.charCodeAt(0));
  } catch {
    throw new Fault("a value is not base64", where);
  }
  if (base64(value) !== code) throw new Fault("a value is not written in the one base64 form it has", where);
  return value;
}

/** Return the number that the bytes are, highest first. */
export const bigEndian = (data: Bytes): bigint => data.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
