import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { ApiModule } from './api.module.js';
import { routes } from './routes.js';
import type { Services } from './services.js';

/** What Nest's decorators left on the controllers: the routes there really are. */
function servedRoutes(): string[] {
  const { controllers = [] } = ApiModule.over({} as Services);
  return controllers.flatMap((controller) => {
    const base = Reflect.getMetadata('path', controller) as string;
    const handlers = Object.values(Object.getOwnPropertyDescriptors((controller as { prototype: object }).prototype)).map(({ value }) => value as object);
    return handlers.filter((handler) => Reflect.hasMetadata('method', handler)).map((handler) => {
      const method = RequestMethod[Reflect.getMetadata('method', handler) as number]?.toLowerCase();
      const path = [base, Reflect.getMetadata('path', handler) as string].join('/').split('/').filter((part) => part !== '').join('/');
      return `${method} /${path}`;
    });
  });
}

test('the routes of the OpenAPI document are those the server has', () => {
  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(servedRoutes().sort());
});
