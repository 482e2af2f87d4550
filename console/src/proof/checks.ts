/** What each of the nine checks asks, before it is answered (docs/formats/bundle.md). */
export const QUESTIONS = [
  "the cards are signed by the keys they name",
  "the agreement is in form, and signed by every party",
  "the envelope is from one party to another, and signed",
  "the record is what the envelope binds, and binds its fields",
  "the clause gives these fields, to this partner, for this purpose",
  "the sender’s log entry says the same",
  "that entry stands in the sender’s log, and witnesses saw it",
  "the receipt is the receiver’s, for this very message",
  "its entry stands in the receiver’s log, and witnesses saw it",
] as const;
