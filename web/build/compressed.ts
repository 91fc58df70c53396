/** Leaves `.br` and `.gz` beside every text that is built: the service sends them as they are (handoff/static_files.py). */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|html|svg|json)$/;
/** Below one packet there is nothing to win. */
const LEAST = 1_000;

export function compressed(): Plugin {
  return {
    name: "anke-compressed",
    apply: "build",
    async writeBundle(options, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!TEXT.test(name) || !options.dir) continue;
        const path = join(options.dir, name);
        const content = await readFile(path);
        if (content.length < LEAST) continue;
        await writeFile(path + ".br", brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        await writeFile(path + ".gz", gzipSync(content, { level: 9 }));
      }
    },
  };
}
