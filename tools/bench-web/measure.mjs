import { setTimeout as sleep } from 'node:timers/promises';
import { openPage } from '../../e2e/dist/browser.js';

/** Bytes on the wire of everything that a page loads, and of its scripts and styles. */
async function countBytes(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const types = new Map();
  const bytes = { all: 0, code: 0 };
  cdp.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes.all += encodedDataLength;
    if (['Script', 'Stylesheet', 'Document'].includes(types.get(requestId))) bytes.code += encodedDataLength;
  });
  return bytes;
}

/** Notes, in the page, when the first frame is drawn that has an element: milliseconds since the address was entered. */
const noteFirst = (selector) => `(() => {
  const look = () => {
    if (document.querySelector(${JSON.stringify(selector)}) === null) return;
    watch.disconnect();
    // after the frame that has it
    requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => { window.firstShown = performance.now(); }; port2.postMessage(0); });
  };
  const watch = new MutationObserver(look);
  watch.observe(document, { childList: true, subtree: true });
})()`;

/** Opens an address in a new window, without a cache, and waits for what it is about. */
async function opened(browser, url, hash, selector) {
  const { page } = await openPage(browser, url);
  const bytes = await countBytes(page);
  await page.addInitScript(noteFirst(selector));
  await page.goto(`${url}/${hash}`);
  await page.locator(selector).first().waitFor({ timeout: 120_000 });
  const milliseconds = await page.evaluate(`new Promise((resolve) => {
    const look = () => (window.firstShown === undefined ? setTimeout(look) : resolve(window.firstShown));
    look();
  })`);
  await page.waitForTimeout(500);
  return { page, result: { milliseconds: Math.round(milliseconds), kilobytes: Math.round(bytes.all / 1000), codeKilobytes: Math.round(bytes.code / 1000) } };
}

/** The gaps between frames while a list is scrolled by 200 pixels each frame, in ms. */
const scrolled = (page, frames) => page.evaluate(`new Promise((resolve) => {
  const list = document.querySelector('.virtual');
  const gaps = [];
  let before = performance.now();
  const step = (now) => {
    gaps.push(now - before);
    before = now;
    list.scrollTop += 200;
    if (gaps.length < ${frames}) requestAnimationFrame(step); else resolve(gaps.slice(1));
  };
  requestAnimationFrame(step);
})`);

/** The same while a pointer goes over the squares of a heat map, one each frame. */
const hovered = (page, frames) => page.evaluate(`new Promise((resolve) => {
  const squares = [...document.querySelectorAll('.figure [data-key]')];
  const gaps = [];
  let before = performance.now();
  const step = (now) => {
    gaps.push(now - before);
    before = now;
    squares[(gaps.length * 7) % squares.length].dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
    if (gaps.length < ${frames}) requestAnimationFrame(step); else resolve(gaps.slice(1));
  };
  requestAnimationFrame(step);
})`);

const framesOf = (gaps) => ({ count: gaps.length, longest: Math.round(Math.max(...gaps)), over50: gaps.filter((gap) => gap > 50).length });

/** What a reader of a sweep of this size waits for. */
export async function measurePages({ browser, url, id }) {
  const sweep = `#/sweeps/${id}`;
  const pages = {};
  const time = async (name, hash, selector) => {
    const { page, result } = await opened(browser, url, hash, selector);
    pages[name] = result;
    return page;
  };
  await (await time('sweeps', '', 'tbody tr')).context().close();
  await (await time('overview', sweep, '.kinds')).context().close();
  await (await time('curves', `${sweep}/plot`, '.figure svg')).context().close();
  const heat = await time('heat map', `${sweep}/plot?x=steps&y=schedule&facets=none`, '.figure svg');
  const hovering = await hovered(heat, 200);
  await heat.context().close();
  await (await time('heat map, best of the rest', `${sweep}/plot?x=steps&y=schedule&facets=none&rest=best`, '.figure svg')).context().close();
  await (await time('parallel coordinates', `${sweep}/parallel`, '.figure svg')).context().close();
  await (await time('images', `${sweep}/images`, '.sheets img')).context().close();
  const board = await time('leaderboard', `${sweep}/leaderboard`, '.board-row:not(.head)');
  const scrolling = await scrolled(board, 300);
  await board.context().close();
  return { pages, scrolling: framesOf(scrolling), hovering: framesOf(hovering) };
}

/** What a page that follows a sweep takes while stages complete, 30 every 100 ms or as fast as it can: a share of a core in the browser, and memory that the API adds. */
export async function measureLive({ browser, api, id, done, tell, seconds }) {
  const { page } = await opened(browser, api.url, `#/sweeps/${id}`, '.kinds');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const busy = async () => (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;
  const memory = async () => (await api.report()).megabytes;
  const [memoryBefore, busyBefore, began] = [await memory(), await busy(), Date.now()];
  let stages = 0;
  while (Date.now() - began < seconds * 1000) {
    for (const kind of ['sample', 'embed', 'score']) await done(kind, 10);
    await tell(30);
    stages += 30;
    await sleep(100);
  }
  const took = (Date.now() - began) / 1000;
  const result = { completed: stages, perSecond: stages / took, browserShare: (await busy() - busyBefore) / took, apiMegabytes: await memory() - memoryBefore };
  await page.context().close();
  return result;
}
