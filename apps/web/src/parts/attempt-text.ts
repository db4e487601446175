import { durationText } from './time.js';

/** How long an attempt took, "12 min"; "" while it runs. */
export const tookText = ({ startedAt, endedAt }: { startedAt: string; endedAt: string | null }): string => (endedAt === null ? '' : durationText((Date.parse(endedAt) - Date.parse(startedAt)) / 1000));

/** An engine's name, without its settings. */
export const engineName = (engine: string): string => engine.split(/[;:] /, 1)[0]!;
