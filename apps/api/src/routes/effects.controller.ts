import { Controller, Get, Header, Headers, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { renderEffects } from '@elucidate/experiment/render-effects';
import { effectsFigure } from '@elucidate/figures/figures/effects-figure';
import { sweepEffects } from '@elucidate/store/queries/sweep-effects';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { analysisOffer, chosenOf, isPicture, mediaTypes } from '../http/negotiate.js';
import { ApiProblems } from '../openapi/answers.js';
import { schemaReference } from '../openapi/schemas.js';
import { pictureFile } from '../pictures/picture-file.js';
import { Computations } from '../computing/computations.js';
import { effectsSchema } from '../schemas/effects.js';
import { effectsQuerySchema, type EffectsQuery } from '../schemas/requests.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

@Controller('v1')
export class EffectsController {
  constructor(@Inject(STORE) private readonly store: Store, @Inject(Computations) private readonly computations: Computations) {}

  @Get('sweeps/:id/effects')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'What matters in a sweep: analysis of variance over what it varies, main effects and interactions, seeds as blocks' })
  @ApiOkResponse({ description: 'Effects and values, or a picture of them.', content: { 'application/json': { schema: schemaReference(effectsSchema) }, 'text/csv': {}, 'text/markdown': {}, 'application/x-latex': {}, 'image/svg+xml': {}, 'image/png': {} } })
  @ApiProblems(404, 406, 413, 503)
  async effects(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: effectsQuerySchema }) { format, ...request }: EffectsQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(analysisOffer, format, accept);
    const found = await sweepEffects(this.store.db, { sweepId, ...request }, this.computations.effectsOf);
    return isPicture(chosen) ? pictureFile(effectsFigure(found), chosen, this.computations) : new StreamableFile(Buffer.from(renderEffects(found, chosen)), { type: mediaTypes[chosen] });
  }
}
