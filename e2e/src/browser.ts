import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { patienceMs } from './eventually.js';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that tests drive: `ELUCIDATE_CHROMIUM`, or where Linux distributions put it. Undefined: there is none, and with `ELUCIDATE_REQUIRE_CHROMIUM=1` that is an error. */
export function findChromium(): string | undefined {
  const found = [process.env.ELUCIDATE_CHROMIUM ?? '', ...usual].find((path) => path !== '' && existsSync(path));
  if (found === undefined && process.env.ELUCIDATE_REQUIRE_CHROMIUM === '1') throw new Error(`No Chromium at ${usual.join(', ')} or ELUCIDATE_CHROMIUM, and ELUCIDATE_REQUIRE_CHROMIUM=1 requires it`);
  return found;
}

export interface WatchedPage {
  page: Page;
  /** Errors on its console, of its scripts, of its content security policy, and requests to other hosts. */
  faults: string[];
}

export const openBrowser = (executablePath: string): Promise<Browser> => chromium.launch({ executablePath, timeout: patienceMs, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

/** A new window of a browser, of which nothing that goes wrong is missed. */
export async function openPage(browser: Browser, url: string, options: { width?: number; colorScheme?: 'light' | 'dark' } = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: 900 }, colorScheme: options.colorScheme ?? 'light' });
  context.setDefaultTimeout(patienceMs);
  context.setDefaultNavigationTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  // a preview goes when its training ends, which may be before the browser has asked for it
  const isGone = (at: string): boolean => /\/v1\/stages\/[^/]+\/preview\?/.test(at);
  // of what its policy forbids, what a script catches is not on the console
  await page.addInitScript(`addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => console.error('policy: ' + violatedDirective + ' ' + blockedURI + ' of ' + sourceFile))`);
  page.on('console', (message) => { if (message.type() === 'error' && !isGone(message.location().url)) faults.push(message.text()); });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => { if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.push(`request to ${request.url()}`); });
  return { page, faults };
}
