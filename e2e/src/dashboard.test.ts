import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { breakable } from './breakable.js';
import { findChromium, openBrowser, openPage } from './browser.js';
import { patienceMs } from './eventually.js';
import { installation, type Api, type Installation } from './installation.js';
import { prefixed } from './prefixed.js';
import { tinySpec } from './tiny-spec.js';

const chromium = findChromium();
if (chromium === undefined) console.log('The dashboard is not tested in a browser: no Chromium is installed.');
const described = chromium === undefined ? describe.skip : describe;

/** A user's text is never markup on the page. */
const hostile = '<img src=x onerror=alert(1)> & "scale"';

const grid = { ...tinySpec({
  name: hostile, images: 128,
  parameters: { inputScale: { values: [0.5, 1] }, sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { values: [2, 3] } },
  seeds: { train: [1, 2], sample: [1] },
}), evaluate: { samples: 32, extractor: { kind: 'identity' }, trajectory: true } };

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** What a reader with a screen reader, a keyboard or weak sight would stumble over. */
async function seriousViolations(page: Page): Promise<string[]> {
  const cdp = await page.context().newCDPSession(page);
  // evaluated by the debugger, which the page's policy does not bind
  await cdp.send('Runtime.evaluate', { expression: axe });
  const violations = (await page.evaluate(`axe.run().then(({ violations }) => violations)`)) as Violation[];
  return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** What a page shows comes when it has been sent: it is read until it is as expected. */
async function expectSoon<T>(read: () => Promise<T>, expected: T): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until && JSON.stringify(await read()) !== JSON.stringify(expected);) await sleep(50);
  expect(await read()).toEqual(expected);
}

/** The file that a button or a link gives. */
async function saved(page: Page, from: Locator): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), from.click()]);
  return readFileSync(await download.path());
}

