/** The overlay: contacts, trails, spots and names, drawn on a canvas of their own above the map. */

import places from "../../basemap/places.json";
import type { CommonTrack } from "../api/types";
import { shortTime } from "../words";
import { drawCommon } from "./common";
import { drawSquares, type Square } from "./coverage";
import type { Marks, Spot, Trail } from "./marks";
import { CARRIED, type Contact, FADED, mercatorX, mercatorY, type Picture, STALE } from "./picture";
import { type Look, Symbols } from "./symbols";
import type { View } from "./view";

const GAP = 15 * 60_000; // between two sightings, from which on the line between them is a guess
const MOST_NAMES = 120;
const UNDERLINED = 4.5; // pixels: smaller symbols would be hidden by their bars
const REACH = 14; // pixels from a click to a contact

export interface Colours {
  vessel: string;
  simulated: string;
  urgent: string;
  high: string;
  medium: string;
  low: string;
  text: string;
  quiet: string;
  accent: string;
  halo: string;
  font: string;
}

/** What is drawn of the layers that are switched on, and which of it is chosen. */
export interface Layers {
  squares: Square[];
  common: CommonTrack[];
  square: string;
  together: string;
}

const NAMED: { x: number; y: number; name: string; rank: number }[] = (places as [string, number, number, number][]).map(
  ([name, longitude, latitude, rank]) => ({ x: mercatorX(longitude), y: mercatorY(latitude), name, rank }),
);

export class Overlay {
  private readonly brush: CanvasRenderingContext2D;
  private readonly symbols = new Symbols();
  private ratio = 1;
  private taken: DOMRect[] = []; // by words already written
  private drawn: { x: number; y: number; contact: Contact }[] = [];

  constructor(private readonly canvas: HTMLCanvasElement) {
    const brush = canvas.getContext("2d");
    if (!brush) throw new Error("this browser draws no canvas");
    this.brush = brush;
  }

  /** Draw everything as it should be at the node's time `now`. */
  draw(view: View, now: number, picture: Picture | null, marks: Marks, layers: Layers | null, chosen: string, colours: Colours): void {
    const { brush } = this;
    const ratio = Math.min(Math.ceil(window.devicePixelRatio || 1), 2);
    this.ratio = ratio;
    if (this.canvas.width !== Math.round(view.width * ratio) || this.canvas.height !== Math.round(view.height * ratio)) {
      this.canvas.width = Math.round(view.width * ratio);
      this.canvas.height = Math.round(view.height * ratio);
    }
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.clearRect(0, 0, view.width, view.height);
    if (layers) drawSquares(brush, view, layers.squares, layers.square, colours);
    this.names(view, colours);
    for (const trail of marks.trails) this.trail(view, trail, colours);
    this.taken = [];
    for (const trail of marks.trails.toReversed()) this.ends(view, trail, colours);
    this.drawn = [];
    if (picture) this.contacts(view, now, picture, chosen, marks.trails.length > 0, colours);
    if (layers) drawCommon(brush, view, now, layers.common, layers.together, colours);
    for (const spot of marks.spots) this.spot(view, spot, colours);
  }

  /** Return the contact at the pixel, the nearest one within reach. */
  at(x: number, y: number): Contact | null {
    let best: Contact | null = null;
    let reach = REACH;
    for (const each of this.drawn) {
      const distance = Math.hypot(each.x - x, each.y - y);
      if (distance < reach) [best, reach] = [each.contact, distance];
    }
    return best;
  }

  private names(view: View, colours: Colours): void {
    const { brush } = this;
    brush.textAlign = "center";
    brush.textBaseline = "middle";
    for (const each of NAMED) {
      if (each.rank > view.zoom - 5.2) continue;
      const [x, y] = [view.x(each.x), view.y(each.y)];
      if (!view.holds(x, y, 60)) continue;
      const water = each.rank === 0;
      brush.font = `${water ? "italic 12px" : "11px"} ${colours.font}`;
      brush.globalAlpha = water ? 0.5 : 0.75;
      if (!water) this.dot(x, y, 1.6, colours.quiet);
      this.text(each.name, x, water ? y : y - 9, colours.quiet, colours.halo);
    }
    brush.globalAlpha = 1;
  }

  private trail(view: View, trail: Trail, colours: Colours): void {
    const { brush } = this;
    const points = trail.steps.map((step) => view.point(step));
    const colour = !trail.subject ? colours.quiet : trail.simulated ? colours.simulated : colours.accent;
    brush.strokeStyle = colour;
    for (let at = 1; at < points.length; at++) {
      const [from, to] = [points[at - 1], points[at]];
      const guessed = (trail.steps[at]?.time ?? 0) - (trail.steps[at - 1]?.time ?? 0) > GAP;
      if (!from || !to) continue;
      brush.setLineDash(guessed ? [3, 5] : []);
      brush.lineWidth = guessed ? 1.25 : 1.75;
      brush.beginPath();
      brush.moveTo(...from);
      brush.lineTo(...to);
      brush.stroke();
    }
    brush.setLineDash([]);
    for (const [x, y] of thinned(points)) this.dot(x, y, 2, colour);
  }

  /** Say who it was at the last point, and when at the first and the last. */
  private ends(view: View, trail: Trail, colours: Colours): void {
    const { brush } = this;
    const [begun, ended] = [trail.steps[0], trail.steps[trail.steps.length - 1]];
    if (!begun || !ended) return;
    const [first, last] = [view.point(begun), view.point(ended)];
    const colour = trail.subject ? colours.text : colours.quiet;
    brush.font = `11px ${colours.font}`;
    brush.textAlign = "left";
    brush.textBaseline = "middle";
    this.dot(...last, trail.subject ? 3.5 : 2.5, colour);
    this.free(`${trail.label}  ${shortTime(ended.time)}`, last[0] + 9, last[1], colour, colours.halo);
    if (Math.hypot(first[0] - last[0], first[1] - last[1]) > 70)
      this.free(shortTime(begun.time), first[0] + 20, first[1], colour, colours.halo);
  }

