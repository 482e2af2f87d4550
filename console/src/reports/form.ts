/** The form in which a report or notice is written: what stands in it, and the draft that it becomes. */

import type { Draft, Instant, Thing, Version } from "../api/types";

export const OFFENCES: readonly (readonly [string, string])[] = [
  ["terrorism", "terrorism: acts, preparation, support"],
  ["arms", "arms: weapons, ammunition, explosives"],
  ["drugs", "drugs and what they are made of"],
  ["trafficking", "trafficking in human beings"],
  ["smuggling", "smuggling of goods or people"],
  ["documents", "documents: forged, stolen, misused"],
  ["illegal-fishing", "illegal fishing"],
  ["environmental", "environmental: pollution, dumping, species"],
  ["other", "other"],
];
export const KINDS: readonly (readonly [string, string])[] = [
  ["report", "Report: what is known"],
  ["threat", "Threat notice: a warning"],
  ["look-out", "Look-out: a request to look for something"],
];
export const ASKS: readonly (readonly [string, string])[] = [
  ["observe", "observe"],
  ["report", "report what they see"],
  ["do-not-approach", "not approach"],
];
export const IDENTIFIED = ["vessel", "aircraft"];
export const THINGS = [...IDENTIFIED, "vehicle", "document", "object"];

export interface Subject {
  kind: string;
  description: string;
  name: string;
  mmsi: string;
  call_sign: string;
}

export interface Held {
  name: string;
  type: string;
  content: string;
}

export interface Form {
  kind: string;
  offence: string;
  title: string;
  text: string;
  since: string;
  until: string;
  where: "position" | "area" | "nowhere";
  latitude: string;
  longitude: string;
  area: string;
  subjects: Subject[];
  purposes: string[];
  scale: string;
  source: string;
  information: string;
  tlp: string;
  onward: string;
  proceedings: boolean;
  independent: string;
  expires: string;
  asks: string[];
  attachments: Held[];
  namesNobody: boolean;
}

const DAY = 86_400_000;
const local = (instant: Instant): string => new Date(instant).toISOString().slice(0, 16);
const instant = (text: string): Instant => Date.parse(`${text}:00Z`);

export const nobody = (): Subject => ({ kind: "vessel", description: "", name: "", mmsi: "", call_sign: "" });

/** Return an empty form, by the node's clock. */
export function empty(now: Instant): Form {
  return {
    ...{ kind: "report", offence: "smuggling", title: "", text: "" },
    ...{ since: local(now - DAY), until: local(now), expires: local(now + 30 * DAY) },
    ...{ where: "position", latitude: "", longitude: "", area: "" },
    ...{ subjects: [nobody()], purposes: [], asks: ["observe", "report"], attachments: [] },
    ...{ scale: "admiralty", source: "", information: "", tlp: "AMBER", onward: "ask", proceedings: false, independent: "" },
    namesNobody: false,
  };
}

/** Return the form filled with a version, to write it anew. The officer's word is asked for again. */
export function of(version: Version): Form {
  const [scale, marks] = version.grading.split(" ");
  const { handling, position } = version;
  return {
    ...{ kind: version.kind ?? "report", offence: version.offence, title: version.title, text: version.text },
    ...{ since: local(version.since), until: local(version.until), expires: local(version.expires) },
    where: position ? "position" : version.area ? "area" : "nowhere",
    ...{ latitude: String(position?.latitude ?? ""), longitude: String(position?.longitude ?? ""), area: version.area },
    subjects: version.subjects.map((each) => ({ ...nobody(), ...each, mmsi: String(each.mmsi ?? "") })),
    ...{ purposes: [...version.purposes], asks: [...version.asks] },
    attachments: version.attachments.map(({ name, type, content }) => ({ name, type, content })),
    ...{ scale: scale ?? "admiralty", source: marks?.[0] ?? "", information: marks?.[1] ?? "" },
    ...{ tlp: handling.tlp ?? "RED", onward: handling.onward ?? "no", proceedings: handling.proceedings ?? false },
    ...{ independent: "", namesNobody: false },
  };
}

/** Return the draft that the form becomes. */
export function drafted(form: Form): Draft {
  const place = { latitude: Number(form.latitude), longitude: Number(form.longitude) };
  const notice = form.kind === "report" ? {} : { notice: { kind: form.kind, asks: form.asks, attachments: form.attachments } };
  return {
    ...{ offence: form.offence, title: form.title.trim(), text: form.text.trim() },
    ...{ since: instant(form.since), until: instant(form.until), expires: instant(form.expires) },
    ...(form.where === "position" ? { position: place } : form.where === "area" ? { area: form.area.trim() } : {}),
    ...{ subjects: form.subjects.map(thing), purposes: form.purposes, independent: form.independent.trim() },
    marks: {
      ...{ tlp: form.tlp, onward: form.onward, proceedings: form.proceedings },
      ...{ scale: form.scale, grading: `${form.source}${form.information}` },
    },
    names_nobody: form.namesNobody,
    ...notice,
  };
}

function thing(subject: Subject): Thing {
  const made: Thing = { kind: subject.kind };
  if (subject.description.trim()) made.description = subject.description.trim();
  if (!IDENTIFIED.includes(subject.kind)) return made;
  if (subject.name.trim()) made.name = subject.name.trim();
  if (subject.call_sign.trim()) made.call_sign = subject.call_sign.trim();
  if (subject.mmsi.trim()) made.mmsi = Number(subject.mmsi);
  return made;
}

/** Return a file's content as the node takes it. */
export async function held(file: File): Promise<Held> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let raw = "";
  for (const byte of bytes) raw += String.fromCharCode(byte);
  return { name: file.name, type: file.type || "text/plain", content: btoa(raw) };
}
