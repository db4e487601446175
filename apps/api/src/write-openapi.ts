import { describeApi } from './openapi/describe.js';

/** `npm run openapi -w @elucidate/api` writes apps/api/openapi.json; a test compares the file with the code. */
process.stdout.write(`${JSON.stringify(await describeApi(), null, 2)}\n`);
