/** The watch: all that the console holds of its node while an officer is signed in, kept current by the live channel. */

import { SvelteMap } from "svelte/reactivity";
import * as node from "./api/client";
import { Problem } from "./api/client";
import { Live, type Listener, type Told } from "./api/live";
import type { Positions } from "./api/positions";
import type { AgreementState, Area, Arrival, CalledBack, Finding, Instant, Judgement, Partner, Queued, Recall, RecallOutcome, Release, Session, Written } from "./api/types";
import { NodeClock } from "./clock.svelte";
import { Picture } from "./map/picture";
import { called, kindInWords } from "./words";

const PAGE = 500;
const MOST_ALERTS = 20_000;
const MOST_AGAIN = 20;

export type Connection = "opening" | "open" | "lost" | "refused";

export class Watch implements Listener {
  readonly clock = new NodeClock();
  readonly picture = new Picture();
  readonly alerts = new SvelteMap<string, Queued>();
  connection = $state<Connection>("opening");
  retryAt = $state(0);
  lastHeard = $state<Instant>(0);
  releases = $state.raw<Release[]>([]);
  arrivals = $state.raw<Arrival[]>([]);
  /** What we called back from partners, and what partners called back from us. */
  recalls = $state.raw<Recall[]>([]);
  calledBack = $state.raw<CalledBack[]>([]);
  reports = $state.raw<Written[]>([]);
  /** Grows when something about our reports may have changed. */
  reported = $state(0);
  partners = $state.raw<Partner[]>([]);
  agreements = $state.raw<AgreementState[]>([]);
  areas = $state.raw<Area[]>([]);
  /** What the monitor has found about logs, those first that nobody has answered for. */
  findings = $state.raw<Finding[]>([]);
  /** Whether the lists have come once. */
  loaded = $state(false);
  trouble = $state("");
  /** Renewed when tracks are told or placed, at most twice a second. */
  pictureVersion = $state(0);
  /** Grows with every word about the alert that is open. */
  changed = $state.raw<{ alert: string; at: number }>({ alert: "", at: 0 });
  simulated = $state(false);

  private last = 0; // the highest sequence number of an alert seen
  private readonly gone = new Set<number>(); // sequence numbers of alerts that have gone on
  private ticks = 0;
  private readonly live: Live;
  private readonly pending = new Set<string>();
  private fetching = 0;

  constructor(
    readonly session: Session,
    private readonly ended: () => void,
  ) {
    this.live = new Live(this);
  }

  close(): void {
    this.live.close();
    clearTimeout(this.fetching);
  }

  retry(): void {
    this.live.now();
  }

  opened(_node: string, clock: Instant, horizon: number): void {
    this.clock.begin(clock);
    this.lastHeard = clock;
    this.picture.begin(horizon);
    this.connection = "open";
    this.fetch("alerts", "releases", "received", "recalls", "reports", "partners", "areas", "findings");
  }

  lost(retryIn: number): void {
    this.connection = "lost";
    this.retryAt = Date.now() + retryIn;
  }

  refused(): void {
    this.connection = "refused";
    this.loaded = true;
  }

  signedOut(): void {
    this.ended();
  }

  ticked(now: Instant): void {
    this.clock.take(now);
    this.lastHeard = now;
    if (++this.ticks % 60 === 0) this.picture.forget(now);
  }

  tracks(told: Told[]): void {
    this.picture.tell(told);
    if (!this.simulated && told.some((track) => track.simulated)) this.simulated = true;
    this.pictureVersion = this.picture.version;
  }

  positions(frame: Positions): void {
    this.picture.place(frame);
    this.pictureVersion = this.picture.version;
  }

  alert(id: string, sequence: number, judgement: Judgement): void {
    const known = this.alerts.get(id);
    if (known) this.alerts.set(id, { ...known, judgement });
    if (known && known.judgement === judgement && sequence > 0) this.gone.add(sequence);
    this.changed = { alert: id, at: this.changed.at + 1 };
    if (!known || known.judgement === judgement) this.fetch("alerts");
  }

