import { Injectable } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { componentResponses, problemAnswer } from './answers.js';
import { componentSchemas, convertSchema } from './schemas.js';

interface Parameter {
  in: string;
  name: string;
  description?: string;
  schema?: { description?: string };
}

interface Operation {
  operationId: string;
  summary: string;
  parameters?: readonly Parameter[];
}

/** The parts of an OpenAPI document that this project reads. */
export interface OpenApiDocument {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { schemas: Readonly<Record<string, unknown>>; responses: Readonly<Record<string, unknown>>; securitySchemes: unknown };
  /** What any operation but the probes may require. */
  security: unknown;
}

/** The OpenAPI 3.1 document of an application: operations from the decorators of its controllers, schemas from the zod schemas they name. */
export function buildOpenApi(app: INestApplication): OpenApiDocument {
  const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').setTitle('elucidate').setVersion('1')
    .setDescription('Design-space sweeps of diffusion models. Errors are application/problem+json.')
    .addGlobalResponse(...[400, 401, 403, 429, 500, 503].map(problemAnswer)).addSecurity('bearer', { type: 'http', scheme: 'bearer', description: 'A key, made by `elucidate key create`; not required on loopback until there is one.' }).addSecurity('basic', { type: 'http', scheme: 'basic', description: 'A key as the password.' }).addSecurityRequirements('bearer').addSecurityRequirements('basic').build();
  const { info: { title, version, description }, paths, components, security } = SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method, standardSchemaConverter: convertSchema });
  return {
    ...{ openapi: '3.1.0', info: { title, version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } }, jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema' },
    paths: orderedParameters(paths as unknown as OpenApiDocument['paths']),
    components: { responses: componentResponses, schemas: componentSchemas(), securitySchemes: components?.securitySchemes },
    security,
  };
}

/** A parameter whose description is not repeated in its schema. */
function describedOnce(parameter: Parameter): Parameter {
  const { description, ...schema } = parameter.schema ?? {};
  return description !== undefined && description === parameter.description ? { ...parameter, schema } : parameter;
}

/** Each operation's parameters as its path names them, then the others: decorators add them in any order. */
function orderedParameters(paths: OpenApiDocument['paths']): OpenApiDocument['paths'] {
  return Object.fromEntries(Object.entries(paths).map(([path, methods]) => {
    const place = ({ in: where, name }: Parameter) => (where === 'path' ? path.indexOf(`{${name}}`) : Infinity);
    const ordered = (operation: Operation): Operation => (operation.parameters === undefined ? operation : { ...operation, parameters: operation.parameters.map(describedOnce).toSorted((a, b) => place(a) - place(b) || 0) });
    return [path, Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, ordered(operation)]))];
  }));
}

/** The OpenAPI document of the running application, for the controllers that serve it. */
@Injectable()
export class ApiDocument {
  private document: OpenApiDocument | undefined;

  /** Must be called once, after the application has been created. */
  build(app: INestApplication): void {
    this.document = buildOpenApi(app);
  }

  get content(): OpenApiDocument {
    if (this.document === undefined) throw new Error('The OpenAPI document is not built yet');
    return this.document;
  }
}
