import type { JSX } from 'preact';
import type { Schemas } from '../api/client.js';
import { agoText } from './time.js';

/** What the network of a training that is not done makes of noised images. */
export function Preview({ stage: { id, kind, previewAt } }: { stage: Pick<Schemas['ListedStage'], 'id' | 'kind' | 'previewAt'> }): JSX.Element | null {
  if (previewAt === null) return null;
  const about = `What ${kind} ${id.slice(0, 8)} makes of noised images so far`;
  return <figure class="preview"><img src={`v1/stages/${id}/preview?at=${encodeURIComponent(previewAt)}`} alt={about} onError={({ currentTarget }) => currentTarget.closest('figure')!.remove()} /><figcaption class="quiet">{about}; {agoText(previewAt)}.</figcaption></figure>;
}
