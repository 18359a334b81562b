// Time: any instant can be gone back to, what is done in the past is another branch, and branches can be compared.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessibilityProblems, screenshot, usePlayground, waitForState } from './support.mjs';

const { openHost } = usePlayground();

const SECOND = 1_000_000;

/** Plays until an instant, and waits until it is reached. */
async function playUntil(host, seconds) {
  await host.ask({ type: 'play', until_us: seconds * SECOND });
  return waitForState(host, `${seconds} s`, ({ time_us, playing }) => time_us >= seconds * SECOND && !playing);
}

/** Puts the thumb of the timeline somewhere, as a hand does. */
async function rewindTo(host, seconds) {
  const timeline = host.playground.locator('.transport-timeline input');
  const { x, y, width, height } = await timeline.boundingBox();
  const end = Number(await timeline.getAttribute('max'));
  // The thumb's middle runs from half a thumb to half a thumb before the end.
  const at = x + 8 + ((width - 16) * seconds * SECOND) / end;
  await host.page.mouse.click(at, y + height / 2);
  return waitForState(host, 'the rewind', ({ time_us }) => Math.abs(time_us - seconds * SECOND) < 0.3 * SECOND);
}

test('a crash that is taken out of the past: both branches side by side', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { page, playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  await playUntil(host, 10);
  await playground.locator('.node-consumer').first().press('x');
  await playground.locator('.node-consumer.is-down').waitFor();
  const crashed = await playUntil(host, 20);
  const { time_us } = await rewindTo(host, 9);
  assert.ok(time_us < 10 * SECOND);
  await playground.locator('.node-consumer.is-down').waitFor({ state: 'detached' });
  // The crash lies ahead; it is left out.
  await playground.locator('.transport-fork').click();
  await playground.getByText('Branch 2 begins here.').waitFor();
  const calm = await playUntil(host, 20);
  assert.equal(await playground.locator('.node-consumer.is-down').count(), 0);
  assert.ok(calm.ledger.acked > crashed.ledger.acked && calm.ledger.ready < crashed.ledger.ready);
  // Side by side: what the table says is what both have come to.
  await playground.locator('.ledger-charts').click();
  await playground.getByLabel('Compare').check();
  const rows = playground.locator('.branches-table tbody tr');
  await rows.nth(1).waitFor();
  const figures = async (row) =>
    (await rows.nth(row).locator('td').allTextContents()).map((text) => Number(text.replaceAll(',', '')));
  for (const [row, { ledger }] of [calm, crashed].entries()) {
    const [made, acked, dropped, backlog] = await figures(row);
    // The last interval ends at the last sample, which is taken before anything at that very instant.
    assert.ok(Math.abs(made - ledger.made) <= 1 && Math.abs(acked - ledger.acked) <= 1, `${made} made, ${acked} acked`);
    assert.equal(dropped, 0);
    assert.ok(Math.abs(backlog - ledger.ready - ledger.unacked) <= 2);
  }
  assert.equal(await playground.locator('.chart-curve.is-other').count(), 4);
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'branches');
  // And back into the branch with the crash: the same run to the last bit.
  await playground.getByRole('button', { name: 'Go there' }).click();
  const again = await waitForState(host, 'the first branch', ({ trace_hash }) => trace_hash === crashed.trace_hash);
  assert.deepEqual(again.ledger, crashed.ledger);
  await playground.locator('.node-consumer.is-down').waitFor();
});

