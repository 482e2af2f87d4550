/** The common picture: what several nations see together, or a partner alone; what only we see is on the map already. */

import type { CommonTrack, Position } from "../api/types";
import { called } from "../words";
import { CARRIED } from "./picture";
import type { View } from "./view";

const DEGREE = 111_195; // metres of latitude

const NAMES_FROM = 8; // zoom
const FEW = 30;

/** `several`: of several nations; `partner`: of a partner alone; `own`: ours alone. */
export type Whose = "several" | "partner" | "own";

export function whose(track: CommonTrack): Whose {
  if (track.parts.length > 1) return "several";
  return track.parts[0]?.handling === null ? "own" : "partner";
}

/** Return who sees it, in words. */
export const seers = (track: CommonTrack): string => track.parts.map((part) => part.owner).join(" + ");

/** Return the metres within which it is, nineteen times of twenty. */
export const within = (track: CommonTrack): number => Math.ceil(2.45 * Math.sqrt(track.variance));

/** Return where it should be by now, as the live tracks are carried along. */
function ahead(track: CommonTrack, now: number): Position {
  const way = track.course === null ? 0 : (track.speed * Math.min(Math.max(0, now - track.last), CARRIED)) / 1000 / DEGREE;
  const course = ((track.course ?? 0) * Math.PI) / 180;
  const { latitude, longitude } = track.position;
  const wide = Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
  return { latitude: latitude + way * Math.cos(course), longitude: longitude + (way * Math.sin(course)) / wide };
}

export interface Paints {
  vessel: string;
  simulated: string;
  urgent: string;
  high: string;
  text: string;
  quiet: string;
  halo: string;
  font: string;
}

/** Draw each track of the layer: two rings where several see it, a square where a partner does alone. */
export function drawCommon(
  brush: CanvasRenderingContext2D,
  view: View,
  now: number,
  tracks: CommonTrack[],
  chosen: string,
  paints: Paints,
): void {
  const named = tracks.length <= FEW || view.zoom >= NAMES_FROM;
  for (const track of tracks) {
    const [x, y] = view.point(ahead(track, now));
    if (!view.holds(x, y)) continue;
    const colour = track.distress ? paints.urgent : track.disputed ? paints.high : track.simulated ? paints.simulated : paints.vessel;
    brush.setLineDash(track.disputed ? [3, 3] : []);
    brush.strokeStyle = colour;
    brush.lineWidth = track.id === chosen ? 2.5 : 1.5;
    brush.beginPath();
    if (whose(track) === "several") {
      brush.arc(x, y, 9, 0, 2 * Math.PI);
      brush.moveTo(x + 12.5, y);
      brush.arc(x, y, 12.5, 0, 2 * Math.PI);
    } else brush.rect(x - 6, y - 6, 12, 12);
    brush.stroke();
    brush.setLineDash([]);
    if (named || track.id === chosen) label(brush, x, y, track, track.id === chosen, paints);
  }
}

function label(brush: CanvasRenderingContext2D, x: number, y: number, track: CommonTrack, chosen: boolean, paints: Paints): void {
  brush.font = `10.5px ${paints.font}`;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  brush.lineWidth = 3;
  brush.lineJoin = "round";
  brush.strokeStyle = paints.halo;
  brush.fillStyle = chosen ? paints.text : paints.quiet;
  const words = [called(track.identity), seers(track)];
  for (const [line, text] of words.entries()) {
    brush.strokeText(text, x + 17, y + 13 * line - 6);
    brush.fillText(text, x + 17, y + 13 * line - 6);
  }
}
