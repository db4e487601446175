/** "27 Nov 2026, 22:03", in the reader's own zone and language. */
export const timeText = (iso: string): string => new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** "4 s", "12 min", "3.5 h". */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** "12 s ago". */
export const agoText = (iso: string, now = Date.now()): string => `${durationText(Math.max(0, now - Date.parse(iso)) / 1000)} ago`;
