import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SweepLedger } from '@elucidate/experiment/ledger';
import type { Principal } from '@elucidate/store/principal';
import { ledgers, sweepLedger } from '@elucidate/store/queries/ledger';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { knownSweep } from '../known-sweep.js';
import { ApiProblems } from '../openapi/answers.js';
import { ledgerListSchema, ledgerSchema } from '../schemas/ledger.js';
import { ledgersQuerySchema, type LedgersQuery } from '../schemas/requests.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

@Controller('v1')
export class LedgersController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get('sweeps/:id/ledger')
  @ApiOperation({ summary: 'What was spent for a sweep, wasted, and saved by sharing stages' })
  @ApiOkResponse({ description: 'The ledger.', standardSchema: ledgerSchema })
  @ApiProblems(404)
  async getLedger(@SweepParam() { id }: SweepRef, @Caller() principal: Principal): Promise<SweepLedger> {
    return sweepLedger(this.store.db, await knownSweep(this.store.db, id, principal));
  }

  @Get('ledgers')
  @ApiOperation({ summary: 'The ledgers of sweeps, newest first' })
  @ApiOkResponse({ description: 'A page.', standardSchema: ledgerListSchema })
  listLedgers(@Caller() principal: Principal, @Query({ schema: ledgersQuerySchema }) query: LedgersQuery) {
    return ledgers(this.store.db, principal, query);
  }
}
