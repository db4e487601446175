import { answerRequests } from '@elucidate/dispatch/answer-requests';
import { effectsOf } from '@elucidate/experiment/effects';
import { pngOf } from '@elucidate/figures/png';
import type { ComputingRequests } from './computations.js';

/** The process that computes what would keep the API from answering others: see computations.ts. */
answerRequests<ComputingRequests>({ png: (svg) => pngOf(svg), effects: ({ source, scale }) => effectsOf(source, scale) });