described('the dashboard', () => {
  let [here, api, browser, id]: [Installation, Api, Browser, string] = [undefined!, undefined!, undefined!, ''];
  const at = (hash: string): string => `${api.process.ready.url}/${hash}`;
  beforeAll(async () => {
    here = await installation();
    // one after the other: whichever fails, the other is known and ended
    browser = await openBrowser(chromium!);
    api = await here.startApi({ RATE_LIMIT: '0' });
  });
  afterAll(async () => {
    await browser?.close();
    await here?.remove();
  });

  test('a sweep appears, runs and ends before one\'s eyes, also after the connection was lost; its name is text', async () => {
    const { page, faults } = await openPage(browser, api.process.ready.url);
    await page.goto(at(''));
    await page.getByText('No sweep yet').waitFor();
    ({ id } = await api.submit(grid));
    const link = page.getByRole('link', { name: hostile });
    await link.waitFor();
    await link.click();
    await page.getByRole('heading', { level: 1, name: hostile }).waitFor();
    await page.getByText('No end is expected: no worker is there.').waitFor();
    const { page: list } = await openPage(browser, api.process.ready.url);
    let ends = 0;
    list.on('request', (request) => { if (request.url().endsWith('/eta')) ends += 1; });
    await list.goto(at(''));
    await list.getByRole('link', { name: hostile }).waitFor();
    await page.getByText('running', { exact: true }).first().waitFor();
    await page.context().setOffline(true);
    await here.startWorker(['--slots', '2']);
    await page.context().setOffline(false);
    await page.getByText('done', { exact: true }).waitFor();
    await page.getByRole('img', { name: /FID by input scale/ }).waitFor();
    // when it ends was asked again as it went on, also for the list
    expect(ends).toBeGreaterThan(1);
    await list.context().close();
    expect(faults.filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
    await page.context().close();
  });

  test('what happens while the connection is broken is on the page once it is back, without a gap', async () => {
    const way = await breakable(api.process.ready.url);
    const waiting = await api.submit(tinySpec({ name: 'nobody computes this' }));
    await fetch(at(`v1/sweeps/${waiting.id}/pause`), { method: 'POST' });
    // what a worker had begun ends, and then nothing happens to it
    await expectSoon(async () => (await api.get<{ stages: unknown[] }>(`/v1/sweeps/${waiting.id}/stages?state=running`)).stages, []);
    const { page } = await openPage(browser, way.url);
    const listening = page.waitForResponse(/\/events/);
    await page.goto(`${way.url}/#/sweeps/${waiting.id}`);
    await page.getByRole('button', { name: 'resume' }).waitFor();
    await listening;
    expect(way.break()).toBeGreaterThan(0);
    // the only event since: no later one makes the page look again
    await fetch(at(`v1/sweeps/${waiting.id}/cancel`), { method: 'POST' });
    way.restore();
    await page.getByRole('button', { name: 'retry' }).waitFor();
    await page.context().close();
    await way.close();
  });

  test('a picture has the words and numbers of the one that the API draws', async () => {
    const { page } = await openPage(browser, api.process.ready.url);
    const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!).filter((text) => /\d/.test(text)).sort();
    await page.goto(at(`#/sweeps/${id}/plot?x=inputScale&y=steps&facets=sampler`));
    await page.locator('.figure svg').waitFor();
    const drawn = await page.locator('.figure svg').evaluate((svg) => (svg as unknown as { outerHTML: string }).outerHTML);
    const numbers = textsOf(await api.text(`/v1/sweeps/${id}/plot?format=svg&x=inputScale&y=steps&facets=sampler`)).filter((text) => /^\d+\.\d\d$/.test(text));
    expect(numbers.length).toBeGreaterThanOrEqual(8);
    expect(textsOf(drawn).filter((text) => /^\d+\.\d\d$/.test(text))).toEqual(numbers);
    await page.context().close();
  });

  test('the whole state of a view is in its address: reload keeps it, back undoes a choice', async () => {
    const { page } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/sweeps/${id}/plot`));
    await page.getByLabel('Across').selectOption('steps');
    await page.getByLabel('Lines').selectOption('sampler');
    await page.waitForURL(/x=steps&lines=sampler$/);
    await page.getByRole('img', { name: /FID by steps for each sampler/ }).waitFor();
    await page.reload();
    await page.getByRole('img', { name: /FID by steps for each sampler/ }).waitFor();
    expect(await page.getByLabel('Across').inputValue()).toBe('steps');
    await page.goBack();
    await page.waitForURL(/plot\?x=steps$/);
    await page.getByLabel('Across').selectOption('sampleSeconds');
    await page.getByRole('img', { name: /FID by .*seconds/ }).waitFor();
    await page.context().close();
  });

  test('a square of a heat map says by how many images and seeds it is known, and shows samples, by keyboard too', async () => {
    const { page } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/sweeps/${id}/plot?x=inputScale&y=steps&facets=none&rest=best`));
    const card = page.getByRole('complementary', { name: 'The square pointed at' });
    await page.locator('.figure [data-key]').first().hover();
    await card.getByText('32 images').waitFor();
    await card.getByRole('img', { name: /Samples of input scale b 0.5, steps 2/ }).waitFor();
    await page.locator('.figure').press('ArrowRight');
    await card.getByText('input scale b 1, steps 2').waitFor();
    await card.getByText('2 configurations over sampler').waitFor();
    // of other axes nothing is pointed at: what comes to lie under the mouse would be
    await page.mouse.move(0, 0);
    await page.getByLabel('Across').selectOption('sampler');
    await card.getByText('Point at a square').waitFor();
    await page.context().close();
  });

  test('what is brushed on an axis is kept, in the picture, in the table below and in the address', async () => {
    const { page } = await openPage(browser, api.process.ready.url, { width: 1600 });
    await page.goto(at(`#/sweeps/${id}/parallel`));
    await page.getByText('8 of 8 kept').waitFor();
    const axis = (await page.locator('[data-axis="1"]').boundingBox())!;
    await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height + 10);
    await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height - 2);
    await page.mouse.down();
    await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height * 0.6, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/keep=sampler%3Addim/);
    await page.getByText('4 of 8 kept').waitFor();
    await page.getByText('4 configurations of those that are kept').waitFor();
    await expectSoon(() => page.locator('.brushes svg path[data-key]').count(), 4);
    await page.reload();
    await page.getByText('4 of 8 kept').waitFor();
    await page.goBack();
    await page.getByText('8 of 8 kept').waitFor();
    await page.context().close();
  });

  test('x0-hat is shown at each step of sampling with its score, beside the samples and real images', async () => {
    const { page, faults } = await openPage(browser, api.process.ready.url);
    const { trajectories: [plot] } = await api.get<{ trajectories: { lines: { points: { mean: number }[] }[] }[] }>(`/v1/sweeps/${id}/trajectories?format=json`);
    const [first, second] = plot!.lines[0]!.points;
    await page.goto(at(`#/sweeps/${id}/analyses?of=trajectories`));
    const canvas = page.getByRole('img', { name: new RegExp(`before step 1 of 2.*FID ${first!.mean.toFixed(2)}`) });
    await canvas.waitFor();
    await page.locator('.sheets canvas[width="128"]').waitFor();
    await page.getByRole('slider').press('ArrowRight');
    await page.getByRole('img', { name: new RegExp(`before step 2 of 2.*FID ${second!.mean.toFixed(2)}`) }).waitFor();
    await page.getByRole('img', { name: 'Real images' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('the leaderboard is that of the API, in its order', async () => {
    const { page } = await openPage(browser, api.process.ready.url, { width: 2000 });
    await page.goto(at(`#/sweeps/${id}/leaderboard`));
    await page.getByText('8 of 8 configurations').waitFor();
    const board = await api.get<{ groups: { rows: { metrics: { fid: { mean: number } } }[] }[] }>(`/v1/sweeps/${id}/leaderboard`);
    const shown = (): Promise<string[]> => page.locator('.board-row:not(.head) .ranking').allTextContents();
    await expectSoon(async () => (await shown()).map((text) => text.split(' ')[0]), board.groups.flatMap(({ rows }) => rows.map(({ metrics }) => metrics.fid.mean.toFixed(2))));
    // which rows are in bold is chance at so few seeds: here one is, and its columns stay below their titles
    const lefts = await page.locator('.board-row').evaluateAll((rows) => {
      rows.at(-1)!.classList.add('best');
      return rows.map((row) => [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left)));
    });
    expect(lefts.slice(1)).toEqual(lefts.slice(1).map(() => lefts[0]));
    // sorted by the evaluations, all rows by the API, with the keyboard alone; the address says so
    const head = page.getByRole('columnheader', { name: 'NFE' });
    await head.getByRole('button').focus();
    for (const [order, address] of [['ascending', /[?&]sort=nfe$/], ['descending', /[?&]sort=nfe&order=descending$/]] as const) {
      await page.keyboard.press('Enter');
      await page.waitForURL(address);
      await expectSoon(() => head.getAttribute('aria-sort'), order);
      const sorted = await api.get<typeof board>(`/v1/sweeps/${id}/leaderboard?sort=nfe&order=${order}`);
      await expectSoon(async () => (await shown()).map((text) => text.split(' ')[0]), sorted.groups.flatMap(({ rows }) => rows.map(({ metrics }) => metrics.fid.mean.toFixed(2))));
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/leaderboard$/);
    const whole = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
    expect((await api.text(`/${whole}`)).trimEnd().split('\r\n')).toHaveLength(1 + 8);
    await page.context().close();
  });

  test('of a list of thousands only the rows in view are in the page, and all of them can be reached', async () => {
    const many = await api.submit(tinySpec({ name: 'many', parameters: { learningRate: { values: Array.from({ length: 600 }, (_, i) => (i + 1) / 1e5) }, steps: { values: [2, 3] } } }));
    const { page, faults } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/sweeps/${many.id}`));
    await page.getByRole('button', { name: 'cancel' }).click();
    await page.getByRole('button', { name: 'Leave it' }).click();
    expect(await api.get(`/v1/sweeps/${many.id}`)).toMatchObject({ state: 'running' });
    await page.getByRole('button', { name: 'cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the sweep' }).click();
    await page.getByRole('button', { name: 'retry' }).waitFor();
    // what has no score is not asked for what follows from scores
    for (const tab of ['analyses', 'analyses?of=effects', 'parallel']) {
      await page.goto(at(`#/sweeps/${many.id}/${tab}`));
      await page.getByText('Nothing has been scored.').waitFor();
    }
    expect(faults).toEqual([]);
    await page.goto(at(`#/sweeps/${many.id}/leaderboard`));
    const list = page.locator('.virtual');
    await page.locator('.board-row').nth(5).waitFor();
    // only the first page of rows has been fetched
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    await page.getByText(/^The first 20\d rows\.$/).waitFor();
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    for (let seen = 0; seen < 1200;) {
      await list.evaluate((element) => { const scrolled = element as unknown as { scrollTop: number; scrollHeight: number }; scrolled.scrollTop = scrolled.scrollHeight; });
      await page.waitForTimeout(50);
      seen = Number(/^(\d+) of 1200/.exec(await page.getByText(/of 1200 configurations/).innerText())![1]);
    }
    expect(await page.locator('.board-row').count()).toBeLessThan(80);
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    await page.getByText('The first 500 rows.').waitFor();
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    await expectSoon(async () => (await page.locator('.board-row').count()) < 80, true);
    await page.context().close();
  });

  test('what a network makes of images in one step is shown while it is trained', async () => {
    const long = await api.submit(tinySpec({ name: 'long', images: 2_000_000 }));
    const { page, faults } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/sweeps/${long.id}`));
    const preview = page.getByRole('img', { name: /^What train [0-9a-f]{8} makes of noised images so far$/ });
    await preview.waitFor();
    // eight images, and below each what is made of it from five noise levels
    await expectSoon(() => preview.evaluate((img) => { const { naturalWidth, naturalHeight } = img as unknown as { naturalWidth: number; naturalHeight: number }; return [naturalWidth, naturalHeight]; }), [8 * 16, 6 * 16]);
    // its losses, which only this page has
    const losses = page.getByRole('listitem').filter({ has: page.getByRole('img', { name: /^Training loss/ }) }).first();
    const [header, ...records] = (await saved(page, losses.getByRole('button', { name: 'CSV' }))).toString().trimEnd().split('\r\n');
    expect([header, records.length > 2, /^,train [0-9a-f]{8},step,\d+,"?loss/.test(records[0]!)]).toEqual(['panel,curve,x_axis,x,y_axis,y,low,high,outside', true, true]);
    expect((await saved(page, losses.getByRole('button', { name: 'SVG' }))).toString()).toMatch(/^<svg [^]*Training loss/);
    expect((await saved(page, losses.getByRole('button', { name: 'PNG' }))).subarray(1, 4).toString()).toBe('PNG');
    await fetch(at(`v1/sweeps/${long.id}/cancel`), { method: 'POST' });
    await page.getByRole('button', { name: 'retry' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('every chart can be saved as SVG, PNG and CSV', async () => {
    const { page, faults } = await openPage(browser, api.process.ready.url);
    const analyses = ['pareto', 'effects', 'losses', 'trajectories'].map((of) => `sweeps/${id}/analyses?of=${of}`);
    const found: Record<string, unknown> = {};
    for (const hash of [`sweeps/${id}?stages=graph`, `sweeps/${id}/plot`, `sweeps/${id}/plot?x=inputScale&y=steps`, `sweeps/${id}/parallel`, ...analyses, 'new?picture=density']) {
      await page.goto(at(`#/${hash}`));
      if (hash.startsWith('new')) await page.getByLabel('Sweep file, YAML').fill(JSON.stringify(grid));
      await page.locator('.figure svg').first().waitFor();
      // each picture is followed by its own, counted at one moment: below one another may be arriving
      const downloads = '.figure ~ .downloads, :has(> .figure) ~ .downloads';
      const files = page.locator(downloads);
      await expectSoon(() => page.evaluate(`document.querySelectorAll('.figure').length <= document.querySelectorAll('${downloads}').length`), true);
      found[hash] = [];
      for (const format of ['SVG', 'PNG', 'CSV']) {
        const file = await saved(page, files.first().getByText(format, { exact: true }));
        (found[hash] as unknown[]).push(format === 'PNG' ? file.subarray(1, 4).toString() === 'PNG' : format === 'SVG' ? file.toString().startsWith('<svg') : file.toString().trimEnd().split('\r\n').length > 1);
      }
    }
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((hash) => [hash, [true, true, true]])));
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('a table is copied as LaTeX', async () => {
    const { page } = await openPage(browser, api.process.ready.url);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(at(`#/sweeps/${id}/tables`));
    await page.getByRole('button', { name: 'LaTeX' }).first().click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/\\begin\{tabular\}/);
    await page.context().close();
  });

  test('a page says that its sweep was deleted by somebody else, and the list drops it', async () => {
    const old = await api.submit(tinySpec({ name: 'not wanted any more' }));
    await fetch(at(`v1/sweeps/${old.id}/cancel`), { method: 'POST' });
    const [list, one] = [await openPage(browser, api.process.ready.url), await openPage(browser, api.process.ready.url)];
    await list.page.goto(at(''));
    const named = list.page.getByRole('link', { name: 'not wanted any more' });
    await named.waitFor();
    await one.page.goto(at(`#/sweeps/${old.id}/leaderboard`));
    await one.page.getByRole('button', { name: 'retry' }).waitFor();
    expect((await fetch(at(`v1/sweeps/${old.id}`), { method: 'DELETE', headers: { 'if-match': '*' } })).status).toBe(200);
    await one.page.getByText('This sweep was deleted while it was shown here').waitFor();
    await one.page.getByRole('heading', { level: 1, name: 'not wanted any more' }).waitFor();
    expect(await one.page.getByRole('button').allTextContents()).toEqual(['Copy the sweep file']);
    await named.waitFor({ state: 'detached' });
    await list.page.context().close();
    await one.page.context().close();
  });

  test('two sheets from the same noise are compared side by side, in turn and by their difference; the address keeps which and how', async () => {
    const { page, faults } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/sweeps/${id}/images`));
    const boxes = page.getByRole('checkbox');
    await boxes.nth(1).check();
    await boxes.nth(0).check();
    const comparison = page.getByRole('region', { name: 'Comparison' });
    await expectSoon(() => comparison.getByRole('img').count(), 2);
    await comparison.getByLabel('in turn').check();
    await comparison.getByRole('button', { name: 'hold' }).click();
    expect(await comparison.getByRole('img').count()).toBe(1);
    await comparison.getByLabel('difference').check();
    await page.reload();
    await comparison.getByRole('img', { name: / less .*: / }).waitFor();
    expect(await boxes.evaluateAll((all) => all.map((box) => (box as unknown as { checked: boolean }).checked))).toEqual([true, true, false, false, false, false, false, false]);
    await page.goBack();
    await comparison.getByRole('button', { name: 'hold' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('no FID is shown without its n, evaluator and real-data baseline', async () => {
    const { sheets: [{ cellId }] } = await api.get<{ sheets: [{ cellId: string }] }>(`/v1/sweeps/${id}/sheets?limit=1`);
    const { page } = await openPage(browser, api.process.ready.url);
    const analyses = ['pareto', 'effects', 'trajectories'].map((of) => `analyses?of=${of}`);
    const words = { FID: /FID/, n: /n = 32|32 images/, evaluator: /evaluator [0-9a-f]{8}/, baseline: /real-data baseline/ };
    for (const view of ['', 'plot', 'plot?x=inputScale&y=steps&rest=best', 'plot?x=sampleSeconds', 'parallel', 'leaderboard', 'tables', ...analyses].map((tab) => `sweeps/${id}/${tab}`).concat(`cells/${cellId}?sweep=${id}`)) {
      await page.goto(at(`#/${view}`));
      const missing = async (): Promise<string[]> => {
        const said = (await page.locator('main').textContent()) ?? '';
        return Object.entries(words).flatMap(([word, pattern]) => (pattern.test(said) ? [] : [`${view}: ${word}`]));
      };
      await expectSoon(missing, []);
    }
    await page.context().close();
  });

  test('what failed is grouped by its cause, the log a click away', async () => {
    const failing = await api.submit(tinySpec({ name: 'diverges', learningRate: 0.02, seeds: { train: [1, 2] } }));
    await fetch(at(`v1/sweeps/${failing.id}/cancel`), { method: 'POST' });
    await expectSoon(async () => (await api.get<{ stages: unknown[] }>(`/v1/sweeps/${failing.id}/stages?state=running`)).stages, []);
    // as a worker leaves them whose losses became NaN
    await here.sql(`
      with train as (update stages set state = 'failed', ended_at = clock_timestamp() where kind = 'train' and id in (select stage_id from sweep_stages where sweep_id = $1) returning id)
      insert into attempts (stage_id, token, worker_id, outcome, ended_at, error, log)
      select id, 1000, 'w-1', 'failed', clock_timestamp(), '{"code": "stage.diverged", "message": "The loss became NaN at step 3"}', 'step 3, loss NaN' from train`, [failing.id]);
    const { page } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/sweeps/${failing.id}`));
    await page.getByRole('link', { name: 'what and why' }).click();
    await page.getByRole('heading', { name: /^stage\.diverged 2 stages, 2 attempts$/ }).waitFor();
    await page.getByRole('link', { name: /^Log of train / }).click();
    await page.getByText('step 3, loss NaN').waitFor();
    await page.context().close();
  });

  test('behind a path prefix it works as it does without one', async () => {
    const way = await prefixed(api.process.ready.url, '/elucidate/');
    const { page, faults } = await openPage(browser, way.url);
    const listening = page.waitForResponse(/\/elucidate\/v1\/sweeps\/.*\/events/);
    for (const [view, shown] of [[`sweeps/${id}/plot`, '.figure svg'], [`sweeps/${id}/images`, '.sheets img'], [`sweeps/${id}/leaderboard`, '.board-row:not(.head)'], ['new', '.cm-content']] as const) {
      await page.goto(`${way.url}#/${view}`);
      await page.locator(shown).first().waitFor();
    }
    await listening;
    await page.goto(`${way.url}#/sweeps/${id}/plot`);
    expect((await saved(page, page.getByRole('link', { name: 'SVG' }))).toString()).toMatch(/^<svg /);
    expect(faults).toEqual([]);
    await page.context().close();
    await way.close();
  });

  test('on paper a picture is no wider than the paper', async () => {
    const { page } = await openPage(browser, api.process.ready.url);
    // as when a page is printed: nothing is drawn again for the width of the paper
    await page.addInitScript('globalThis.ResizeObserver = class { observe() {} disconnect() {} }');
    await page.goto(at(`#/sweeps/${id}/plot`));
    await page.locator('.figure svg').waitFor();
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 700, height: 900 });
    await expectSoon(async () => (await page.locator('.figure svg').boundingBox())!.width <= 700, true);
    await page.context().close();
  });

  test('a name that turns the direction of writing, or is long without a space, does so to nothing but itself; on paper everything is dark on white', async () => {
    const [turned, long] = ['\u202egnp.exe \u05d0\u05d1', 'W'.repeat(100)];
    for (const name of [turned, long]) await fetch(at(`v1/sweeps/${(await api.submit(tinySpec({ name }))).id}/cancel`), { method: 'POST' });
    const { page } = await openPage(browser, api.process.ready.url, { colorScheme: 'dark' });
    await page.goto(at(''));
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: turned }) });
    const [link, id] = [(await row.getByRole('link').boundingBox())!, (await row.locator('code').boundingBox())!];
    expect(id.x).toBeGreaterThanOrEqual(link.x + link.width);
    // the state, in the next column, is in view
    const state = page.getByRole('row').filter({ has: page.getByRole('link', { name: long }) }).locator('.badge');
    expect((await state.boundingBox())!.x).toBeLessThan(800);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 31, 36)');
    await page.context().close();
  });

  test('a metric with settings can be chosen in the analyses, by its key; where nothing varies, the trials take the place of pictures', async () => {
    const two = await api.submit({ ...tinySpec({ name: 'two metrics' }), evaluate: { samples: 32, extractor: { kind: 'identity' }, metrics: ['fid', { kind: 'fid', n: 16 }] } });
    await fetch(at(`v1/sweeps/${two.id}/cancel`), { method: 'POST' });
    const { page, faults } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/sweeps/${two.id}/analyses`));
    await page.getByLabel('Metric').waitFor();
    await expectSoon(() => page.getByLabel('Metric').locator('option').allTextContents(), ['fid', 'fid', 'fid@16']);
    for (const view of ['', '/plot', '/analyses?of=effects']) {
      await page.goto(at(`#/sweeps/${two.id}${view}`));
      await page.getByText('Nothing varies in this sweep').waitFor();
      await page.getByRole('group', { name: 'Trials' }).getByRole('row').nth(1).waitFor();
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('sweeps are found by a part of their name and by their state; a worker that is set aside is released', async () => {
    const { page } = await openPage(browser, api.process.ready.url);
    await page.goto(at(''));
    await page.getByLabel(/^Name/).fill('ONERROR');
    await page.keyboard.press('Enter');
    await page.waitForURL(/search=ONERROR$/);
    await page.getByLabel('State').selectOption('done');
    await page.getByRole('link', { name: hostile }).waitFor();
    await page.getByLabel('State').selectOption('failed');
    await page.getByText('No sweep is like that.').waitFor();
    await here.sql(`insert into workers (id, host, pid, engine, kinds, concurrency, state, seen_at) values ('w-aside', 'aside', 1, 'simd', '{train}', 1, 'quarantined', now() + interval '1 day')`);
    await page.goto(at('#/fleet'));
    await page.getByRole('button', { name: 'release' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page.getByText('released; it hears of it with its next heartbeat').waitFor();
    expect(await here.sql(`select release_kinds as kinds from workers where id = 'w-aside'`)).toEqual([{ kinds: ['train'] }]);
    await here.sql(`delete from workers where id = 'w-aside'`);
    await page.context().close();
  });

  test('everything behind a number is a click away: from a configuration to a stage, its attempts and the log of one', async () => {
    const { sheets } = await api.get<{ sheets: { cellId: string }[] }>(`/v1/sweeps/${id}/sheets?limit=1`);
    const { page, faults } = await openPage(browser, api.process.ready.url);
    await page.goto(at(`#/cells/${sheets[0]!.cellId}?sweep=${id}`));
    await page.getByRole('heading', { level: 1, name: /^inputScale (0\.5|1), sampler (ddim\(eta 0\)|heun), steps [23]$/ }).waitFor();
    const { trials, stages } = await api.get<{ trials: { stages: { score: string } }[]; stages: { id: string; kind: string; metrics: { fid?: number } }[] }>(`/v1/cells/${sheets[0]!.cellId}?sweep=${id}`);
    const scored = trials.map((trial) => stages.find((stage) => stage.id === trial.stages.score)!.metrics.fid!.toFixed(2));
    const shown = (): Promise<string[]> => page.getByRole('group', { name: 'Trials' }).locator('tbody tr').allTextContents();
    await expectSoon(async () => (await shown()).map((row, i) => row.includes(scored[i]!)), scored.map(() => true));
    await page.getByRole('link', { name: /^train [0-9a-f]{8}/ }).first().click();
    await page.getByRole('group', { name: 'Attempts' }).getByRole('link', { name: 'log' }).first().click();
    await page.waitForURL(/\?attempt=\d+$/);
    await page.getByLabel('Lines of the log').getByText(/\S/).first().waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('a sweep is written with completion, help and its mistakes, then its plan and pictures, beside it, and submitted', async () => {
    const { page, faults } = await openPage(browser, api.process.ready.url);
    await page.goto(at('#/new'));
    const editor = page.getByLabel('Sweep file, YAML');
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('name: mine\ndataset: gaussian\npar');
    await page.getByRole('listbox').getByRole('option', { name: 'parameters' }).click();
    await page.keyboard.type('samp');
    await page.getByRole('listbox').getByRole('option', { name: /^sampler/ }).click();
    // beside the text, too, a click leads to it
    await page.locator('.cm-lineNumbers').click({ position: { x: 2, y: 5 } });
    await page.keyboard.type('huen');
    await expectSoon(async () => (await editor.innerText()).includes('parameters: { sampler: { values: [huen] } }'), true);
    await page.getByText(/did you mean .*heun/).waitFor();
    await page.getByRole('button', { name: 'line 3' }).waitFor();
    await expectSoon(() => page.getByRole('button', { name: 'Submit' }).isDisabled(), true);
    await editor.getByText('sampler').hover();
    await page.getByText('The algorithm that goes from noise to image.').waitFor();
    await page.getByLabel('Start from an example').selectOption('quickstart');
    await page.getByLabel('Profile').selectOption('quick');
    await page.getByText('16 cells, 32 trials.').waitFor();
    await page.getByRole('button', { name: 'Noise schedules' }).click();
    await page.getByRole('img', { name: /schedule.* quickstart/i }).waitFor();
    await expectSoon(() => page.evaluate(`localStorage.getItem('elucidate.draft').includes('profile: quick\\n')`), true);
    // mistakes are found in the page, by the parser of the API: an answer 422 would be reported; nor is anything wrong with the styles of the editor
    expect(faults).toEqual([]);
    await editor.fill(JSON.stringify({ ...grid, name: 'mine' }));
    await page.getByText('8 cells, 16 trials.').waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('heading', { level: 1, name: 'mine' }).waitFor();
    await page.getByText('done', { exact: true }).waitFor();
    await page.context().close();
  });

  test.each([{ width: 1280, colorScheme: 'light' }, { width: 320, colorScheme: 'dark' }] as const)('no page has faults, serious obstacles or is too wide: $width pixels, $colorScheme', async (look) => {
    const { sheets } = await api.get<{ sheets: { cellId: string }[] }>(`/v1/sweeps/${id}/sheets?limit=1`);
    const { page, faults } = await openPage(browser, api.process.ready.url, look);
    const tabs = ['', '?stages=graph', '/plot', '/analyses', '/analyses?of=trajectories', '/parallel', '/leaderboard', '/tables', '/papers', '/images', '/failures'].map((tab) => `sweeps/${id}${tab}`);
    const found: Record<string, unknown> = {};
    const [{ id: stage }] = await here.sql<{ id: string }>(`select id from stages where kind = 'train' and state = 'done' limit 1`) as [{ id: string }];
    for (const hash of ['', 'new', 'fleet', ...tabs, `cells/${sheets[0]!.cellId}`, `stages/${stage}`]) {
      await page.goto(at(`#/${hash}`));
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle', { timeout: 1000 }).catch(() => undefined);
      const width = (await page.evaluate('document.documentElement.scrollWidth')) as number;
      found[hash] = [await seriousViolations(page), faults.splice(0), width <= look.width];
    }
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((hash) => [hash, [[], [], true]])));
    await page.context().close();
  });

  test('with keys the browser asks for a password, which is the key; what its scope does not allow is said', async () => {
    const key = 'a key of the tests';
    await here.sql(`insert into api_keys (id, hash, owner, scope) values ('k-test', encode(sha256($1::bytea), 'hex'), 'ann', 'read')`, [Buffer.from(key)]);
    try {
      for (const [password, status] of [['wrong', 401], [key, 200]] as const) {
        const context = await browser.newContext({ httpCredentials: { username: 'ann', password } });
        const page = await context.newPage();
        expect((await page.goto(at('')))?.status()).toBe(status);
        if (status === 200) {
          // of others' sweeps nothing is seen
          await page.getByText('No sweep yet').waitFor();
          await page.goto(at('#/new'));
          await page.getByLabel('Sweep file, YAML').fill(JSON.stringify({ ...grid, name: 'not allowed' }));
          await page.getByText('8 cells, 16 trials.').waitFor();
          await page.getByRole('button', { name: 'Submit' }).click();
          await page.getByText('this request needs submit').waitFor();
        }
        await context.close();
      }
    } finally {
      await here.sql(`delete from api_keys where id = 'k-test'`);
    }
  });
});
