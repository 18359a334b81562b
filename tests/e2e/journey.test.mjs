// A message is found, pressed and followed: what the page tells of it adds up, and leads to each instant.

import assert from 'node:assert/strict';
import test from 'node:test';
import { screenshot, usePlayground, waitForState } from './support.mjs';

const { openHost } = usePlayground();

const SECOND = 1_000_000;
/** A message takes 400 ms to the queue: there is time to press it. */
const SLOW = {
  mq_scenario: 1,
  title: 'Slow ways',
  nodes: [
    { id: 'p', kind: 'producer', label: 'Shop', at: [0, 0], settings: { pattern: { constant: { per_s: 2 } } } },
    { id: 'q', kind: 'queue', label: 'Orders', at: [520, 0] },
    { id: 'c', kind: 'consumer', label: 'Packer', at: [960, 0],
      settings: { prefetch_count: 1, failure_rate: 1, on_failure: 'requeue', handler: [{ work: { ms: { constant: 300 } } }] } },
  ],
  edges: [
    { id: 'pq', kind: 'publish', from: 'p', to: 'q', latency_ms: 400 },
    { id: 'qc', kind: 'subscribe', from: 'q', to: 'c', latency_ms: 100 },
  ],
};

async function playUntil(host, time_us) {
  await host.ask({ type: 'play', until_us: time_us });
  await waitForState(host, `${time_us} µs`, (state) => state.time_us >= time_us);
}

test('a message is found by number, and its stops lead to their instants', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: SLOW });
  await playUntil(host, 5 * SECOND);
  const find = playground.locator('.find-message');
  await find.getByLabel('Number or routing key').fill('1');
  await find.getByRole('button', { name: 'Find', exact: true }).click();
  const journey = playground.locator('.journey');
  await journey.getByRole('heading', { name: 'Message 1' }).waitFor();
  const lines = journey.locator('.journey-line');
  assert.match(await lines.first().textContent(), /published: .*Shop/);
  assert.ok((await journey.locator('.is-bad').count()) > 1, 'it fails and comes back');
  await screenshot(page, 'journey-en');
  // The place where it was taken in is an instant: 400 ms after it was published, which was at the beginning.
  await lines.filter({ hasText: 'taken in by Orders' }).click();
  await waitForState(host, 'the instant', ({ time_us }) => time_us === 400_000);
  await lines.filter({ hasText: 'taken in' }).waitFor({ state: 'detached' });
  await journey.getByRole('button', { name: 'Stop following' }).click();
  await journey.waitFor({ state: 'detached' });
});

test('those that were delivered again are found; a number that is none is refused', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { playground } = host;
  await host.ask({ type: 'load', scenario: SLOW });
  await playUntil(host, 8 * SECOND);
  const find = playground.locator('.find-message');
  await find.getByRole('button', { name: 'Redelivered twice or more' }).click();
  await find.locator('.message-line').first().waitFor();
  assert.match(await find.locator('.message-line').first().textContent(), /↻/);
  await find.locator('.message-line').first().click();
  await playground.locator('.journey-waterfall rect.is-works').first().waitFor();
  await find.getByRole('button', { name: 'Lost' }).click();
  await find.getByText('No such message').waitFor();
  await find.getByLabel('Number or routing key').fill('999999');
  await find.getByRole('button', { name: 'Find', exact: true }).click();
  await playground.locator('.notice').filter({ hasText: '999999' }).waitFor();
});

test('a message that is on its way is pressed, and followed while it goes on', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: SLOW });
  await host.ask({ type: 'seek', time_us: 200_000 });
  await waitForState(host, 'the instant', ({ time_us }) => time_us === 200_000);
  // Half way along the line from the producer to the queue.
  const line = await playground.locator('svg.edge[data-edge="pq"] .edge-line').first().boundingBox();
  await page.mouse.click(line.x + line.width / 2, line.y + line.height / 2);
  const journey = playground.locator('.journey');
  await journey.getByRole('heading', { name: 'Message 1' }).waitFor();
  assert.equal(await journey.locator('.journey-line').count(), 1);
  await screenshot(page, 'journey-pressed');
  await playUntil(host, SECOND);
  await journey.locator('.journey-line').filter({ hasText: 'taken in by Orders' }).waitFor();
  await journey.locator('.journey-line').filter({ hasText: 'failed at Packer' }).waitFor();
});
