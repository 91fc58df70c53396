/**
 * A text as people wrote it, cut into words and links. Marks that turn the direction of what follows (U+202A-202E, U+2066-2069)
 * are left out: with them an address or a file name shows other than it is, and they would reach into what stands beside.
 */
export interface Segment {
  text: string;
  /** only http(s), and tel where it was asked for */
  href?: string;
}

const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069]/g;
/** Chinese is written on without a blank: an address ends where no address can go on. */
const ADDRESS = /(?:https?:\/\/|www\.)[\w\-.~:/?#[\]@!$&'()*+,;=%]+/gi;
const PHONE = /(?<![\d-])(?:[48]00-?\d{3}-?\d{4}|0\d{2,3}-\d{7,8}|1[3-9]\d{9})(?![\d-])/g;
const TRAILING = /[.,;:!?'"*]+$/;

export const plain = (text: string): string => text.replace(DIRECTIONS, "");

/** `phones`: numbers to call become links as well. */
export function segments(raw: string, phones = false): Segment[] {
  const text = plain(raw);
  const found: { at: number; text: string; href: string }[] = [];
  for (const match of text.matchAll(ADDRESS)) {
    const shown = trimmed(match[0]);
    const href = target(shown);
    if (href) found.push({ at: match.index, text: shown, href });
  }
  if (phones) {
    for (const match of text.matchAll(PHONE)) {
      if (!found.some((one) => match.index >= one.at && match.index < one.at + one.text.length)) {
        found.push({ at: match.index, text: match[0], href: `tel:${match[0].replace(/-/g, "")}` });
      }
    }
  }
  found.sort((a, b) => a.at - b.at);
  const parts: Segment[] = [];
  let at = 0;
  for (const link of found) {
    if (link.at > at) parts.push({ text: text.slice(at, link.at) });
    parts.push({ text: link.text, href: link.href });
    at = link.at + link.text.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** Without the full stop of the sentence, and without a bracket that was opened before the address. */
function trimmed(address: string): string {
  let text = address.replace(TRAILING, "");
  while (text.endsWith(")") && !text.includes("(")) text = text.slice(0, -1).replace(TRAILING, "");
  return text;
}

function target(shown: string): string {
  try {
    const url = new URL(/^www\./i.test(shown) ? `https://${shown}` : shown);
    return url.hostname.includes(".") && !url.username ? url.href : "";
  } catch {
    return "";
  }
}
