/** Where the three builds read from and write to. The handoff service serves handoff/static as it is. */
import { fileURLToPath } from "node:url";

export const at = (path: string): string => fileURLToPath(new URL("../" + path, import.meta.url));
export const STATIC = at("../handoff/static");

/** Vue without the options API and dev tools: a third less to load. */
export const VUE_FLAGS = {
  __VUE_OPTIONS_API__: "false",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};