  /** Write the words where no others stand, a line higher or lower if need be, or not at all. */
  private free(words: string, x: number, y: number, colour: string, halo: string): void {
    const width = this.brush.measureText(words).width;
    for (const line of [0, 1, -1]) {
      const box = new DOMRect(x, y + 14 * line - 7, width, 14);
      if (this.taken.some((other) => overlap(box, other))) continue;
      this.taken.push(box);
      this.text(words, x, y + 14 * line, colour, halo);
      return;
    }
  }

  private spot(view: View, spot: Spot, colours: Colours): void {
    const { brush } = this;
    const [x, y] = view.point(spot);
    if (!view.holds(x, y)) return;
    const colour = { urgent: colours.urgent, high: colours.high, medium: colours.medium }[spot.severity] ?? colours.low;
    brush.strokeStyle = colour;
    brush.lineWidth = spot.chosen ? 2 : 1.25;
    const radius = spot.within ? Math.max(9, view.pixels(spot.within, spot.latitude)) : spot.chosen ? 13 : 7;
    brush.setLineDash(spot.within ? [5, 4] : []);
    brush.beginPath();
    brush.arc(x, y, radius, 0, 2 * Math.PI);
    brush.stroke();
    brush.setLineDash([]);
    if (spot.chosen) this.cross(x, y, radius);
    if (!spot.label) return;
    brush.font = `600 11px ${colours.font}`;
    brush.textAlign = "center";
    brush.textBaseline = "bottom";
    this.text(spot.label, x, y - radius - 8, colour, colours.halo);
  }

  private cross(x: number, y: number, radius: number): void {
    const { brush } = this;
    brush.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      brush.moveTo(x + dx * (radius - 3), y + dy * (radius - 3));
      brush.lineTo(x + dx * (radius + 5), y + dy * (radius + 5));
    }
    brush.stroke();
  }

  private contacts(view: View, now: number, picture: Picture, chosen: string, trailed: boolean, colours: Colours): void {
    const { brush } = this;
    const size = Math.round(2 * Math.max(3.2, Math.min(7, view.zoom - 3.2))) / 2;
    for (const contact of picture.contacts.values()) {
      const age = Math.max(0, now - contact.seen);
      const ahead = Math.min(age, CARRIED);
      const x = view.x(contact.x + contact.dx * ahead);
      const y = view.y(contact.y + contact.dy * ahead);
      if (!view.holds(x, y)) continue;
      this.drawn.push({ x, y, contact });
      brush.globalAlpha = age < STALE ? 1 : age < FADED ? 0.65 : 0.42;
      this.symbols.draw(brush, x, y, look(contact, age, size, colours), contact.course, this.ratio);
    }
    brush.globalAlpha = 1;
    this.labels(view, chosen, trailed, colours);
  }

  private labels(view: View, chosen: string, trailed: boolean, colours: Colours): void {
    const { brush } = this;
    brush.font = `10.5px ${colours.font}`;
    brush.textAlign = "left";
    brush.textBaseline = "middle";
    const close = view.zoom >= 9.2 && this.drawn.length <= MOST_NAMES;
    for (const { x, y, contact } of this.drawn) {
      const here = contact.id === chosen;
      if (here) this.ring(x, y, colours.accent);
      if (contact.distress) this.ring(x, y, colours.urgent);
      if (here ? trailed : !close && !contact.distress) continue; // the trail of the chosen one names it
      const name = contact.name ?? (contact.mmsi === null ? "" : String(contact.mmsi));
      if (name) this.text(name, x + 11, y, here ? colours.text : colours.quiet, colours.halo);
    }
  }

  private ring(x: number, y: number, colour: string): void {
    this.brush.strokeStyle = colour;
    this.brush.lineWidth = 1.75;
    this.brush.beginPath();
    this.brush.arc(x, y, 11, 0, 2 * Math.PI);
    this.brush.stroke();
  }

  private dot(x: number, y: number, radius: number, colour: string): void {
    this.brush.fillStyle = colour;
    this.brush.beginPath();
    this.brush.arc(x, y, radius, 0, 2 * Math.PI);
    this.brush.fill();
  }

  private text(words: string, x: number, y: number, colour: string, halo: string): void {
    this.brush.lineWidth = 3;
    this.brush.lineJoin = "round";
    this.brush.strokeStyle = halo;
    this.brush.strokeText(words, x, y);
    this.brush.fillStyle = colour;
    this.brush.fillText(words, x, y);
  }
}

const overlap = (one: DOMRect, other: DOMRect): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

const look = (contact: Contact, age: number, size: number, colours: Colours): Look => ({
  colour: contact.distress ? colours.urgent : contact.simulated ? colours.simulated : colours.vessel,
  halo: colours.halo,
  hollow: contact.simulated,
  moves: contact.dx !== 0 || contact.dy !== 0,
  stale: age > STALE && size >= UNDERLINED,
  size,
});

/** Leave out points that would lie upon each other. */
function thinned(points: [number, number][]): [number, number][] {
  const kept: [number, number][] = [];
  for (const point of points) {
    const before = kept[kept.length - 1];
    if (!before || Math.hypot(point[0] - before[0], point[1] - before[1]) > 6) kept.push(point);
  }
  return kept;
}