test('events are stepped over forth and back, and marks lead to moments', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { page, playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  await playUntil(host, 4);
  await playground.locator('.stage').focus();
  const before = await host.ask({ type: 'getState' });
  await page.keyboard.press('.');
  const stepped = await waitForState(host, 'a step', ({ trace_hash }) => trace_hash !== before.trace_hash);
  await page.keyboard.press(',');
  await waitForState(host, 'a step back', ({ trace_hash }) => trace_hash === before.trace_hash);
  await page.keyboard.press('.');
  await waitForState(host, 'the same step', ({ trace_hash }) => trace_hash === stepped.trace_hash);
  // A crash and its end are moments to go to.
  await playground.locator('.node-consumer').first().press('x');
  await playUntil(host, 8);
  await playground.locator('.node-consumer').first().press('x');
  await playUntil(host, 10);
  await playground.locator('.mark.is-mended').waitFor({ state: 'attached' });
  const restarted = await host.ask({ type: 'getState' });
  // The backlog may have turned since.
  for (let last = restarted.time_us; last > 8 * SECOND; ) {
    await page.keyboard.press('[');
    last = (await waitForState(host, 'a moment before', ({ time_us }) => time_us < last)).time_us;
  }
  await waitForState(host, 'the restart', ({ time_us }) => time_us === 8 * SECOND);
  await page.keyboard.press('[');
  await waitForState(host, 'an earlier moment', ({ time_us }) => time_us < 8 * SECOND);
  await playground.locator('.to-mark').last().click();
  await waitForState(host, 'the restart again', ({ time_us }) => time_us === 8 * SECOND);
  await host.ask({ type: 'seek', time_us: 10 * SECOND });
  const end = await waitForState(host, 'the end', ({ time_us }) => time_us === 10 * SECOND);
  assert.equal(end.trace_hash, restarted.trace_hash);
});

test('charts are read, zoomed, frozen, and lead to an instant', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { page, playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  await playground.locator('.stage').focus();
  await page.keyboard.press('g');
  await playground.locator('.charts-none').waitFor();
  await playUntil(host, 30);
  const plots = playground.locator('.chart-plot');
  await plots.nth(3).waitFor();
  assert.deepEqual(await playground.locator('.chart-name').allTextContents(), [
    'Arrivals and consumption',
    'Backlog',
    'How long it takes',
    'Utilisation',
  ]);
  const box = await plots.first().boundingBox();
  const across = (share) => [box.x + box.width * share, box.y + box.height / 2];
  // Pointing reads all of them at one instant.
  await page.mouse.move(...across(0.5));
  await playground.locator('.chart-read').nth(3).waitFor({ state: 'attached' });
  assert.match(await playground.locator('.charts-instant').textContent(), /^0:1[45]\./);
  // A click goes there.
  await page.mouse.click(...across(0.5));
  await waitForState(host, 'the middle', ({ time_us }) => Math.abs(time_us - 15 * SECOND) < 0.5 * SECOND);
  // A drag zooms in; the whole is back with one press.
  await page.mouse.move(...across(0.2));
  await page.mouse.down();
  await page.mouse.move(...across(0.4), { steps: 4 });
  await page.mouse.up();
  const whole = playground.getByRole('button', { name: 'Whole run' });
  await playground.getByRole('button', { name: 'Chosen stretch' }).waitFor();
  assert.equal(await whole.getAttribute('aria-pressed'), 'false');
  await whole.click();
  assert.equal(await whole.getAttribute('aria-pressed'), 'true');
  // What is selected has its own.
  await playground.locator('.node-producer').click({ position: { x: 60, y: 14 } });
  await playground.locator('.charts h2').getByText('Orders').waitFor();
  // The figures as a file: a line for each instant.
  const [download] = await Promise.all([page.waitForEvent('download'), playground.getByText('Save figures').click()]);
  assert.match(download.suggestedFilename(), /\.csv$/);
  const [picture] = await Promise.all([page.waitForEvent('download'), playground.getByText('Save picture').click()]);
  assert.match(picture.suggestedFilename(), /\.svg$/);
});

test('the ledger opens into where every copy is, and adds up', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { page, playground } = host;
  await playground.locator('.node-consumer').nth(1).waitFor();
  await playground.locator('.node-consumer').first().press('x');
  await playUntil(host, 5);
  const { ledger } = await host.ask({ type: 'getState' });
  assert.ok(ledger.ready > 10);
  await playground.locator('.ledger-where summary').click();
  const where = playground.locator('.ledger-where');
  await where.getByRole('button', { name: `Order queue ${ledger.ready}`, exact: true }).waitFor();
  const counts = (await where.locator('.ledger-places b').allTextContents()).map(Number);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    ledger.ready + ledger.unacked + ledger.in_transit,
  );
  await screenshot(page, 'ledger-where');
  await where.getByRole('button', { name: /^Order queue/ }).first().click();
  await playground.locator('.node-queue.is-selected').waitFor();
});
