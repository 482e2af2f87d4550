/** Where the officer is: kept in the address, so that reload, back and a link keep their place. */

export const SCREENS = ["desk", "map", "reports", "received", "exchange", "proof"] as const;
export type Screen = (typeof SCREENS)[number];

/** After G, which key goes to which screen. */
export const WAYS: Record<string, Screen> = { d: "desk", m: "map", w: "reports", r: "received", e: "exchange", p: "proof" };

export interface Route {
  screen: Screen;
  /** The alert, track, report or message that is open. */
  item: string;
  /** What is being done with it. */
  step: string;
}

function read(): Route {
  const [screen, item, step] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const known = SCREENS.find((each) => each === screen);
  return { screen: known ?? "desk", item: known ? (item ?? "") : "", step: known ? (step ?? "") : "" };
}

class Place {
  route = $state.raw<Route>(read());

  constructor() {
    window.addEventListener("hashchange", () => {
      this.route = read();
    });
  }

  go(screen: Screen, item = "", step = ""): void {
    const parts = [screen, item, step].filter((part) => part !== "").map(encodeURIComponent);
    location.hash = `#/${parts.join("/")}`;
    this.route = read();
  }
}

export const place = new Place();
