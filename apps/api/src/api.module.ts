import type { DynamicModule } from '@nestjs/common';
import { ArtifactsController } from './routes/artifacts.controller.js';
import { DocumentsController } from './routes/documents.controller.js';
import { EventsController } from './routes/events.controller.js';
import { HealthController } from './routes/health.controller.js';
import { ReportsController } from './routes/reports.controller.js';
import { ResultsController } from './routes/results.controller.js';
import { StagesController } from './routes/stages.controller.js';
import { SweepsController } from './routes/sweeps.controller.js';
import { WorkersController } from './routes/workers.controller.js';
import { SERVICES } from './services.js';
import type { Services } from './services.js';

export class ApiModule {
  /** The routes, over services that are open already. */
  static over(services: Services): DynamicModule {
    return {
      module: ApiModule,
      controllers: [SweepsController, StagesController, ResultsController, ReportsController, ArtifactsController, WorkersController, EventsController, HealthController, DocumentsController],
      providers: [{ provide: SERVICES, useValue: services }],
    };
  }
}
