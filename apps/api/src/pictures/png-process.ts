import { answerRequests } from '@elucidate/dispatch/answer-requests';
import { pngOf } from '@elucidate/figures/png';
import type { PngRequests } from './rasteriser.js';

/** The process that draws pictures as PNG: see rasteriser.ts. */
answerRequests<PngRequests>({ png: (svg) => pngOf(svg) });
