/** What the loader and the panel know of each other. The panel is fetched on the first open and may be older than no loader. */

/** A product the customer is looking at. */
export interface Product {
  name: string;
  id?: string;
  price?: string | number;
  image?: string;
  url?: string;
}

/** An order of the signed-in customer, as the store's page knows it. */
export interface ShopOrder {
  order_no: string;
  title?: string;
  state?: string;
  image?: string;
}

/** What the store's page tells about itself. A key left out stays as it was, null forgets it. */
export interface Context {
  product?: Product | null;
  order_no?: string | null;
  orders?: ShopOrder[] | null;
}

export type AnkeEvent = "ready" | "open" | "close" | "unread" | "message" | "state" | "error";

export interface Host {
  root: ShadowRoot;
  element: HTMLElement;
  origin: string;
  /** the attributes `data-…` of the script tag */
  data: DOMStringMap;
  context: Context;
  identity: string;
  /** The launcher follows: hidden while the panel is open, with the number of unread messages while it is not. */
  shows(open: boolean, unread: number): void;
  focusLauncher(): void;
  emit(event: AnkeEvent, detail: Record<string, unknown>): void;
}

export interface Panel {
  open(text?: string): void;
  close(): void;
  /** another customer, or nobody ("") */
  identify(token: string): void;
  setContext(): void;
  /** theme or colour changed */
  dress(): void;
  /** the element was put back after the page threw it out */
  moved(): void;
}
