/** Where everything stands in the picture of a proof: from the record below to both checkpoints above. */

import type { Way } from "./verify/verdict";

export const WIDTH = 720;
const SPINES = [180, 540] as const;
const MIDDLE = WIDTH / 2;
const RISE = 26; // from one hash to the next
const CHIP = 22; // of a line of text in a box
const BOX = 230; // width of the boxes
const FEW = 9; // steps that are all drawn
const ENDS = 4; // steps drawn at either end where there are more

export interface Step {
  y: number;
  /** Of the hash that joins; null: so many steps are left out here. */
  sibling: { x: number; hash: string } | null;
  skipped: number;
}
export interface Column {
  x: number;
  role: string;
  way: Way;
  steps: Step[];
  /** Of the leaf's hash. */
  leaf: number;
  root: number;
  entry: { x: number; y: number; width: number; height: number };
  checkpoint: { x: number; y: number; width: number; height: number };
  cosigners: { name: string; y: number }[];
}
export interface Drawn {
  height: number;
  record: { x: number; y: number; width: number; height: number };
  columns: Column[];
}

/** Return a name cut to what fits a box. */
export const fitting = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function drawn(ways: Way[]): Drawn {
  const tallest = Math.max(...ways.map((way) => above(way)));
  const entries = tallest + 14; // top of the boxes of the entries
  const record = { x: MIDDLE - BOX / 2, y: entries + 96, width: BOX, height: 52 };
  const columns = ways.map((way, at) => column(way, at, entries));
  return { height: record.y + record.height + 12, record, columns };
}

function kept(way: Way): { at: number; skipped: number }[] {
  const all = way.steps.map((_, at) => ({ at, skipped: 0 }));
  if (all.length <= FEW) return all;
  return [...all.slice(0, ENDS), { at: -1, skipped: all.length - 2 * ENDS }, ...all.slice(-ENDS)];
}

const checkpointHeight = (way: Way): number => 54 + CHIP * way.cosigned.length;
const above = (way: Way): number => checkpointHeight(way) + 34 + RISE * kept(way).length + RISE;

function column(way: Way, at: number, entries: number): Column {
  const x = SPINES[at] ?? MIDDLE;
  const leaf = entries - 22;
  const steps = kept(way).map(({ at: step, skipped }, place): Step => {
    const found = way.steps[step];
    const side = found?.side === "left" ? -1 : 1;
    return { y: leaf - RISE * (place + 1), sibling: found ? { x: x + side * 70, hash: found.sibling.slice(0, 8) } : null, skipped };
  });
  const root = leaf - RISE * steps.length;
  const height = checkpointHeight(way);
  const checkpoint = { x: x - BOX / 2, y: root - 20 - height, width: BOX, height };
  return {
    x,
    role: at === 0 ? "the sender’s log" : "the receiver’s log",
    way,
    steps,
    leaf,
    root,
    entry: { x: x - BOX / 2, y: entries, width: BOX, height: 52 },
    checkpoint,
    cosigners: way.cosigned.map((name, place) => ({ name, y: checkpoint.y + 62 + CHIP * place })),
  };
}
