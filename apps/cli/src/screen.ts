import { printable } from '@elucidate/experiment/printable';

/** Redraws a few lines in place on a terminal; elsewhere prints an occasional line. */
export interface Screen {
  /** `notes` are shown in full below the lines, wherever they are shown. */
  draw(lines: readonly string[], notes?: readonly string[]): void;
  /** Keeps the last drawing on the screen. */
  end(): void;
}

const plainEveryMs = 10_000;

function terminalScreen(out: NodeJS.WriteStream): Screen {
  let height = 0;
  const fit = (text: string): string => fitting(printable(text));
  const fitting = (line: string): string => (line.length >= out.columns ? `${line.slice(0, Math.max(0, out.columns - 2))}…` : line);
  return {
    draw: (lines, notes = []) => {
      const up = height > 0 ? `\x1b[${height}A` : '';
      const shown = [...lines.map(fit), ...notes.flatMap((note) => inWidth(printable(note), out.columns))];
      out.write(`${up}\x1b[0J${shown.join('\n')}\n`);
      height = shown.length;
    },
    end: () => {
      height = 0;
    },
  };
}

/** A text in pieces that fit a terminal's line. */
function inWidth(text: string, columns: number): string[] {
  const width = Math.max(20, columns - 1);
  return Array.from({ length: Math.ceil(text.length / width) }, (_, i) => text.slice(i * width, (i + 1) * width));
}

/** Prints the last line of a drawing, its summary, and its notes, at most every ten seconds. */
function plainScreen(out: NodeJS.WriteStream): Screen {
  let last = -Infinity;
  return {
    draw: (lines, notes = []) => {
      if (Date.now() - last < plainEveryMs) return;
      last = Date.now();
      out.write([lines.at(-1) ?? '', ...notes].map((line) => `${printable(line)}\n`).join(''));
    },
    end: () => undefined,
  };
}

const silentScreen: Screen = { draw: () => undefined, end: () => undefined };

export function openScreen({ quiet = false, out = process.stderr }: { quiet?: boolean; out?: NodeJS.WriteStream } = {}): Screen {
  if (quiet) return silentScreen;
  return out.isTTY ? terminalScreen(out) : plainScreen(out);
}
