/**
 * A text as parts: words, links that are safe to follow, numbers that agents copy (orders, parcels, requests, cases). Only plain
 * http(s) addresses in ASCII become links: no names before the host, no encoded look-alikes.
 */
export type Part = { kind: "text" | "number"; text: string } | { kind: "link"; text: string; href: string; host: string };

const FOUND = /https?:\/\/[!-~]+|(?<![\w*])(?:[A-Z]{2,4}\d{8,18}|\d{12,20})(?![\w*])/g;

/** What ends a sentence or closes a bracket that the address did not open is not part of it. */
function trimmed(address: string): string {
  let text = address;
  for (;;) {
    const last = text.slice(-1);
    const unopened = (last === ")" && !text.includes("(")) || (last === "]" && !text.includes("["));
    if (!unopened && !".,;:!?'\"<>".includes(last)) return text;
    text = text.slice(0, -1);
  }
}

function linkOf(address: string): Part | null {
  try {
    const url = new URL(address);
    if (url.username || url.password || !url.hostname.includes(".") || url.hostname.includes("xn--")) return null;
    return { kind: "link", text: address, href: url.href, host: url.host };
  } catch {
    return null;
  }
}

export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  const words = (until: number): void => { if (until > at) parts.push({ kind: "text", text: text.slice(at, until) }); };
  for (const match of text.matchAll(FOUND)) {
    const address = match[0].startsWith("http");
    const found = address ? trimmed(match[0]) : match[0];
    const part = address ? linkOf(found) : ({ kind: "number", text: found } as const);
    if (!part) continue;
    words(match.index);
    parts.push(part);
    at = match.index + found.length;
  }
  words(text.length);
  return parts;
}
