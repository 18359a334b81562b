// Studies and theory: what many runs find, beside a page that goes on, and what queueing theory says of the same.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { accessibilityProblems, screenshot, usePlayground, waitForState } from './support.mjs';

const { openHost } = usePlayground();

const SECOND = 1_000_000;

/** Found natively: tests/it/study.rs. */
const native = await readFile(new URL('study.csv', import.meta.url), 'utf8');

/** λ = 8, µ = 10, one server: W = 1/(µ − λ) = 500 ms. */
const FITTING = {
  mq_scenario: 1,
  title: 'M/M/1',
  seed: 5,
  nodes: [
    { id: 'p', kind: 'producer', at: [40, 144], settings: { pattern: { poisson: { per_s: 8 } } } },
    { id: 'q', kind: 'queue', at: [320, 144] },
    { id: 'c', kind: 'consumer', at: [640, 144], settings: { prefetch_count: 1, handler: [{ work: { ms: { exponential: 100 } } }] } },
  ],
  edges: [
    { id: 'publish', kind: 'publish', from: 'p', to: 'q' },
    { id: 'subscribe', kind: 'subscribe', from: 'q', to: 'c' },
  ],
};

/** Opens the dialog from the charts. */
async function openStudy(playground) {
  if ((await playground.locator('.charts').count()) === 0) await playground.locator('.ledger-charts').click();
  await playground.locator('.charts-head button[aria-haspopup="dialog"]').click();
  await playground.locator('dialog.study').waitFor();
}

/** Asks for a sweep of one packer's concurrency and prefetch. */
async function askForSweep(playground, { to, seconds, warmUp, runs }) {
  await playground.locator('#study-measure').selectOption('nodes.queue.wait_ms.mean');
  await playground.locator('#study-varied').selectOption('packer-1\nconcurrency\npacker-1\nprefetch_count');
  for (const [id, value] of Object.entries({ from: 1, to, step: 1, seconds, 'warm-up': warmUp, replications: runs })) {
    await playground.locator(`#study-${id}`).fill(String(value));
  }
}

/** The text of the table as it would be saved. */
async function savedTable(page, playground) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    playground.locator('.study-found > button').click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

test('a sweep runs beside the page and finds what it finds natively', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  await openStudy(playground);
  await askForSweep(playground, { to: 3, seconds: 60, warmUp: 10, runs: 4 });
  await playground.locator('.study-actions .is-primary').click();
  await playground.locator('.study-table tbody tr').nth(2).waitFor();
  await playground.locator('.study-actions progress').waitFor({ state: 'detached' });
  assert.equal(await playground.locator('.study-table tbody tr').count(), 3);
  assert.deepEqual(await playground.locator('.study-table tbody th').allTextContents(), ['1', '2', '3']);
  assert.equal(await savedTable(page, playground), native);
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'study-sweep');
  // What was found and asked is there again.
  await page.keyboard.press('Escape');
  await playground.locator('dialog.study').waitFor({ state: 'detached' });
  await openStudy(playground);
  assert.equal(await playground.locator('.study-table tbody tr').count(), 3);
  assert.equal(await playground.locator('#study-seconds').inputValue(), '60');
});

