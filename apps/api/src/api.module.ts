import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { Planner } from '@elucidate/dispatch/planner';
import { EventFeed } from './events/feed.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { ApiDocument } from './openapi/document.js';
import { Computations } from './computing/computations.js';
import { ArtifactsController } from './routes/artifacts.controller.js';
import { CellsController } from './routes/cells.controller.js';
import { DocumentsController } from './routes/documents.controller.js';
import { EditsController } from './routes/edits.controller.js';
import { EffectsController } from './routes/effects.controller.js';
import { EventsController } from './routes/events.controller.js';
import { FailuresController } from './routes/failures.controller.js';
import { HealthController } from './routes/health.controller.js';
import { ImportsController } from './routes/imports.controller.js';
import { LedgersController } from './routes/ledgers.controller.js';
import { PapersController } from './routes/papers.controller.js';
import { PlotsController } from './routes/plots.controller.js';
import { LaddersController } from './routes/ladders.controller.js';
import { ProgramsController } from './routes/programs.controller.js';
import { QueueController } from './routes/queue.controller.js';
import { ReportsController } from './routes/reports.controller.js';
import { ResultsController } from './routes/results.controller.js';
import { StagesController } from './routes/stages.controller.js';
import { SteeringController } from './routes/steering.controller.js';
import { StorageController } from './routes/storage.controller.js';
import { SweepsController } from './routes/sweeps.controller.js';
import { TrialsController } from './routes/trials.controller.js';
import { WorkersController } from './routes/workers.controller.js';
import { ENV, QUEUE, STORE } from './services.js';
import type { Services } from './services.js';

@Module({
  controllers: [SweepsController, SteeringController, EditsController, StagesController, LedgersController, ImportsController, FailuresController, ResultsController, TrialsController, CellsController, PlotsController, EffectsController, LaddersController, PapersController, ReportsController, ArtifactsController, ProgramsController, WorkersController, QueueController, StorageController, EventsController, HealthController, DocumentsController],
  providers: [
    ApiDocument,
    { provide: APP_PIPE, useClass: SchemaPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class ApiModule {
  /** The module, given services that are already open. */
  static over({ env, store, queue, feed, planner, computations }: Services): DynamicModule {
    return {
      module: ApiModule,
      providers: [{ provide: ENV, useValue: env }, { provide: STORE, useValue: store }, { provide: QUEUE, useValue: queue }, { provide: EventFeed, useValue: feed }, { provide: Planner, useValue: planner }, { provide: Computations, useValue: computations }],
    };
  }
}
