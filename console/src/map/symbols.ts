/** Symbols: each shape drawn once for 64 headings, and then copied: six times as fast as drawing 1,500 outlines anew. */

const HEADINGS = 64;
const MOST = 96; // sheets kept: colours, sizes and states that are in use together are far fewer

export interface Look {
  colour: string;
  halo: string;
  hollow: boolean;
  moves: boolean;
  stale: boolean;
  /** Pixels from the middle to the bow, about. */
  size: number;
}

export class Symbols {
  private readonly sheets = new Map<string, HTMLCanvasElement>();

  /** Draw the symbol with its bow to `course`, degrees from north. */
  draw(brush: CanvasRenderingContext2D, x: number, y: number, look: Look, course: number, ratio: number): void {
    const cell = cellOf(look.size);
    const sheet = this.sheet(look, cell, ratio);
    const heading = look.moves ? Math.round((course / 360) * HEADINGS) % HEADINGS : 0;
    const step = cell * ratio;
    brush.drawImage(sheet, heading * step, 0, step, step, Math.round(x - cell / 2), Math.round(y - cell / 2), cell, cell);
  }

  private sheet(look: Look, cell: number, ratio: number): HTMLCanvasElement {
    const key = `${look.colour}${look.halo}${look.hollow}${look.moves}${look.stale}${look.size}/${ratio}`;
    const found = this.sheets.get(key);
    if (found) return found;
    if (this.sheets.size >= MOST) this.sheets.clear();
    const made = drawn(look, cell, ratio);
    this.sheets.set(key, made);
    return made;
  }
}

const cellOf = (size: number): number => 2 * Math.ceil(size * 1.9 + 2);

function drawn(look: Look, cell: number, ratio: number): HTMLCanvasElement {
  const sheet = document.createElement("canvas");
  const headings = look.moves ? HEADINGS : 1;
  sheet.width = cell * ratio * headings;
  sheet.height = cell * ratio;
  const brush = sheet.getContext("2d");
  if (!brush) return sheet;
  brush.scale(ratio, ratio);
  for (let heading = 0; heading < headings; heading++) {
    const [x, y] = [(heading + 0.5) * cell, cell / 2];
    outline(brush, x, y, look, (heading / HEADINGS) * 2 * Math.PI);
    brush.lineWidth = 1.4;
    brush.strokeStyle = look.hollow ? look.colour : look.halo;
    brush.fillStyle = look.hollow ? look.halo : look.colour;
    brush.fill();
    brush.stroke();
    if (look.stale) bar(brush, x, y, look);
  }
  return sheet;
}

/** Begin what stands for the contact: an arrowhead along its course, a diamond at rest. */
function outline(brush: CanvasRenderingContext2D, x: number, y: number, look: Look, course: number): void {
  const [u, v] = [Math.sin(course), -Math.cos(course)];
  const at = (along: number, aside: number): [number, number] => [
    x + look.size * (along * u - aside * v),
    y + look.size * (along * v + aside * u),
  ];
  const corners: [number, number][] = look.moves
    ? [at(1.35, 0), at(-0.9, 0.75), at(-0.5, 0), at(-0.9, -0.75)]
    : [at(0.85, 0), at(0, 0.85), at(-0.85, 0), at(0, -0.85)];
  brush.beginPath();
  for (const corner of corners) brush.lineTo(...corner);
  brush.closePath();
}

/** Underline what was not heard for long. */
function bar(brush: CanvasRenderingContext2D, x: number, y: number, look: Look): void {
  brush.strokeStyle = look.colour;
  brush.lineWidth = 1;
  brush.beginPath();
  brush.moveTo(x - look.size, y + look.size * 1.7);
  brush.lineTo(x + look.size, y + look.size * 1.7);
  brush.stroke();
}
