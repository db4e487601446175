import { setDiagnostics } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import type { JsonSchema } from '@elucidate/experiment/schema-options';
import type { JSX, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Mistake } from './mistakes.js';
import type { TextChange } from './profiles.js';
import { editorSetup } from './setup.js';

export interface EditorHandle {
  /** Makes a change that undo takes back. */
  change: (change: TextChange) => void;
  /** Puts the cursor there and shows it. */
  goTo: (offset: number) => void;
}

export interface CodeEditorProps {
  label: string;
  /** What it starts with; afterwards `handle` changes it. */
  initial: string;
  grammar: JsonSchema | undefined;
  mistakes: readonly Mistake[];
  onText: (text: string) => void;
  handle: RefObject<EditorHandle | null>;
}

/** A sweep file's editor. It stands in a shadow root: there its styles are sheets of the document's own, which the page's policy allows, and not elements. */
export function CodeEditor({ label, initial, grammar, mistakes, onText, handle }: CodeEditorProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ grammar, onText });
  latest.current = { grammar, onText };
  useEffect(() => {
    const root = place.current!.shadowRoot ?? place.current!.attachShadow({ mode: 'open' });
    const own = new EditorView({
      doc: initial, parent: root, root,
      extensions: [editorSetup(() => latest.current.grammar, label), EditorView.updateListener.of(({ docChanged, state }) => { if (docChanged) latest.current.onText(state.doc.toString()); })],
    });
    // a click beside the text, on the line numbers, focuses what scrolls it, where keys go nowhere
    own.scrollDOM.addEventListener('focus', () => own.focus());
    view.current = own;
    handle.current = {
      change: (change) => own.dispatch({ changes: change, selection: { anchor: 0 }, scrollIntoView: true }),
      goTo: (offset) => {
        own.dispatch({ selection: { anchor: Math.min(offset, own.state.doc.length) }, scrollIntoView: true });
        own.focus();
      },
    };
    return () => own.destroy();
  }, []);
  useEffect(() => {
    const own = view.current!;
    const end = own.state.doc.length;
    own.dispatch(setDiagnostics(own.state, mistakes.filter(({ to }) => to <= end).map(({ from, to, message }) => ({ from, to, message, severity: 'error' as const }))));
  }, [mistakes]);
  return <div class="code" ref={place} />;
}
