import { ElucidateError } from '@elucidate/experiment/errors';
import type { TableFormat } from '@elucidate/experiment/render-table';

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

interface Wish {
  media: string;
  q: number;
}

const wishOf = (part: string): Wish => {
  const [media = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
  const q = Number(parameters.find((word) => word.startsWith('q='))?.slice(2) ?? 1);
  return { media, q: Number.isFinite(q) ? q : 0 };
};

/**
 * The format a table is to be given in: `?format=` when it stands, else the best of Accept (RFC 9110, 12.5.1; the earlier
 * wins a tie), else JSON. Throws request.not_acceptable when Accept names nothing a table can be.
 */
export function chooseFormat(format: TableFormat | undefined, accept: string | undefined): TableFormat {
  if (format !== undefined) return format;
  if (accept === undefined || accept.trim() === '') return 'json';
  const wishes = accept.split(',').map(wishOf).filter(({ media, q }) => q > 0 && formatOf[media] !== undefined);
  const best = wishes.reduce<Wish | undefined>((top, wish) => (top === undefined || wish.q > top.q ? wish : top), undefined);
  const chosen = best && formatOf[best.media];
  if (chosen === undefined) {
    throw new ElucidateError('request.not_acceptable', `A table cannot be given as ${accept.slice(0, 100)}; ask for application/json, text/csv, text/markdown or application/x-latex, or use ?format=`);
  }
  return chosen;
}
