/**
 * What else happens in the widget stays in it (keys and focus: loader/keys.ts): the page's scroll locks, drop zones and paste
 * handlers hear nothing of it. Presses go on, so that the page's menus close.
 */
const KEPT = ["beforeinput", "input", "change", "paste", "copy", "cut", "compositionstart", "compositionupdate", "compositionend",
  "dragenter", "dragover", "dragleave", "drop", "wheel", "touchstart", "touchmove"];

export function keepInside(root: ShadowRoot): void {
  for (const type of KEPT) root.addEventListener(type, (event) => { event.stopPropagation(); }, { passive: true });
}
