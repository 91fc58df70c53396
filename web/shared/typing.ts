/**
 * Enter sends, except while an input method composes: its Enter picks a candidate. Safari reports that Enter after
 * `compositionend` with isComposing false, so 50 ms after the end of a composition no Enter sends either.
 */
export interface Composition {
  start(): void;
  end(event: Event): void;
  active(event: KeyboardEvent): boolean;
}

export function watchComposition(): Composition {
  let composing = false;
  let endedAt = -1_000;
  return {
    start: () => { composing = true; },
    end: (event) => {
      composing = false;
      endedAt = event.timeStamp;
    },
    active: (event) => composing || event.isComposing || event.keyCode === 229 || event.timeStamp - endedAt < 50,
  };
}

export function sendsOnEnter(event: KeyboardEvent, composition: Composition): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey && !composition.active(event);
}
