/** The launcher in the shop's own colour. On any colour either white or black is readable (4.58:1 at least). */
export function accentOf(accent = ""): [string, string][] {
  if (!/^#[0-9a-f]{6}$/i.test(accent)) return [];
  const [r, g, b] = [1, 3, 5].map((at) => (parseInt(accent.slice(at, at + 2), 16) / 255) ** 2.2) as [number, number, number];
  return [["--brand", accent], ["--on-brand", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff"]];
}
