// Two lanes: the same arrivals, one clock, one thing changed; their curves over each other, and what is different.

import assert from 'node:assert/strict';
import test from 'node:test';
import { screenshot, usePlayground, waitForState } from './support.mjs';

const { openHost } = usePlayground();

const SECOND = 1_000_000;

async function playUntil(host, time_us) {
  await host.ask({ type: 'play', until_us: time_us });
  return waitForState(host, `${time_us} µs`, (state) => state.time_us >= time_us);
}

test('a change is compared with what was, in two lanes', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { page, playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  // Without a change both are the same run.
  const alone = await playUntil(host, 5 * SECOND);
  await host.ask({ type: 'seek', time_us: 0 });
  await waitForState(host, 'the beginning', ({ time_us }) => time_us === 0);
  await playground.locator('.stage').first().focus();
  await page.keyboard.press('Shift+G');
  await playground.locator('.lane').nth(1).waitFor();
  assert.equal(await playground.locator('.lane-name').first().textContent(), 'B · with a change');
  // In B one of the two consumers is down from the beginning.
  await playground.locator('.node-consumer').first().press('x');
  await playground.locator('.node-consumer.is-down').waitFor();
  assert.equal(await playground.locator('.lane.is-beside .node-consumer.is-down').count(), 0);
  const changed = await playUntil(host, 5 * SECOND);
  assert.notEqual(changed.trace_hash, alone.trace_hash);
  // The charts have both, at one instant: as many were made, and fewer were acked.
  await page.keyboard.press('g');
  const rows = playground.locator('.branches-table tbody tr');
  await rows.nth(1).waitFor();
  const figures = async (row) => (await row.locator('td').allTextContents()).map((text) => Number(text.replace(/\D/g, '')));
  const [second, first] = [await figures(rows.nth(0)), await figures(rows.nth(1))];
  assert.equal(second[0], first[0], 'the same arrivals');
  assert.ok(second[1] < first[1], `acked: ${second[1]} and ${first[1]}`);
  await playground.locator('.chart-curve.is-other').first().waitFor({ state: 'attached' });
  await screenshot(page, 'lanes-charts');
  await page.keyboard.press('g');
  await screenshot(page, 'lanes');
  // The other one is worked on: it is the run as it was.
  await playground.getByRole('button', { name: 'Work on this lane' }).click();
  await playground.locator('.lane.is-beside .node-consumer.is-down').waitFor();
  const traded = await host.ask({ type: 'getState' });
  assert.equal(traded.trace_hash, alone.trace_hash);
  await playground.getByRole('button', { name: 'Keep only this lane' }).click();
  await playground.locator('.lane-head').first().waitFor({ state: 'detached' });
  assert.equal((await host.ask({ type: 'getState' })).trace_hash, alone.trace_hash);
});
