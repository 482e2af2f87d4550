/** The picture: every live track, where it was last seen, and where it should be by now. */

import type { Told } from "../api/live";
import type { Positions } from "../api/positions";

const RADIUS = 6_378_137; // metres, the sphere of Web Mercator
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;
/** Milliseconds for which a track is carried on along its course after it was last seen. */
export const CARRIED = 3 * 60_000;
/** Milliseconds after which a track counts as stale. */
export const STALE = 10 * 60_000;
export const FADED = 60 * 60_000;

export interface Contact extends Told {
  latitude: number;
  longitude: number;
  /** Metres a second, and degrees from true north; NaN where unknown. */
  speed: number;
  course: number;
  /** When it was last seen, by the node's clock. */
  seen: number;
  /** Mercator, the world being 1 wide: where it was seen, and how it moves in a millisecond. */
  x: number;
  y: number;
  dx: number;
  dy: number;
}

export const mercatorX = (longitude: number): number => (180 + longitude) / 360;
export const mercatorY = (latitude: number): number =>
  (180 - (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360))) / 360;

export class Picture {
  readonly contacts = new Map<number, Contact>();
  /** Grows with every change. */
  version = 0;
  private horizon = 43_200_000;
  private readonly told = new Map<number, Told>();

  begin(horizon: number): void {
    this.contacts.clear();
    this.told.clear();
    this.horizon = horizon;
    this.version++;
  }

  tell(tracks: Told[]): void {
    for (const track of tracks) {
      const known = this.contacts.get(track.handle);
      if (known && known.id !== track.id) this.contacts.delete(track.handle);
      else if (known) Object.assign(known, track);
      this.told.set(track.handle, track);
    }
    this.version++;
  }

  place(frame: Positions): void {
    for (let at = 0; at < frame.count; at++) this.placeOne(frame, at);
    this.version++;
  }

  /** Forget what has left the live picture. */
  forget(now: number): void {
    for (const [handle, contact] of this.contacts) {
      if (now - contact.seen > this.horizon) this.contacts.delete(handle);
    }
    this.version++;
  }

  find(id: string): Contact | undefined {
    for (const contact of this.contacts.values()) if (contact.id === id) return contact;
    return undefined;
  }

  private placeOne(frame: Positions, at: number): void {
    const handle = frame.handle[at] ?? 0;
    const told = this.told.get(handle);
    if (!told) return;
    const contact = this.contacts.get(handle) ?? ({ ...told } as Contact);
    const latitude = frame.latitude[at] ?? 0;
    const speed = frame.speed[at] ?? NaN;
    const course = frame.course[at] ?? NaN;
    contact.latitude = latitude;
    contact.longitude = frame.longitude[at] ?? 0;
    contact.speed = speed;
    contact.course = course;
    contact.seen = frame.base - 1000 * (frame.age[at] ?? 0);
    contact.x = mercatorX(contact.longitude);
    contact.y = mercatorY(latitude);
    const moves = speed > 0.2 && course >= 0;
    const step = moves ? speed / 1000 / (CIRCUMFERENCE * Math.cos((latitude * Math.PI) / 180)) : 0;
    contact.dx = moves ? step * Math.sin((course * Math.PI) / 180) : 0;
    contact.dy = moves ? -step * Math.cos((course * Math.PI) / 180) : 0;
    this.contacts.set(handle, contact);
  }
}
