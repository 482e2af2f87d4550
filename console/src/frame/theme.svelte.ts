/** Light or dark: as the system has it, until the officer chooses. */

const KEPT = "comity.theme";
const DARK = window.matchMedia("(prefers-color-scheme: dark)");

class Theme {
  private chosen = $state(localStorage.getItem(KEPT) ?? "");
  private system = $state(DARK.matches ? "dark" : "light");

  constructor() {
    DARK.addEventListener("change", () => {
      this.system = DARK.matches ? "dark" : "light";
      this.apply();
    });
  }

  get name(): string {
    return this.chosen || this.system;
  }

  turn(): void {
    this.chosen = this.name === "dark" ? "light" : "dark";
    localStorage.setItem(KEPT, this.chosen);
    this.apply();
  }

  apply(): void {
    document.documentElement.dataset["theme"] = this.name;
  }
}

export const theme = new Theme();

/** Return a colour of the theme that is on, for what is drawn rather than styled. */
export const colour = (token: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
