import { ElucidateError } from '@elucidate/experiment/errors';
import type { TableFormat } from '@elucidate/experiment/table-text';

export const mediaTypes: Readonly<Record<TableFormat, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  latex: 'application/x-latex; charset=utf-8',
};

export const pictureTypes = { svg: 'image/svg+xml', png: 'image/png' } as const;
export type PictureFormat = keyof typeof pictureTypes;
/** Of an analysis: the tables of its numbers, or a picture of them. */
export type AnalysisFormat = TableFormat | PictureFormat;

export const isPicture = (format: AnalysisFormat): format is PictureFormat => format in pictureTypes;

/** What a resource is available as. */
export interface Offer<F extends string> {
  /** Media type, or range of them, -> the format that serves it. */
  formats: Readonly<Record<string, F>>;
  /** Served if the request names none. */
  usual: F;
  /** "A table". */
  what: string;
}

/** Tables and leaderboards. */
export const tableOffer: Offer<TableFormat> = {
  what: 'A table', usual: 'json',
  formats: {
    '*/*': 'json', 'application/*': 'json', 'application/json': 'json',
    'text/*': 'csv', 'text/csv': 'csv', 'text/markdown': 'markdown',
    'application/x-latex': 'latex', 'application/x-tex': 'latex', 'text/x-tex': 'latex',
  },
};

export const analysisOffer: Offer<AnalysisFormat> = {
  what: 'An analysis', usual: 'json',
  formats: { ...tableOffer.formats, 'image/*': 'svg', 'image/svg+xml': 'svg', 'image/png': 'png' },
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
 * The format to return something in: `?format=` if given, else the preferred one of Accept (RFC 9110, 12.5.1; the earlier
 * wins a tie), else the usual one. Throws request.not_acceptable if Accept names none of the formats.
 */
export function chosenOf<F extends string>({ formats, usual, what }: Offer<F>, format: F | undefined, accept: string | undefined): F {
  if (format !== undefined) return format;
  if (accept === undefined || accept.trim() === '') return usual;
  const preferences = accept.split(',').map(preferenceOf).filter(({ media, q }) => q > 0 && formats[media] !== undefined);
  const best = preferences.reduce<Preference | undefined>((top, next) => (top === undefined || next.q > top.q ? next : top), undefined);
  const chosen = best && formats[best.media];
  if (chosen === undefined) {
    const known = Object.keys(formats).filter((media) => !media.endsWith('/*'));
    throw new ElucidateError('request.not_acceptable', `${what} is not available as ${accept.slice(0, 100)}; request ${known.join(', ')}, or use ?format=`);
  }
  return chosen;
}

/** The format to return a table in. */
export const chooseFormat = (format: TableFormat | undefined, accept: string | undefined): TableFormat => chosenOf(tableOffer, format, accept);
