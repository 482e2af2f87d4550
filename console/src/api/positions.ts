/** The binary frames of the live channel: columns of 32-bit values (docs/formats/live.md). */

const VERSION = 1;
const POSITIONS = 1;
const HEADER = 16; // bytes
const ROW = 24; // bytes of one track over all columns

export interface Positions {
  /** The node's clock, milliseconds since 1970. */
  base: number;
  count: number;
  handle: Uint32Array;
  latitude: Float32Array;
  longitude: Float32Array;
  /** Metres a second; NaN where unknown. */
  speed: Float32Array;
  /** Degrees from true north; NaN where unknown. */
  course: Float32Array;
  /** Seconds before `base`. */
  age: Float32Array;
}

/** Return the frame's columns, as views of its bytes. Throws a RangeError for a frame that is none. */
export function readPositions(frame: ArrayBuffer): Positions {
  if (frame.byteLength < HEADER) throw new RangeError("a frame without a header");
  const view = new DataView(frame);
  if (view.getUint8(0) !== VERSION || view.getUint8(1) !== POSITIONS) throw new RangeError("a frame of another kind");
  const count = view.getUint32(4, true);
  if (frame.byteLength !== HEADER + ROW * count) throw new RangeError("a frame of another length");
  const floats = (column: number) => new Float32Array(frame, HEADER + 4 * count * column, count);
  return {
    base: view.getFloat64(8, true),
    count,
    handle: new Uint32Array(frame, HEADER, count),
    latitude: floats(1),
    longitude: floats(2),
    speed: floats(3),
    course: floats(4),
    age: floats(5),
  };
}
