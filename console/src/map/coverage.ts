/** Coverage: the squares in which the feeds have seen tracks in an hour, and those in which they did at other times only. */

import type { Cell, Instant, Position } from "../api/types";
import { number } from "../words";
import type { View } from "./view";

export const SPAN = 3_600_000; // milliseconds: the node's map stands for an hour
const ENOUGH = 2; // tracks, from which on the node takes a place for covered

/** `seen`: tracks were seen; `thin`: a single one; `gap`: none then, some at other times. */
export type Covered = "seen" | "thin" | "gap";

export interface Square {
  key: string;
  south: number;
  west: number;
  north: number;
  east: number;
  covered: Covered;
  /** The feeds that saw it then; of a gap those that see it at other times. */
  sources: string[];
  /** Hours in which tracks were seen here, of the feed with most. */
  hours: number;
  /** Of a gap: every feed that sees here gave nothing anywhere in that hour. */
  silent: boolean;
}

const keyOf = (cell: Cell): string => `${cell.south.toFixed(3)}/${cell.west.toFixed(3)}`;
const RANK: Record<Covered, number> = { gap: 0, thin: 1, seen: 2 };

/** Return the squares, gaps first: of what was seen `then`, beside what is seen at any time. */
export function squares(then: Cell[], ever: Cell[]): Square[] {
  const speaking = new Set(then.map((cell) => cell.source));
  const now = grouped(then);
  const found = [...grouped(ever)].map(([key, cells]) => {
    const here = now.get(key) ?? [];
    const [first] = cells as [Cell];
    const covered: Covered = here.length === 0 ? "gap" : here.some((cell) => cell.tracks >= ENOUGH) ? "seen" : "thin";
    return {
      key,
      south: first.south,
      west: first.west,
      north: first.north,
      east: first.east,
      covered,
      sources: (here.length > 0 ? here : cells).map((cell) => cell.source),
      hours: Math.max(...cells.map((cell) => cell.spans)),
      silent: !cells.some((cell) => speaking.has(cell.source)),
    };
  });
  return found.sort((one, other) => RANK[one.covered] - RANK[other.covered] || other.north - one.north || one.west - other.west);
}

function grouped(cells: Cell[]): Map<string, Cell[]> {
  const found = new Map<string, Cell[]>();
  for (const cell of cells) found.set(keyOf(cell), [...(found.get(keyOf(cell)) ?? []), cell]);
  return found;
}

/** Return the hour in which an instant lies. */
export const hourOf = (instant: Instant): Instant => Math.floor(instant / SPAN) * SPAN;

export const cornersOf = (square: Square): Position[] => [
  { latitude: square.south, longitude: square.west },
  { latitude: square.north, longitude: square.east },
];

/** Return where the square lies: `56.5–56.6°N 11.2–11.3°E`. */
export function whereabouts(square: Square): string {
  const half = (low: number, high: number, letters: string) => {
    const [from, to] = high <= 0 ? [-high, -low] : [low, high];
    return `${from.toFixed(1)}–${to.toFixed(1)}°${high <= 0 ? letters[1] : letters[0]}`;
  };
  return `${half(square.south, square.north, "NS")} ${half(square.west, square.east, "EW")}`;
}

/** Return in words how the square was covered. */
export function coveredInWords(square: Square): string {
  const feeds = square.sources.join(", ");
  if (square.covered === "seen") return `seen by ${feeds}`;
  if (square.covered === "thin") return `a single track, by ${feeds}`;
  const hours = `in ${number(square.hours)} other ${square.hours === 1 ? "hour" : "hours"}`;
  return square.silent ? `${feeds} gave nothing at all; sees here ${hours}` : `nothing then; ${feeds} sees here ${hours}`;
}

export interface Tints {
  accent: string;
  high: string;
  text: string;
}

/** Draw the squares: filled, dotted or hatched, so that they differ without their colours. */
export function drawSquares(brush: CanvasRenderingContext2D, view: View, drawn: Square[], chosen: string, tints: Tints): void {
  const fills = { seen: tints.accent, thin: pattern(brush, tints.accent, false), gap: pattern(brush, tints.high, true) };
  for (const square of drawn) {
    const [left, top] = view.point({ latitude: square.north, longitude: square.west });
    const [right, bottom] = view.point({ latitude: square.south, longitude: square.east });
    if (right < 0 || bottom < 0 || left > view.width || top > view.height) continue;
    const [x, y] = [Math.round(left), Math.round(top)];
    const [width, height] = [Math.round(right) - x, Math.round(bottom) - y];
    brush.globalAlpha = square.covered === "seen" ? 0.2 : 0.6;
    brush.fillStyle = fills[square.covered];
    brush.fillRect(x, y, width, height);
    brush.globalAlpha = 1;
    if (square.key !== chosen) continue;
    brush.strokeStyle = tints.text;
    brush.lineWidth = 2;
    brush.strokeRect(x, y, width, height);
  }
}

/** Return a pattern of dots, or of lines from lower left to upper right. */
function pattern(brush: CanvasRenderingContext2D, colour: string, hatched: boolean): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.fillStyle = pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  if (hatched) {
    pen.beginPath();
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
    }
    pen.stroke();
  } else pen.fillRect(3, 3, 2, 2);
  return brush.createPattern(tile, "repeat") ?? colour;
}
