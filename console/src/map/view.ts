/** The view: from positions to pixels of the canvas, in Web Mercator without turn or tilt. */

import type { Position } from "../api/types";
import { mercatorX, mercatorY } from "./picture";

const EARTH = 2 * Math.PI * 6_378_137; // metres around the sphere of Web Mercator

export class View {
  private readonly left: number;
  private readonly top: number;

  constructor(
    centre: { lng: number; lat: number },
    readonly zoom: number,
    readonly width: number,
    readonly height: number,
  ) {
    this.left = mercatorX(centre.lng) * this.scale - width / 2;
    this.top = mercatorY(centre.lat) * this.scale - height / 2;
  }

  /** Pixels around the world. */
  get scale(): number {
    return 512 * 2 ** this.zoom;
  }

  x(mercator: number): number {
    return mercator * this.scale - this.left;
  }

  y(mercator: number): number {
    return mercator * this.scale - this.top;
  }

  point(position: Position): [number, number] {
    return [this.x(mercatorX(position.longitude)), this.y(mercatorY(position.latitude))];
  }

  pixels(metres: number, latitude: number): number {
    return (metres * this.scale) / (EARTH * Math.cos((latitude * Math.PI) / 180));
  }

  holds(x: number, y: number, margin = 20): boolean {
    return x > -margin && y > -margin && x < this.width + margin && y < this.height + margin;
  }
}
