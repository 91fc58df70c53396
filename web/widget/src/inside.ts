/**
 * What else happens in the widget stays in it (keys: loader/keys.ts): the page's focus traps, scroll locks, drop zones and paste
 * handlers hear nothing of it. Presses go on, so that the page's menus close.
 */
const KEPT = ["beforeinput", "input", "change", "paste", "copy", "cut", "compositionstart", "compositionupdate", "compositionend",
  "focusin", "focusout", "dragenter", "dragover", "dragleave", "drop", "wheel", "touchstart", "touchmove"];

export function keepInside(root: ShadowRoot): void {
  for (const type of KEPT) root.addEventListener(type, (event) => { event.stopPropagation(); }, { passive: true });
}
