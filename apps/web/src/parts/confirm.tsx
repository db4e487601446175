import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

export interface Question {
  /** What is about to be done, and what it does. */
  title: string;
  text: string;
  /** The button that does it. */
  action: string;
}

/** Asks before something that cannot be taken back. Escape, or a click beside it, is no. */
export function Confirm({ question: { title, text, action }, answer }: { question: Question; answer: (yes: boolean) => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={() => answer(false)} onClick={({ target }) => { if (target === dialog.current) answer(false); }}>
      <h2 id={id}>{title}</h2>
      <p>{text}</p>
      <div class="controls">
        <button class="main" onClick={() => answer(true)}>{action}</button>
        <button autofocus onClick={() => answer(false)}>Leave it</button>
      </div>
    </dialog>
  );
}
