/** Instants, in milliseconds since 1970 UTC, and durations, in milliseconds. */

export const MINUTE = 60_000n;
export const DAY = 1_440n * MINUTE;
/** The last instant that can be written. */
export const LATEST = 253_402_300_799_999n;
