import { printableLines } from '@elucidate/experiment/printable';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML that needs no escaping. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = string | number | null | undefined | Html | readonly Html[];

const textOf = (value: Value): string => {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map((part: Html) => part.text).join('');
  return printableLines(String(value ?? '')).replace(/[&<>"']/g, (char) => escapes[char] ?? char);
};

/** Template tag: every value is escaped unless it is Html already. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, i) => text + textOf(values[i - 1]) + part));
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.25rem .7rem;border-bottom:1px solid #ddd;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}code{background:#f4f4f4;padding:0 .2rem}pre{background:#f4f4f4;padding:.7rem;overflow:auto}
figure{display:inline-block;margin:.5rem;max-width:20rem;vertical-align:top}figure img{width:100%;image-rendering:pixelated}figure.chart{display:block;max-width:60rem;margin:1rem 0}figure.chart img{image-rendering:auto}
figcaption{font-size:12px;overflow-wrap:anywhere}
.note{background:#fff6d6;padding:.4rem .7rem}`;

/** A complete document, without scripts or external resources. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${new Html(style)}</style></head>
<body>
${body}
</body></html>
`.text;
}
