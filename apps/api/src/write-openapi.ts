import { describeApi } from './openapi/describe.js';

/** `npm run openapi -w @elucidate/api` writes apps/api/openapi.json; a test holds the file against the code. */
process.stdout.write(`${JSON.stringify(await describeApi(), null, 2)}\n`);
