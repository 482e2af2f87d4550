/** The keyboard: one key does one thing, unless somebody types, and can be switched off (WCAG 2.1.4). */

const KEPT = "comity.single-keys";

class Keys {
  /** Whether single keys do anything. */
  single = $state(localStorage.getItem(KEPT) !== "off");

  switch(on: boolean): void {
    this.single = on;
    localStorage.setItem(KEPT, on ? "on" : "off");
  }
}

export const keys = new Keys();

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;

/** Return the key pressed, or an empty text where it is no shortcut. */
export function shortcut(event: KeyboardEvent): string {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return "";
  if (typing(event.target) || !keys.single || document.querySelector("dialog[open]")) return "";
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}
