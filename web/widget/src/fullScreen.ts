/**
 * While the panel fills the screen of a phone the page behind stands still, and Back closes the panel instead of leaving the
 * page. The entry in the history keeps what the page's router had written, so that it takes the pop for its own place.
 */
export const PHONE = "(max-width: 480px), (max-height: 480px)";

interface Mark { anke?: boolean }
const marked = (): boolean => (history.state as Mark | null)?.anke === true;

export class FullScreen {
  private readonly phone = matchMedia(PHONE);
  private open = false;
  private active = false;
  private leaving = false;
  private held: { element: HTMLElement; value: string; priority: string }[] = [];

  constructor(private readonly close: () => void) {
    this.phone.addEventListener("change", () => { this.set(this.open); });
    window.addEventListener("popstate", (event) => {
      if (this.leaving || (this.active && !marked())) event.stopImmediatePropagation();
      if (this.leaving) this.leaving = false;
      else if (this.active && !marked()) this.close();
    }, true);
  }

  set(open: boolean): void {
    this.open = open;
    const wanted = open && this.phone.matches;
    if (wanted === this.active) return;
    this.active = wanted;
    if (wanted) this.enter();
    else this.leave();
  }

  /** The page threw its body away: the new one is held as well. */
  again(): void {
    if (!this.active) return;
    this.release();
    this.hold();
  }

  private enter(): void {
    this.hold();
    if (!marked()) history.pushState({ ...(history.state as object | null), anke: true }, "");
  }

  private leave(): void {
    this.release();
    if (!marked()) return;
    this.leaving = true;
    history.back();
  }

  private hold(): void {
    this.held = [document.documentElement, document.body].map((element) => {
      const { style } = element;
      const before = { element, value: style.getPropertyValue("overflow"), priority: style.getPropertyPriority("overflow") };
      style.setProperty("overflow", "hidden", "important");
      return before;
    });
  }

  private release(): void {
    for (const { element, value, priority } of this.held) element.style.setProperty("overflow", value, priority);
    this.held = [];
  }
}
