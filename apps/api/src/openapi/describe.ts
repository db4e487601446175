import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ApiModule } from '../api.module.js';
import type { Services } from '../services.js';
import { buildOpenApi } from './document.js';
import type { OpenApiDocument } from './document.js';

/** The OpenAPI document without a running server: Nest's preview mode resolves modules without creating their providers. */
export async function describeApi(): Promise<OpenApiDocument> {
  const app = await NestFactory.create(ApiModule.over({} as Services), { preview: true, logger: false, abortOnError: false });
  return buildOpenApi(app);
}
