import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, snippetCompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import type { JsonSchema } from '@elucidate/experiment/schema-options';
import { tags } from '@lezer/highlight';
import { completionsAt } from './complete.js';
import { explainAt, type Explanation } from './explain.js';

/** A longer text is edited without completion and hover help, for which it is read at every key. */
const mostRead = 100_000;

function complete(grammar: () => JsonSchema | undefined) {
  return ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const schema = grammar();
    if (schema === undefined || state.doc.length > mostRead) return null;
    const found = completionsAt(schema, state.doc.toString(), pos);
    if (found === undefined || (!explicit && found.from === pos) || found.options.length === 0) return null;
    const options = found.options.map(({ insert, ...option }) => snippetCompletion(insert, { ...option, type: insert === option.label ? 'constant' : 'property' }));
    return { from: found.from, options, validFor: /^[\w.+-]*$/ };
  };
}

function tipOf({ title, lines }: Explanation): HTMLElement {
  const element = document.createElement('div');
  element.className = 'help';
  const parts = [Object.assign(document.createElement('strong'), { textContent: title }), ...lines.map((line) => Object.assign(document.createElement('p'), { textContent: line }))];
  element.append(...parts);
  return element;
}

const explain = (grammar: () => JsonSchema | undefined): Extension => hoverTooltip(({ state }, at) => {
  const schema = grammar();
  const found = schema === undefined || state.doc.length > mostRead ? undefined : explainAt(schema, state.doc.toString(), at);
  return found === undefined ? null : { pos: found.from, end: found.to, above: true, create: () => ({ dom: tipOf(found) }) };
});

/** The page's own colours, so that light and dark follow it. */
const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--raised)', border: '1px solid var(--line)', borderRadius: '6px', fontSize: '13px', minHeight: '24rem', maxHeight: '75vh' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-scroller': { fontFamily: 'ui-monospace, monospace', lineHeight: '1.5', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--accent) 25%, transparent)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--text) 5%, transparent)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--quiet)', border: 'none' },
  '.cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--accent) 25%, transparent)' },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--paper)', border: '1px solid var(--line)', borderRadius: '6px', boxShadow: '0 2px 8px color-mix(in srgb, black 25%, transparent)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--paper)' },
  '.cm-completionDetail': { color: 'var(--quiet)', fontStyle: 'normal' },
  'li[aria-selected] .cm-completionDetail': { color: 'var(--paper)' },
  '.cm-completionInfo': { whiteSpace: 'pre-line', maxWidth: '22rem' },
  '.help': { maxWidth: 'min(28rem, 80vw)', padding: '.4rem .7rem', font: '13px/1.4 system-ui, sans-serif' },
  '.help p': { margin: '.2rem 0 0' },
  '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif', borderLeftColor: 'var(--bad)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--quiet)', fontStyle: 'italic' },
]);

/** What typed text replaces, if it is not nothing: the selection, or what the browser has selected, of which the editor has not heard yet. */
function replaced(view: EditorView): { from: number; to: number } | null {
  const { main } = view.state.selection;
  if (!main.empty) return { from: main.from, to: main.to };
  // in Chromium a shadow root has a selection of its own
  const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = (view.root as Partial<Document>).getSelection?.() ?? document.getSelection()!;
  if (isCollapsed || anchorNode === null || focusNode === null || ![anchorNode, focusNode].every((node) => view.contentDOM.contains(node))) return null;
  const ends = [view.posAtDOM(anchorNode, anchorOffset), view.posAtDOM(focusNode, focusOffset)];
  return { from: Math.min(...ends), to: Math.max(...ends) };
}

/** Text typed over a selection. Left to the browser, it keeps the style of what was there, in an attribute that the page's policy refuses. */
const typedOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const over = event.inputType === 'insertText' && event.data !== null ? replaced(view) : null;
    if (over === null) return false;
    event.preventDefault();
    const insert = view.state.toText(event.data!);
    view.dispatch({ changes: { ...over, insert }, selection: { anchor: over.from + insert.length }, userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

/** A YAML editor that knows the grammar of sweep files, as soon as `grammar` gives it. */
export const editorSetup = (grammar: () => JsonSchema | undefined, label: string): Extension => [
  lineNumbers(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), EditorView.lineWrapping,
  yaml(), syntaxHighlighting(colours), theme, EditorState.tabSize.of(2),
  autocompletion({ override: [complete(grammar)], icons: false }), explain(grammar),
  // Tab leaves the editor, as it leaves any field
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
  EditorView.contentAttributes.of({ 'aria-label': label, 'spellcheck': 'false' }), typedOver,
];
