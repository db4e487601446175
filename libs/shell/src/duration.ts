const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** What `durationMs` reads, for messages. */
export const durationText = 'a number and one of m, h, d, w, such as 12h or 30d';

/** "12h" in ms; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)([mhdw])$/.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * units[unit]!;
}
