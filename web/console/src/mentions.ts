/** @name in a note: which colleagues it means, and the one that is being typed. */
export interface Person { id: string; name: string }

/** What stands between the last @ before the caret and the caret; null when no name is being typed there. */
export function typedName(text: string, caret: number): string | null {
  const found = /@([^\s@，。！？、；：,.!?;:]{0,12})$/.exec(text.slice(0, caret));
  return found ? (found[1] ?? "") : null;
}

/** The text with the name put where it was being typed, and where the caret is then. */
export function withName(text: string, caret: number, name: string): { text: string; caret: number } {
  const typed = typedName(text, caret) ?? "";
  const before = `${text.slice(0, caret - typed.length)}${name} `;
  return { text: before + text.slice(caret), caret: before.length };
}

/** Whom the text mentions. Of two with one name it is the one who was picked; a longer name goes before one that it begins with. */
export function mentioned(text: string, people: readonly Person[], picked: ReadonlyMap<string, string>): string[] {
  let left = text;
  const found: string[] = [];
  for (const name of [...new Set(people.map((one) => one.name))].sort((a, b) => b.length - a.length)) {
    if (!name || !left.includes(`@${name}`)) continue;
    left = left.replaceAll(`@${name}`, " ");
    const id = picked.get(name) ?? people.find((one) => one.name === name)?.id;
    if (id) found.push(id);
  }
  return found;
}
