import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { parseRequest } from './parse-request.js';

/** Validates each parameter whose decorator names a schema, `@Query({ schema })` or `@Param('id', { schema })`, and passes on the value the schema produces. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    return schema === undefined ? value : parseRequest(schema, value, data ?? (type === 'custom' ? 'body' : type));
  }
}
