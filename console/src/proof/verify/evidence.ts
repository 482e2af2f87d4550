/** Evidence: the parts of a bundle, not yet held against each other (docs/formats/bundle.md). */

import type { Bytes } from "./bytes";
import { readCard, type Card } from "./card";
import type { Cover, Header } from "./envelope";
import { Fault } from "./fault";
import type { Fields, Given } from "./given";
import { BadSignature } from "./keys";
import { LOG_PROOF, type Stands } from "./logProof";
import { readNote, sameKey, signedBelow, type NoteKey } from "./note";
import { readLeave, SHOWN, type Leave } from "./onward";
import type { Entry, Receipt } from "./receipt";
import { bytes, integer, list, mapping, optional, readAs, struct, type Of } from "./shape";
import type { Terms } from "./terms";

const VERSION = 1n;
const LARGEST = 8 * 1024 * 1024; // bytes
const MOST = 1_000n; // items of an envelope

const BUNDLE = struct({
  version: integer(),
  cards: list(bytes()),
  agreement: bytes(),
  signatures: mapping(bytes()),
  cover: bytes(),
  place: integer(0n, MOST - 1n),
  count: integer(1n, MOST),
  path: list(bytes(32), 10),
  item: bytes(),
  entry: bytes(),
  salt: bytes(),
  disclosed: LOG_PROOF,
  receipt: bytes(),
  received: LOG_PROOF,
  onward: optional(SHOWN, null),
});
export type Bundle = Of<typeof BUNDLE>;

/**
 * Return the parts of a bundle, not yet believed.
 *
 * @throws Fault: the bytes are no bundle of this version.
 */
export function readBundle(data: Bytes): Bundle {
  if (data.length > LARGEST) throw new Fault(`${data.length} bytes are too many for a bundle`);
  const bundle = readAs(data, BUNDLE, "Bundle", "bundle");
  if (bundle.version !== VERSION) throw new Fault(`the bundle is of version ${bundle.version}`, "", "Verify it with a newer version of comity.");
  return bundle;
}

/** The parts as they become known, check after check. */
export class Evidence {
  private known: Card[] | null = null;
  terms!: Terms;
  digest!: Bytes;
  cover!: Cover;
  header!: Header;
  given!: Given;
  fields!: Fields;
  entry!: Entry;
  receipt!: Receipt;
  disclosed: Stands | null = null;
  received: Stands | null = null;

  constructor(readonly bundle: Bundle) {}

  get place(): number {
    return Number(this.bundle.place);
  }

  get count(): number {
    return Number(this.bundle.count);
  }

  /** The originator's leave to pass the record on, as the bundle shows it; null: it shows none. */
  get leave(): Leave | null {
    const shown = this.bundle.onward;
    return shown === null ? null : readLeave(shown.leave);
  }

  /** Names and serial numbers of the cards under which something was signed, as far as it was checked. */
  private readonly used = new Set<string>();
  /** What this browser cannot check, in words; `comity verify` does. */
  readonly unchecked: string[] = [];

  /** The cards in the order of the bundle, each signed by the keys it names. */
  async cards(): Promise<Card[]> {
    if (this.known) return this.known;
    const found: Card[] = [];
    for (const signed of this.bundle.cards) found.push(await readCard(signed, "bundle"));
    if (found.some((card, at) => at > 0 && !follows(card, found[at - 1]))) {
      throw new Fault("the cards are not in the order of their names and serial numbers, each once");
    }
    this.known = found;
    return found;
  }

  /** The newest card of that name. */
  card(name: string): Card {
    const found = this.known?.findLast((card) => card.name === name);
    if (!found) throw new Fault("a card is missing", name);
    return found;
  }

  /** The cards of that name, those under which something else was signed first, then the newest. */
  private candidates(name: string): Card[] {
    this.card(name);
    const found = (this.known ?? []).filter((card) => card.name === name).reverse();
    return [...found.filter((card) => this.used.has(known(card))), ...found.filter((card) => !this.used.has(known(card)))];
  }

  /**
   * Return what the check gives for a card of that name under which the signature holds.
   *
   * @throws BadSignature: it holds under none.
   */
  async signed<Kind>(name: string, check: (card: Card) => Promise<Kind>): Promise<Kind> {
    let fault = new BadSignature("the signature does not hold");
    for (const card of this.candidates(name)) {
      try {
        const found = await check(card);
        this.used.add(known(card));
        return found;
      } catch (error) {
        if (!(error instanceof BadSignature)) throw error;
        fault = error;
      }
    }
    throw fault;
  }

  /**
   * Return those keys of the cards of that name that have put signatures below the checkpoint. Of each key the first card
   * that names it counts as used. Without any signature, the newest card's are returned.
   */
  async below(name: string, checkpoint: Bytes, keys: (card: Card) => NoteKey[]): Promise<NoteKey[]> {
    const note = readNote(checkpoint);
    const found: NoteKey[] = [];
    for (const card of this.candidates(name)) {
      const signed = await signedBelow(note, keys(card));
      const more = signed.filter((key) => !found.some((each) => sameKey(each, key)));
      if (more.length > 0) this.used.add(known(card));
      found.push(...more);
    }
    return found.length > 0 ? found : keys(this.card(name));
  }

  /** Return the first card under which nothing was signed. */
  get idle(): Card | undefined {
    return this.known?.find((card) => !this.used.has(known(card)));
  }
}

const known = (card: Card): string => `${card.name} ${card.serial}`;
const follows = (card: Card, before: Card | undefined): boolean =>
  before === undefined || card.name > before.name || (card.name === before.name && card.serial > before.serial);
