/**
 * Keys are taken before the page hears of them and told to the field as events that
 * do not leave the shadow root, so that neither a shop's shortcuts (`/` searches, `s` opens …) nor a dialog's focus trap
 * takes a letter away. The browser's own work (typing, input methods) goes on with the original event.
 */
const KEYS = ["keydown", "keypress", "keyup"] as const;

export function keepKeysInside(element: HTMLElement, root: ShadowRoot): void {
  for (const type of ["focusin", "focusout"]) root.addEventListener(type, (event) => { event.stopPropagation(); });
  for (const type of KEYS) {
    addEventListener(type, (event) => {
      if (event.target !== element) return;
      event.stopImmediatePropagation();
      const field = event.composedPath()[0];
      const { key, code, location, repeat, isComposing, ctrlKey, shiftKey, altKey, metaKey, keyCode, charCode } = event;
      const inner = new KeyboardEvent(type, { key, code, location, repeat, isComposing, ctrlKey, shiftKey, altKey, metaKey, keyCode, charCode, bubbles: true, cancelable: true });
      if (field && !field.dispatchEvent(inner)) event.preventDefault();
    }, true);
  }
}
