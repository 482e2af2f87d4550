/** Signed notes, checkpoints and cosignatures, as C2SP says and as strictly as docs/formats/log.md. */

import { bigEndian, digest, fromBase64, fromUtf8, joined, same, utf8, type Bytes } from "./bytes";
import { Fault } from "./fault";
import { BadSignature, LATTICE_SIGNATURE, SIGNATURE_LENGTH, verifyBare, verifyLatticeBare } from "./keys";
import { quoted } from "./text";
import { LARGEST as LARGEST_TREE } from "./tree";

const LARGEST = 256 * 1024; // bytes
const MOST_SIGNATURES = 64;
const DASH = "\u2014 ";
/** Signature types: what signs a note itself, and the two that cosign a checkpoint, Ed25519 and ML-DSA-44. */
const TYPES = { log: 0x01, witness: 0x04, lattice: 0x06 };
const TIME_LENGTH = 8;
const SUBTREE = "subtree/v1\n\0";
const LONGEST_NAME = 255;
const HASH_LENGTH = 32;
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const UNNAMEABLE = /[\s+\u001c-\u001f\u0085]/;

interface Signature {
  name: string;
  id: Bytes;
  signature: Bytes;
}

/** A text, which ends in a newline, and the signatures below it. Nothing in it is believed before it was checked. */
export interface Note {
  text: string;
  signatures: Signature[];
}

/** A key whose signatures can stand below a note. */
export interface NoteKey {
  name: string;
  public: Bytes;
  kind: keyof typeof TYPES;
}

/** Return those of the keys that have put a signature below the note, whether it holds or not. */
export async function signedBelow(note: Note, keys: readonly NoteKey[]): Promise<NoteKey[]> {
  const below = new Set(note.signatures.map(known));
  const names = await Promise.all(keys.map(nameOf));
  return keys.filter((_, at) => below.has(names[at] ?? ""));
}

/** Whether the two are the same key under the same name. */
export const sameKey = (one: NoteKey, other: NoteKey): boolean => one.name === other.name && one.kind === other.kind && same(one.public, other.public);

/** A log's word on how large its tree is and what its root is. */
export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Bytes;
}

/**
 * Return the note that these bytes are.
 *
 * @throws Fault: they are none.
 */
export function readNote(data: Bytes, where = ""): Note {
  if (data.length > LARGEST) throw new Fault(`the note has ${data.length} bytes, more than the ${LARGEST} allowed`, where);
  const whole = fromUtf8(data);
  if (whole === null) throw new Fault("the note is not UTF-8", where);
  if (CONTROL.test(whole)) throw new Fault("the note holds a control character", where);
  const blank = whole.lastIndexOf("\n\n");
  const below = whole.slice(blank + 2);
  if (blank < 0 || !below.endsWith("\n")) throw new Fault("the note does not end in an empty line and signature lines", where);
  return { text: whole.slice(0, blank + 1), signatures: lines(below, where) };
}

function lines(below: string, where: string): Signature[] {
  const rows = below.split("\n").slice(0, -1);
  if (rows.length < 1 || rows.length > MOST_SIGNATURES) throw new Fault(`there are not 1 to ${MOST_SIGNATURES} whole signature lines`, where);
  const found = rows.map((row) => line(row, where));
  if (new Set(found.map(known)).size < found.length) throw new Fault("two signatures are by the same key", where);
  return found;
}

function line(row: string, where: string): Signature {
  const rest = row.slice(DASH.length);
  const space = rest.indexOf(" ");
  const name = rest.slice(0, Math.max(0, space));
  if (!row.startsWith(DASH) || space < 0 || !name || UNNAMEABLE.test(name)) throw new Fault("a signature line is not dash, name and signature", where);
  const value = fromBase64(rest.slice(space + 1), where);
  if (value.length <= 4) throw new Fault(`the signature of ${quoted(name)} is empty`, where);
  return { name, id: value.slice(0, 4), signature: value.slice(4) };
}

const known = (signature: { name: string; id: Bytes }): string => `${signature.name}\n${signature.id.join()}`;

async function nameOf(key: NoteKey): Promise<string> {
  const id = (await digest(utf8(`${key.name}\n`), Uint8Array.of(TYPES[key.kind]), key.public)).slice(0, 4);
  return known({ name: key.name, id });
}

/**
 * Return those of the keys that have signed the note, in its order.
 *
 * @throws Fault: a signature that names one of the keys does not hold: the whole note is bad.
 */
async function verified(note: Note, keys: readonly NoteKey[], where: string): Promise<NoteKey[]> {
  const byName = new Map(await Promise.all(keys.map(async (key): Promise<[string, NoteKey]> => [await nameOf(key), key])));
  const found: NoteKey[] = [];
  for (const signature of note.signatures) {
    const key = byName.get(known(signature));
    if (!key) continue;
    await check(key, note.text, signature.signature, where);
    found.push(key);
  }
  return found;
}

async function check(key: NoteKey, text: string, signature: Bytes, where: string): Promise<void> {
  try {
    if (key.kind === "log") await verifyBare(key.public, utf8(text), signature);
    else await checkCosignature(key, text, signature);
  } catch (error) {
    if (error instanceof BadSignature) throw new Fault(`the signature of ${key.name} does not hold`, where);
    throw error;
  }
}

