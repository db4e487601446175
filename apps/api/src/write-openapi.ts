import { buildOpenApi } from './openapi.js';

/** `npm run openapi -w @elucidate/api` writes apps/api/openapi.json; a test holds the file against the code. */
process.stdout.write(`${JSON.stringify(buildOpenApi(), null, 2)}\n`);
