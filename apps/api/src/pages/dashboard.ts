import type { NestExpressApplication } from '@nestjs/platform-express';
import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The page needs scripts, styles, pictures and answers of this server, and nothing else. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Names of these change with their contents. */
const isHashed = (path: string): boolean => dirname(path).endsWith('assets');

function setHeaders(response: ServerResponse, path: string): void {
  response.setHeader('content-security-policy', policy);
  response.setHeader('cache-control', isHashed(path) ? 'private, max-age=31536000, immutable' : 'no-cache');
}

/** Where `npm run build` leaves the dashboard; undefined if it has not been built. */
function dashboardFolder(): string | undefined {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@elucidate/web/package.json')), 'dist');
  return existsSync(join(folder, 'index.html')) ? folder : undefined;
}

/** Serves the dashboard at `/`. */
export function serveDashboard(app: NestExpressApplication, folder = dashboardFolder()): void {
  if (folder !== undefined) app.useStaticAssets(folder, { setHeaders, redirect: false });
}