test('a long study leaves the page its time, and can be given up', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  await host.ask({ type: 'play' });
  await openStudy(playground);
  await askForSweep(playground, { to: 3, seconds: 50_000, warmUp: 0, runs: 100 });
  await playground.locator('.study-actions .is-primary').click();
  await playground.locator('.study-actions progress[data-by="worker"]').waitFor();
  const before = await host.ask({ type: 'getState' });
  await waitForState(host, 'time to pass', ({ time_us }) => time_us > before.time_us + 2 * SECOND);
  // The longest that a frame took meanwhile.
  const longest = await playground.evaluate(
    () =>
      new Promise((resolve) => {
        let last = performance.now();
        let longest = 0;
        const until = last + 2_000;
        const frame = (now) => {
          longest = Math.max(longest, now - last);
          last = now;
          if (now > until) resolve(longest);
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
  );
  t.diagnostic(`the longest frame beside a study took ${longest.toFixed(0)} ms`);
  assert.ok(longest < 1_000, `${longest} ms`);
  assert.ok(Number(await playground.locator('.study-actions progress').getAttribute('value')) > 0);
  await playground.locator('.study-actions button').click();
  await playground.getByText(/Cancelled after \d+ of 300 runs/).waitFor();
  await playground.locator('.study-actions .is-primary').waitFor();
});

test('without a worker it runs between the frames and finds the same', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  await playground.evaluate(() => {
    window.Worker = class {
      constructor() {
        throw new Error('there are none here');
      }
    };
  });
  await openStudy(playground);
  await askForSweep(playground, { to: 3, seconds: 60, warmUp: 10, runs: 4 });
  await playground.locator('.study-actions .is-primary').click();
  await playground.locator('.study-table tbody tr').nth(2).waitFor();
  await playground.locator('.study-actions progress').waitFor({ state: 'detached' });
  assert.equal(await savedTable(page, playground), native);
});

test('in a frame without an origin of its own a worker runs it too', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page } = host;
  // As static hosts do that want to be embedded: without it no module reaches a page without an origin; and the marks of
  // integrity that the build writes are checked only of what is fetched from an origin.
  await page.route('**/some/path/**', async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), 'access-control-allow-origin': '*' };
    const isPage = route.request().resourceType() === 'document';
    const body = isPage ? (await response.text()).replaceAll(/ integrity="[^"]*"/g, '') : undefined;
    await route.fulfill({ response, headers, body });
  });
  const frame = await page.evaluateHandle(() => {
    const old = document.querySelector('iframe');
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.title = 'Sandboxed';
    frame.src = old.src;
    old.replaceWith(frame);
    return frame;
  });
  const playground = await frame.asElement().contentFrame();
  await playground.locator('.node-consumer').nth(1).waitFor();
  assert.equal(await playground.evaluate(() => window.origin), 'null');
  await openStudy(playground);
  await askForSweep(playground, { to: 3, seconds: 5_000, warmUp: 10, runs: 4 });
  await playground.locator('.study-actions .is-primary').click();
  await playground.locator('.study-actions progress[data-by="worker"]').waitFor();
  await playground.locator('.study-actions progress').waitFor({ state: 'detached' });
  assert.equal(await playground.locator('.study-table tbody tr').count(), 3);
});

test('theory stands beside what was measured, and in the picture of a sweep', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: FITTING });
  await playground.locator('.node-queue').click();
  const section = playground.locator('.theory');
  await section.locator('summary').click();
  assert.equal(await section.locator('.theory-model').textContent(), 'M/M/1');
  await section.getByText('W = 1 / (μ − λ)').waitFor();
  const row = section.locator('tr', { hasText: 'Mean time in the system W' });
  assert.equal(await row.locator('td').nth(0).textContent(), '500 ms');
  await host.ask({ type: 'seek', time_us: 600 * SECOND });
  await waitForState(host, 'ten minutes', ({ time_us }) => time_us >= 600 * SECOND);
  await section.locator('td', { hasText: / s$| ms$/ }).nth(5).waitFor();
  const measured = await row.locator('td').nth(1).textContent();
  assert.match(measured, /^\d+ ms$|^\d\.\d\d s$/);
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'theory');
  await openStudy(playground);
  await playground.locator('#study-measure').selectOption('nodes.c.end_to_end_ms.mean');
  await playground.locator('#study-varied').selectOption('p\npattern.poisson.per_s');
  await playground.locator('#study-to').fill('9');
  await playground.locator('#study-from').fill('2');
  await playground.locator('#study-step').fill('1');
  await playground.locator('.study-actions .is-primary').click();
  await playground.locator('.study-actions progress').waitFor({ state: 'detached' });
  assert.equal(await playground.locator('.study-table tbody tr').count(), 8);
  assert.equal(await playground.locator('.study-table tbody tr').nth(6).locator('td').last().textContent(), '500 ms');
  await playground.locator('.study-key.is-theory').waitFor();
  await screenshot(page, 'study-theory');
});

test('too much is said at once', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { playground } = host;
  const overload = structuredClone(FITTING);
  overload.nodes[0].settings.pattern.poisson.per_s = 13;
  await host.ask({ type: 'load', scenario: overload });
  await playground.locator('.node-queue').click();
  await playground.getByText('Unstable: the backlog grows by 3.00 messages/s.').waitFor();
});