  release(message: string, state: string, attempts: number, proven: boolean): void {
    const known = this.releases.find((release) => release.message === message);
    if (known) this.put({ ...known, state, attempts, proven });
    if (known?.state !== state) this.fetch("releases", "partners");
    if (known && this.reports.some((each) => each.id === known.record)) this.reported += 1;
  }

  received(): void {
    this.fetch("received", "recalls");
  }

  recall(id: string, outcome: RecallOutcome | null, proven: boolean): void {
    const known = this.recalls.some((recall) => recall.recall === id);
    if (known) this.recalls = this.recalls.map((recall) => (recall.recall === id ? { ...recall, outcome, proven } : recall));
    else this.fetch("recalls", "releases");
  }

  finding(): void {
    this.fetch("findings");
  }

  missed(lists: string[]): void {
    this.fetch(...lists);
  }

  /** Return what people call the area. */
  titled(area: string): string {
    return this.areas.find((each) => each.name === area)?.title || area;
  }

  /** Return what people call what a release gave. */
  releaseTitle(release: Release): string {
    return release.count > 1 ? `${release.count} records` : this.recordTitle(release.record);
  }

  /** Return what people call the record that was given. */
  recordTitle(record: string): string {
    const report = this.reports.find((each) => each.id === record);
    if (report) return `${report.record}: ${report.newest.title}`;
    const queued = this.alerts.get(record);
    if (!queued) return record.slice(0, 16);
    return `${kindInWords(queued.alert.kind)}: ${queued.alert.subjects.map(called).join(", ") || "nobody named"}`;
  }

  /** Fetch these lists anew, a moment from now, all that were asked for meanwhile together. */
  fetch(...lists: string[]): void {
    for (const list of lists) this.pending.add(list);
    if (this.fetching) return;
    this.fetching = window.setTimeout(() => {
      const wanted = [...this.pending];
      this.pending.clear();
      Promise.all(wanted.map((list) => this.fetchOne(list)))
        .then(() => {
          this.loaded = true;
          this.trouble = "";
        })
        .catch((error: unknown) => this.failed(error))
        .finally(() => {
          this.fetching = 0;
          if (this.pending.size > 0) this.fetch();
        });
    }, 60);
  }

  put(release: Release): void {
    const others = this.releases.filter((each) => each.message !== release.message);
    this.releases = [release, ...others].sort((one, other) => other.created - one.created);
  }

  private async fetchOne(list: string): Promise<void> {
    if (list === "alerts") await this.fetchAlerts();
    else if (list === "releases") this.releases = await node.releases();
    else if (list === "reports") {
      this.reports = await node.reports();
      this.reported += 1;
    } else if (list === "received") this.arrivals = await node.received();
    else if (list === "partners") [this.partners, this.agreements] = await Promise.all([node.partners(), node.agreements()]);
    else if (list === "recalls") await this.fetchRecalls();
    else if (list === "findings") this.findings = await node.findings();
    else if (list === "areas") this.areas = await node.areas().catch(() => []);
    if (this.arrivals.some((arrival) => arrival.simulated)) this.simulated = true;
  }

  private async fetchRecalls(): Promise<void> {
    const before = this.calledBack.length;
    [this.recalls, this.calledBack] = await Promise.all([node.recalls(), node.calledBack()]);
    if (this.calledBack.length !== before) this.arrivals = await node.received(); // what was called back is gone from them
  }

  private async fetchAlerts(): Promise<void> {
    const again = [...this.gone].slice(0, MOST_AGAIN);
    this.gone.clear();
    for (const sequence of again) this.take(await node.alerts(sequence - 1, 1));
    for (;;) {
      const page = await node.alerts(this.last, PAGE);
      this.take(page);
      if (page.length < PAGE || this.alerts.size >= MOST_ALERTS) return;
    }
  }

  private take(page: Queued[]): void {
    for (const queued of page) {
      this.alerts.set(queued.alert.id, queued);
      this.last = Math.max(this.last, queued.sequence);
      if (queued.alert.simulated) this.simulated = true;
    }
  }

  private failed(error: unknown): void {
    this.trouble = error instanceof Problem ? error.message : "The node's answer could not be read.";
  }
}
