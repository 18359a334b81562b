// Systems that fail, as people meet them: faults by menu and by key, the event log, and a handler's code.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { accessibilityProblems, screenshot, usePlayground } from './support.mjs';

const { openHost } = usePlayground();

/** One of the seed's scenarios. */
const seed = (name) =>
  JSON.parse(readFileSync(new URL(`../../static/scenarios/seed/${name}.json`, import.meta.url), 'utf8'));

const node = (page, id) => page.locator(`[data-node="${id}"]`);
const edge = (page, id) => page.locator(`svg.edge[data-edge="${id}"]`);
const menu = (page) => page.locator('.stage-menu [role=menu]');
const entry = (page, name) => menu(page).getByRole('menuitem', { name });
const title = { position: { x: 60, y: 16 } };

/** The seed's system without a queue, standing at its beginning. */
async function direct(t, options = {}) {
  const host = await openHost(t, { width: 1440, height: 900, ...options });
  await host.ask({ type: 'load', scenario: seed('direct') });
  await node(host.playground, 'inventory').waitFor();
  return host;
}

const run = (host, ms) => host.ask({ type: 'seek', time_us: ms * 1000 });

test('a right click crashes a node, and it says since when and what it cost', async (t) => {
  const host = await direct(t);
  const { playground } = host;
  await node(playground, 'inventory').click({ button: 'right', ...title });
  await entry(playground, 'Slow ×5').waitFor();
  assert.deepEqual(await accessibilityProblems(playground), []);
  await entry(playground, 'Crash').click();
  await menu(playground).waitFor({ state: 'detached' });
  // The focus is back where the menu was asked for.
  assert.equal(await playground.evaluate(() => document.activeElement.dataset.node), 'inventory');
  await run(host, 5_000);
  const callout = node(playground, 'inventory').locator('.callout');
  await callout.getByText(/^Down since 0\.0 s · \d+ requests failed$/).waitFor();
  await screenshot(host.page, 'inventory-down');

  // Whatever else is pressed closes it.
  await node(playground, 'payment').click({ button: 'right', ...title });
  await menu(playground).waitFor();
  await playground.locator('.transport-clock').click();
  await menu(playground).waitFor({ state: 'detached' });

  // What is down can be restarted, and nothing else.
  await node(playground, 'inventory').click({ button: 'right', position: { x: 60, y: 20 } });
  assert.deepEqual(await menu(playground).locator('.is-breaking, .is-mending').allTextContents(), ['✓Restart']);
  await entry(playground, 'Restart').click();
  await callout.waitFor({ state: 'detached' });
});

test('with keys alone: a node is stalled and goes on, an edge is cut and repaired', async (t) => {
  const host = await direct(t);
  const { page, playground } = host;
  await node(playground, 'payment').focus();
  await page.keyboard.press('f');
  await menu(playground).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await node(playground, 'payment').locator('.callout', { hasText: 'Stalled' }).waitFor();
  assert.equal(await playground.evaluate(() => document.activeElement.dataset.node), 'payment');
  await page.keyboard.press('Shift+F10');
  await entry(playground, 'Resume').waitFor();
  await page.keyboard.press('Escape');
  await menu(playground).waitFor({ state: 'detached' });
  assert.equal(await playground.evaluate(() => document.activeElement.dataset.node), 'payment');

  await edge(playground, 'orders-to-payment').focus();
  await page.keyboard.press('f');
  await entry(playground, 'Cut').waitFor();
  await page.keyboard.press('Enter');
  await edge(playground, 'orders-to-payment').locator('.edge-mark').waitFor();
  await page.keyboard.press('f');
  await entry(playground, 'Repair').waitFor();
  await page.keyboard.press('Enter');
  await edge(playground, 'orders-to-payment').locator('.edge-mark').waitFor({ state: 'detached' });
});

test('a line of the event log selects the place where it happened', async (t) => {
  const host = await direct(t);
  const { playground } = host;
  await host.ask({ type: 'command', command: { type: 'crash', node: 'logistics' } });
  await run(host, 3_000);
  await playground.locator('.event-log summary').click();
  const line = playground.locator('.event-line', { hasText: 'Logistics' }).first();
  await line.getByText('requests failed').waitFor();
  await line.click();
  await playground.locator('[data-node="logistics"].is-selected').waitFor();
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(host.page, 'event-log');
});

test('faults stand in the inspector too, with their number, and go on the script from there', async (t) => {
  const host = await direct(t);
  const { playground } = host;
  await node(playground, 'payment').click(title);
  await playground.locator('#fault-slow').fill('3');
  await playground.locator('.faults').getByRole('button', { name: 'Slow ×5', exact: true }).click();
  await node(playground, 'payment').locator('text', { hasText: 'slow ×3' }).waitFor();
  await playground.locator('#fault-at').fill('2');
  await playground.locator('.faults').getByRole('button', { name: 'Add to the script: Crash' }).click();
  await playground.locator('.stage').press('Escape');
  await playground.locator('.script').getByText('2.0 s: Payment: Crash, for 5.0 s').waitFor();
});

test('a call that is added to a handler is drawn', async (t) => {
  const host = await direct(t);
  const { playground } = host;
  await host.ask({ type: 'command', command: { type: 'addNode', node: { id: 'points', kind: 'service', at: [700, 750] } } });
  const before = await playground.locator('.edge-call').count();
  await node(playground, 'orders').click(title);
  await playground.locator('.panel.is-inspector').getByRole('button', { name: 'call', exact: true }).click();
  await playground.waitForFunction(
    (before) => document.querySelectorAll('.edge-call').length === before + 1,
    before,
  );
  await playground.locator('.panel.is-inspector').getByText('call points').first().waitFor();
  assert.deepEqual(await accessibilityProblems(playground), []);
});

test('what has failed reads well in Chinese, in the dark and on a phone', async (t) => {
  for (const options of [{ lang: 'zh-CN', theme: 'dark' }, { lang: 'zh-CN', width: 390, height: 844 }]) {
    const host = await openHost(t, { width: 1440, height: 900, ...options });
    await host.ask({ type: 'load', scenario: seed('direct-inventory-down') });
    await run(host, 4_000);
    await host.playground.locator('[data-node="inventory"].is-down').waitFor();
    assert.deepEqual(await accessibilityProblems(host.playground), []);
    await screenshot(host.page, `failing-${options.theme ?? 'phone'}`);
  }
});
