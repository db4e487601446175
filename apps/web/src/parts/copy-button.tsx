import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { copyText } from './copy-text.js';

/** Milliseconds that the button says what happened. */
const saidFor = 2500;

/** Copies a text, which may have to be fetched first, and says whether it could. */
export function CopyButton({ text, children }: { text: () => string | Promise<string>; children: string }): JSX.Element {
  const [said, say] = useState<string>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => say(undefined), saidFor);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => say(await copyText(await text()) ? 'Copied' : 'The browser does not allow it');
  const start = (): void => void copy().catch((error: unknown) => say((error as Error).message));
  return <span class="copy"><button onClick={start}>{children}</button> <span role="status" class="quiet">{said}</span></span>;
}
