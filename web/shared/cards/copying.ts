/** How a number is copied; provided by the page that allows it. */
import type { InjectionKey } from "vue";

export const COPY: InjectionKey<(text: string) => void> = Symbol("copy");
