import type { JsonSchema } from '@elucidate/experiment/schema-options';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { CodeEditor, type EditorHandle } from '../editor/code-editor.js';
import { exampleNames, exampleText } from '../editor/examples.js';
import { specGrammar } from '../editor/grammar.js';
import { mistakesIn, type Mistake } from '../editor/mistakes.js';
import { profileChange, profilesIn } from '../editor/profiles.js';
import { Failure } from '../parts/waiting.js';
import { hrefOf } from '../route/route.js';
import { Pictures } from './new-sweep/pictures.js';
import { PlanText } from './new-sweep/plan-text.js';
import { useCheck } from './new-sweep/use-check.js';
import { problemsOf, submitText, usePlan } from './new-sweep/use-plan.js';

/** The draft survives a reload. */
const draftKey = 'elucidate.draft';

const first = `name: which-sampler
dataset: { name: fashion-mnist, resolution: 16 }
parameters:
  inputScale: { values: [0.5, 1] }
  sampler: { values: [ddim, heun] }
  steps: { values: [5, 10] }
seeds: { train: [1, 2, 3], sample: [1] }
train: { network: tiny, images: 12000, batch: 64, learningRate: 0.004 }
evaluate: { samples: 256, metrics: [fid, kid] }
`;

/** The grammar that the API itself reads by. */
const loadGrammar = async (signal: AbortSignal): Promise<JsonSchema> => {
  const answer = await fetch('openapi.json', { signal });
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  return specGrammar(((await answer.json()) as { components: { schemas: Record<string, JsonSchema> } }).components.schemas);
};

const Mistakes = ({ mistakes, goTo }: { mistakes: readonly Mistake[]; goTo: (offset: number) => void }): JSX.Element => (
  <ul class="failure mistakes">{mistakes.map(({ from, line, message }) => <li key={`${from} ${message}`}><button class="link" onClick={() => goTo(from)}>line {line}</button> {message}</li>)}</ul>
);

interface StartProps {
  text: string;
  change: EditorHandle['change'];
}

/** What the text starts from, and which of its profiles it uses. Undo takes both back. */
function Start({ text, change }: StartProps): JSX.Element {
  const [error, setError] = useState<Error>();
  const { names, used } = useMemo(() => profilesIn(text), [text]);
  const start = (name: string): void => {
    exampleText(name).then((insert) => change({ from: 0, to: text.length, insert }), setError);
  };
  const use = (name: string): void => {
    const made = profileChange(text, name === '' ? undefined : name);
    if (made !== undefined) change(made);
  };
  return (
    <div class="controls">
      <label class="choice"><span>Start from an example</span><select value="" onChange={({ currentTarget }) => { start(currentTarget.value); currentTarget.value = ''; }}>
        <option value="">choose…</option>{exampleNames.map((name) => <option key={name}>{name}</option>)}
      </select></label>
      {names.length > 0 && <label class="choice"><span>Profile</span><select value={used ?? ''} onChange={({ currentTarget }) => use(currentTarget.value)}>
        <option value="">as written</option>{names.map((name) => <option key={name}>{name}</option>)}
      </select></label>}
      {error && <Failure error={error} />}
    </div>
  );
}

/** A sweep file in an editor that knows its grammar; beside it the plan, or the mistakes, and the pictures of what it specifies. */
export function NewSweepView(): JSX.Element {
  const initial = useMemo(() => localStorage.getItem(draftKey) ?? first, []);
  const [text, setText] = useState(initial);
  const [submitting, setSubmitting] = useState<{ busy: boolean; error?: Error }>({ busy: false });
  const editor = useRef<EditorHandle>(null);
  const grammar = useAnswer('grammar', loadGrammar);
  const checked = useCheck(text);
  const wrong = checked?.text === text ? checked.wrong : null;
  const planned = usePlan(text, checked?.text === text && wrong === null);
  useEffect(() => localStorage.setItem(draftKey, text), [text]);
  const refused = useMemo(() => wrong && new ApiError({ title: 'This is no sweep yet', detail: wrong.message, problems: [...wrong.problems] }), [wrong]);
  const failed = refused ?? submitting.error ?? (planned !== undefined && 'error' in planned ? planned.error : undefined);
  const current = refused !== null || planned?.text === text;
  const mistakes = useMemo(() => (failed === undefined || !current ? [] : mistakesIn(text, problemsOf(failed), profilesIn(text).used)), [failed, current, text]);
  const submit = (): void => {
    setSubmitting({ busy: true });
    submitText(text).then(({ id }) => { location.hash = hrefOf(['sweeps', id]); }, (error: unknown) => setSubmitting({ busy: false, error: error as Error }));
  };
  const edited = (next: string): void => {
    setText(next);
    setSubmitting({ busy: false });
  };
  const plan = refused === null && planned !== undefined && 'plan' in planned ? planned.plan : undefined;
  return (
    <>
      <h1>New sweep</h1>
      <Start text={text} change={(change) => editor.current?.change(change)} />
      <div class="editor">
        <div>
          <CodeEditor label="Sweep file, YAML" initial={initial} grammar={grammar.data} mistakes={mistakes} onText={edited} handle={editor} />
          <p class="quiet">Ctrl-Space completes, a pointer on a word explains it, F8 goes to the next mistake.{grammar.error && ' The grammar could not be loaded, so neither is there.'}</p>
        </div>
        <section aria-label="Plan" aria-live="polite" aria-busy={!current}>
          {!current && <p class="quiet">Planning…</p>}
          {plan !== undefined && <PlanText plan={plan} />}
          {mistakes.length > 0 ? <Mistakes mistakes={mistakes} goTo={(offset) => editor.current?.goTo(offset)} /> : failed !== undefined && current && <Failure error={failed} />}
          <button class="main" disabled={plan === undefined || !current || submitting.busy} onClick={submit}>Submit</button>
        </section>
      </div>
      {plan !== undefined && planned !== undefined && <Pictures text={planned.text} cells={plan.cells} />}
    </>
  );
}
