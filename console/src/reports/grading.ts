/** Gradings in words: of the source, and of the information, on each of the two scales. */

export type Grade = readonly [mark: string, words: string];

interface Scale {
  words: string;
  source: readonly Grade[];
  information: readonly Grade[];
}

export const SCALES: Record<string, Scale> = {
  admiralty: {
    words: "Admiralty system",
    source: [
      ["A", "completely reliable"],
      ["B", "usually reliable"],
      ["C", "fairly reliable"],
      ["D", "not usually reliable"],
      ["E", "unreliable"],
      ["F", "cannot be judged"],
    ],
    information: [
      ["1", "confirmed by others"],
      ["2", "probably true"],
      ["3", "possibly true"],
      ["4", "doubtful"],
      ["5", "improbable"],
      ["6", "cannot be judged"],
    ],
  },
  "4x4": {
    words: "4x4",
    source: [
      ["A", "no doubt of it"],
      ["B", "reliable in most cases"],
      ["C", "unreliable in most cases"],
      ["X", "cannot be assessed"],
    ],
    information: [
      ["1", "its accuracy is not in doubt"],
      ["2", "first-hand to the source, not to the officer"],
      ["3", "not first-hand, and borne out by what is recorded"],
      ["4", "not first-hand, and not borne out"],
    ],
  },
};

/** Return what a grading like `admiralty B2` says. */
export function gradingInWords(graded: string): string {
  const [scale, marks] = graded.split(" ");
  const known = SCALES[scale ?? ""];
  const find = (grades: readonly Grade[] | undefined, mark: string | undefined) => grades?.find(([each]) => each === mark)?.[1];
  const source = find(known?.source, marks?.[0]);
  const information = find(known?.information, marks?.[1]);
  return source && information ? `${marks} (${known?.words}): source ${source}; information ${information}` : graded;
}
