import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { copyText } from './copy-text.js';

/** Milliseconds that the button says what happened. */
const saidFor = 2500;

/** Copies a text, and says whether it could. */
export function CopyButton({ text, children }: { text: () => string; children: string }): JSX.Element {
  const [said, say] = useState<string>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => say(undefined), saidFor);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => void copyText(text()).then((copied) => say(copied ? 'Copied' : 'The browser does not allow it'));
  return <span class="copy"><button onClick={copy}>{children}</button> <span role="status" class="quiet">{said}</span></span>;
}