async function checkCosignature(key: NoteKey, text: string, signature: Bytes): Promise<void> {
  const moment = bigEndian(signature.slice(0, TIME_LENGTH));
  const length = TIME_LENGTH + (key.kind === "lattice" ? LATTICE_SIGNATURE : SIGNATURE_LENGTH);
  if (signature.length !== length || moment <= 0n || moment > LARGEST_TREE) throw new BadSignature("this is no cosignature of a checkpoint");
  const below = signature.slice(TIME_LENGTH);
  if (key.kind === "lattice") await verifyLatticeBare(key.public, structure(key.name, moment, text), below);
  else await verifyBare(key.public, joined(utf8(`cosignature/v1\ntime ${moment}\n`), utf8(text)), below);
}

/** Return what an ML-DSA-44 cosignature of a whole tree is over: cosigner, time, origin, from leaf 0 to its size, root. */
function structure(name: string, moment: bigint, text: string): Bytes {
  const { origin, size, root } = readCheckpoint(text, "");
  const named = [utf8(name), utf8(origin)].map((each) => {
    if (each.length < 1 || each.length > LONGEST_NAME) throw new BadSignature(`a cosigner's name and an origin have 1 to ${LONGEST_NAME} bytes`);
    return joined(Uint8Array.of(each.length), each);
  });
  const [cosigner, log] = named as [Bytes, Bytes];
  return joined(utf8(SUBTREE), cosigner, eight(moment), log, eight(0n), eight(size), root);
}

function eight(value: bigint): Bytes {
  const written = new Uint8Array(8);
  new DataView(written.buffer).setBigUint64(0, value);
  return written;
}

/** Return the checkpoint of the log that the key belongs to, and the note it stands in. */
export async function openedCheckpoint(data: Bytes, key: NoteKey, where: string): Promise<[Checkpoint, Note]> {
  const note = readNote(data, where);
  if ((await verified(note, [key], where)).length === 0) throw new Fault(`the note is not signed by ${key.name}`, where);
  const checkpoint = readCheckpoint(note.text, where);
  if (checkpoint.origin !== key.name) throw new Fault(`the checkpoint is of ${quoted(checkpoint.origin)} and not of ${quoted(key.name)}`, where);
  return [checkpoint, note];
}

function readCheckpoint(body: string, where: string): Checkpoint {
  const rows = body.split("\n");
  const [origin, size, root] = rows;
  if (rows.pop() || !origin || !size || !root || rows.includes("")) throw new Fault("a checkpoint is three or more full lines", where);
  const hash = fromBase64(root, where);
  if (hash.length !== HASH_LENGTH) throw new Fault(`the root has ${hash.length} bytes and not ${HASH_LENGTH}`, where);
  return { origin, size: number(size, where), root: hash };
}

function number(digits: string, where: string): bigint {
  const value = /^(0|[1-9][0-9]{0,18})$/.test(digits) ? BigInt(digits) : null;
  if (value === null || value > LARGEST_TREE) throw new Fault("a number is not plain decimal digits below 2^63", where);
  return value;
}

/**
 * Check that every signature below the note is by one of these keys.
 *
 * @throws Fault: one is not.
 */
export async function expectKnown(note: Note, keys: readonly NoteKey[], where: string): Promise<void> {
  const names = new Set(await Promise.all(keys.map(nameOf)));
  for (const signature of note.signatures) {
    if (!names.has(known(signature))) throw new Fault(`the checkpoint carries a signature by an unknown key named ${signature.name}`, where);
  }
}

/**
 * How many of the known witnesses must have cosigned, which of them in any case (their key names), and whether one counts
 * only once it has cosigned by both mathematics.
 */
export interface Quorum {
  number: bigint;
  required: string[];
  both: boolean;
}

/**
 * Return which witnesses have cosigned, in the order of their names.
 *
 * @throws Fault: a cosignature does not hold, or too few do.
 */
export async function weighed(checkpoint: Checkpoint, note: Note, witnesses: readonly NoteKey[], quorum: Quorum, where: string): Promise<string[]> {
  const signed = await verified(note, witnesses, where);
  const by = (kind: NoteKey["kind"]) => new Set(signed.filter((key) => key.kind === kind).map((key) => key.name));
  const [classical, lattice] = [by("witness"), by("lattice")];
  const counting = quorum.both ? [...classical].filter((name) => lattice.has(name)) : [...classical, ...lattice];
  const cosigned = [...new Set(counting)].sort();
  const word = quorum.both ? "both cosignatures" : "the cosignature";
  const wants = quorum.required.filter((name) => !cosigned.includes(name)).sort().map((name) => `${word} of ${name}`);
  const lacking = quorum.number - BigInt(cosigned.length);
  const named = BigInt(wants.length);
  if (lacking > named) wants.push(`${lacking - named} of ${quorum.number} cosignatures`);
  if (wants.length > 0) throw new Fault(`the checkpoint of ${checkpoint.size} does not count: ${wants.join(" and ")} missing`, where);
  return cosigned;
}
