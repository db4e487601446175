import { printable } from '@elucidate/experiment/printable';

/** Redraws a few lines in place on a terminal; elsewhere prints an occasional line. */
export interface Screen {
  draw(lines: readonly string[]): void;
  /** Keeps the last drawing on the screen. */
  end(): void;
}

const plainEveryMs = 10_000;

function terminalScreen(out: NodeJS.WriteStream): Screen {
  let height = 0;
  const fit = (text: string): string => fitting(printable(text));
  const fitting = (line: string): string => (line.length >= out.columns ? `${line.slice(0, Math.max(0, out.columns - 2))}…` : line);
  return {
    draw: (lines) => {
      const up = height > 0 ? `\x1b[${height}A` : '';
      out.write(`${up}\x1b[0J${lines.map(fit).join('\n')}\n`);
      height = lines.length;
    },
    end: () => {
      height = 0;
    },
  };
}

/** Prints the last line of a drawing, its summary, at most every ten seconds. */
function plainScreen(out: NodeJS.WriteStream): Screen {
  let last = -Infinity;
  return {
    draw: (lines) => {
      if (Date.now() - last < plainEveryMs) return;
      last = Date.now();
      out.write(`${printable(lines.at(-1) ?? '')}\n`);
    },
    end: () => undefined,
  };
}

const silentScreen: Screen = { draw: () => undefined, end: () => undefined };

export function openScreen({ quiet = false, out = process.stderr }: { quiet?: boolean; out?: NodeJS.WriteStream } = {}): Screen {
  if (quiet) return silentScreen;
  return out.isTTY ? terminalScreen(out) : plainScreen(out);
}
