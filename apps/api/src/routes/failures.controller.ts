import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { failuresOf } from '@elucidate/store/queries/failures';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { ApiProblems } from '../openapi/answers.js';
import { failuresSchema } from '../schemas/failures.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

@Controller('v1/sweeps/:id/failures')
export class FailuresController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get()
  @ApiOperation({ summary: "A sweep's failures, grouped into their causes" })
  @ApiOkResponse({ description: 'The groups.', standardSchema: failuresSchema })
  @ApiProblems(404)
  sweepFailures(@SweepParam() { id }: SweepRef) {
    return failuresOf(this.store.db, id);
  }
}
