/** `npm run pictures:dashboard -- SWEEP`: takes the pictures of the dashboard in docs/images again, of a finished sweep on a running API (ELUCIDATE_API): `elucidate run --local examples/scale-by-solver.yaml evaluate.trajectory=true`. Needs Chromium. */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { findChromium, openBrowser, openPage } = await import('../e2e/dist/browser.js');

const [sweep] = process.argv.slice(2);
const executable = findChromium();
if (sweep === undefined || executable === undefined) {
  console.error(sweep === undefined ? 'Name a sweep: npm run pictures:dashboard -- 3f2a9c01b7de' : 'No Chromium is installed; install it, or name one by ELUCIDATE_CHROMIUM.');
  process.exit(2);
}
const url = (process.env.ELUCIDATE_API ?? 'http://127.0.0.1:3210').replace(/\/$/, '');
/** What each picture shows: a view, what has to be there, and what is done with it. */
const views = {
  plot: { hash: 'plot', selector: '.figure svg' },
  heat: { hash: 'plot?x=inputScale&y=sampler&rest=best', selector: '.figure [data-key]', act: (page) => page.locator('.figure [data-key]').nth(5).hover() },
  parallel: { hash: 'parallel', selector: '.figure svg path[data-key]' },
  stages: { hash: '?stages=graph', selector: '.figure svg' },
  images: { hash: 'images', selector: '.sheets img' },
  sampling: { hash: 'analyses?of=trajectories', selector: '.sheets canvas', act: async (page) => {
    const step = page.locator('input[type=range]');
    for (let i = 0; i < 2; i++) await step.press('ArrowRight');
    await page.locator('.sheets canvas').scrollIntoViewIfNeeded();
  } },
};
const browser = await openBrowser(executable);
try {
  for (const [name, { hash, selector, act }] of Object.entries(views)) {
    const { page } = await openPage(browser, url);
    await page.goto(`${url}/#/sweeps/${sweep}${hash.startsWith('?') ? '' : '/'}${hash}`);
    // a sweep without what a view is about has no picture of it
    const there = await page.locator(selector).first().waitFor({ timeout: 15_000 }).then(() => true, () => false);
    if (there) {
      await act?.(page);
      await page.waitForTimeout(1500);
      await page.screenshot({ path: join(root, 'docs', 'images', `dashboard-${name}.png`) });
    }
    console.log(`${name}: ${there ? `docs/images/dashboard-${name}.png` : 'nothing to show'}`);
    await page.context().close();
  }
} finally {
  await browser.close();
}
