/**
 * Pinyin initials of Chinese words, so that "jr" finds 接入. By the browser's own Chinese collation, which sorts by sound: no
 * dictionary to load. A character with several readings counts with its usual one.
 */
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨它穵夕丫帀";
const LETTERS = "abcdefghjklmnopqrstwxyz";
const collator = new Intl.Collator("zh-Hans-CN-u-co-pinyin");
const HAN = /\p{Script=Han}/u;
const known = new Map<string, string>();

function initial(letter: string): string {
  if (!HAN.test(letter)) return letter.toLowerCase();
  const before = known.get(letter);
  if (before !== undefined) return before;
  const firsts = [...FIRSTS];
  let at = firsts.length - 1;
  while (at > 0 && collator.compare(firsts[at] ?? "", letter) > 0) at -= 1;
  const found = LETTERS[at] ?? "";
  known.set(letter, found);
  return found;
}

export const initials = (text: string): string => [...text].map(initial).join("");

/** How well a text answers to what was typed: 0 not at all; the beginning counts more, words more than initials. */
export function fits(text: string, typed: string): number {
  const [hay, needle] = [text.toLowerCase(), typed.toLowerCase()];
  const at = hay.indexOf(needle);
  if (at >= 0) return at === 0 ? 4 : 3;
  if (!/^[a-z]+$/.test(needle)) return 0;
  const sounds = initials(text).indexOf(needle);
  return sounds < 0 ? 0 : sounds === 0 ? 2 : 1;
}

/** Every word typed must be there, in whichever field; the best fits first, else in the order given. */
export function ranked<T>(things: readonly T[], typed: string, fields: (one: T) => readonly string[]): T[] {
  const words = typed.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...things];
  const score = (one: T): number => {
    const texts = fields(one);
    let sum = 0;
    for (const word of words) {
      const best = Math.max(0, ...texts.map((text, i) => fits(text, word) * (i === 0 ? 2 : 1)));
      if (best === 0) return 0;
      sum += best;
    }
    return sum;
  };
  return things.map((one, i) => ({ one, i, score: score(one) })).filter((hit) => hit.score > 0).sort((a, b) => b.score - a.score || a.i - b.i).map((hit) => hit.one);
}
