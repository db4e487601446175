import { ElucidateError } from '@elucidate/experiment/errors';
import type { TableFormat } from '@elucidate/experiment/table-text';

export const mediaTypes: Readonly<Record<TableFormat, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  latex: 'application/x-latex; charset=utf-8',
};

const formatOf: Readonly<Record<string, TableFormat>> = {
  '*/*': 'json', 'application/*': 'json', 'application/json': 'json',
  'text/*': 'csv', 'text/csv': 'csv', 'text/markdown': 'markdown',
  'application/x-latex': 'latex', 'application/x-tex': 'latex', 'text/x-tex': 'latex',
};

interface Preference {
  media: string;
  q: number;
}

const preferenceOf = (part: string): Preference => {
  const [media = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
  const q = Number(parameters.find((word) => word.startsWith('q='))?.slice(2) ?? 1);
  return { media, q: Number.isFinite(q) ? q : 0 };
};

/**
 * The format to return a table in: `?format=` if given, else the preferred one of Accept (RFC 9110, 12.5.1; the earlier
 * wins a tie), else JSON. Throws request.not_acceptable if Accept names none of the formats.
 */
export function chooseFormat(format: TableFormat | undefined, accept: string | undefined): TableFormat {
  if (format !== undefined) return format;
  if (accept === undefined || accept.trim() === '') return 'json';
  const preferences = accept.split(',').map(preferenceOf).filter(({ media, q }) => q > 0 && formatOf[media] !== undefined);
  const best = preferences.reduce<Preference | undefined>((top, next) => (top === undefined || next.q > top.q ? next : top), undefined);
  const chosen = best && formatOf[best.media];
  if (chosen === undefined) {
    throw new ElucidateError('request.not_acceptable', `A table is not available as ${accept.slice(0, 100)}; request application/json, text/csv, text/markdown or application/x-latex, or use ?format=`);
  }
  return chosen;
}
