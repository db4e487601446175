/** Widths of Inter's letters as fractions of the font size, slightly overestimated. */
const widths: readonly (readonly [RegExp, number])[] = [[/[ilj.,;:'|()[\] ]/, 0.31], [/[mwMW@—]/, 0.9], [/[A-Z]/, 0.7], [/[0-9=+−_]/, 0.63]];
const usual = 0.57;

/** Width in pixels of a text at a font size. */
export function textWidth(content: string, size: number): number {
  return [...content].reduce((sum, letter) => sum + (widths.find(([letters]) => letters.test(letter))?.[1] ?? usual), 0) * size;
}

/** Labels of parts often differ only at their ends. */
const keptEnd = 14;

/** The text, or as much of it as fits around a "…" before its end. */
export function fitted(content: string, size: number, width: number): string {
  if (textWidth(content, size) <= width) return content;
  const [head, end] = [[...content].slice(0, -keptEnd), [...content].slice(-keptEnd).join('')];
  while (head.length > 1 && textWidth(`${head.join('')}…${end}`, size) > width) head.pop();
  return `${head.join('')}…${end}`;
}

/** Lines no wider than `width`, broken between words. */
export function wrapped(content: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of content.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
