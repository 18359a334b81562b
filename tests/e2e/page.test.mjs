// The page as people meet it: with a mouse, with keys, on a phone, in both languages and themes.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessibilityProblems, screenshot, usePlayground } from './support.mjs';

const { openHost, openPage } = usePlayground();

const EMPTY = { mq_scenario: 1, title: 'Empty', nodes: [], edges: [] };

/** The middle of an element, in the coordinates of the page. */
async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

/** Presses, moves in steps as a hand does, and lets go. */
async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

const node = (page, kind) => page.locator(`.node-${kind}`);

/** Waits until the state fulfils a condition, looking again whenever the page says that something changed. */
async function waitForState(host, what, condition) {
  for (;;) {
    const news = (await host.received()).length;
    const state = await host.ask({ type: 'getState' });
    if (condition(state)) return state;
    await host.waitForMessage({ type: 'changed' }, news).catch((error) => {
      throw new Error(`waiting for ${what}: ${error.message}`);
    });
  }
}

test('the page opens on a running system, in the first second', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900 });
  await node(page, 'consumer').nth(1).waitFor();
  assert.equal(await node(page, 'producer').count(), 1);
  assert.equal(await node(page, 'queue').count(), 1);
  assert.equal(await node(page, 'consumer').count(), 2);
  // The clock moves.
  const clock = page.locator('.transport-clock');
  const first = await clock.textContent();
  await page.waitForFunction(
    (first) => document.querySelector('.transport-clock').textContent !== first,
    first,
  );
  await screenshot(page, 'first-second');
});

test('a producer, a queue and a consumer, built with the mouse', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: EMPTY });
  const stage = await playground.locator('.stage').boundingBox();
  const place = (part, down) => ({ x: stage.x + stage.width * part, y: stage.y + stage.height * down });
  const entries = playground.locator('.palette-entry');
  for (const [index, part] of [0.15, 0.5, 0.85].entries()) {
    await drag(page, await middle(entries.nth(index)), place(part, 0.4));
  }
  for (const kind of ['producer', 'queue', 'consumer']) {
    await node(playground, kind).waitFor();
  }
  await drag(page, await middle(node(playground, 'producer').locator('.handle-out')), await middle(node(playground, 'queue')));
  await drag(page, await middle(node(playground, 'queue').locator('.handle-out')), await middle(node(playground, 'consumer')));
  await playground.locator('[data-edge]').nth(1).waitFor({ state: 'attached' });

  // A connection that makes no sense is refused with its reason.
  await drag(page, await middle(node(playground, 'producer').locator('.handle-out')), await middle(node(playground, 'consumer')));
  await playground.getByText('put a queue between them').first().waitFor();
  assert.equal(await playground.locator('[data-edge]').count(), 2);

  await host.ask({ type: 'play' });
  await waitForState(host, 'messages to be acked', ({ ledger }) => ledger.acked > 3);

  // Moving is one step back.
  const queue = node(playground, 'queue');
  const before = await queue.boundingBox();
  const grip = { x: before.x + before.width / 2, y: before.y + 14 };
  await drag(page, grip, { x: grip.x, y: grip.y + 160 });
  await playground.waitForFunction(
    (y) => document.querySelector('.node-queue').getBoundingClientRect().y > y + 100,
    (await playground.evaluate(() => document.querySelector('.node-queue').getBoundingClientRect().y)) - 160,
  );
  await page.keyboard.press('Control+z');
  await playground.waitForFunction(
    (y) => Math.abs(document.querySelector('.node-queue').getBoundingClientRect().y - y) < 2,
    before.y,
  );

  // Delete and undo bring back the node and its edges.
  await queue.click({ position: { x: before.width / 2, y: 14 } });
  await page.keyboard.press('Delete');
  await queue.waitFor({ state: 'detached' });
  assert.equal(await playground.locator('[data-edge]').count(), 0);
  await page.keyboard.press('Control+z');
  await queue.waitFor();
  assert.equal(await playground.locator('[data-edge]').count(), 2);
  await screenshot(page, 'built-with-the-mouse');
});

test('crash a consumer with one click, watch the backlog, restart it and see it drain', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, query: { run: 1, speed: 10 } });
  const { playground } = host;
  await node(playground, 'consumer').nth(1).waitFor();
  for (const index of [0, 1]) await node(playground, 'consumer').nth(index).locator('.node-fault').click();
  const down = await waitForState(host, 'a backlog', ({ ledger }) => ledger.ready > 200);
  assert.equal(Object.values(down.nodes).filter((one) => one.up === false).length, 2);
  await playground.locator('.node-consumer.is-down').nth(1).waitFor();
  await screenshot(host.page, 'after-a-crash');
  for (const index of [0, 1]) await node(playground, 'consumer').nth(index).locator('.node-fault').click();
  await host.ask({ type: 'setSpeed', speed: 100 });
  const drained = await waitForState(host, 'the backlog to drain', ({ ledger }) => ledger.ready < 20);
  const { made, acked, ready, unacked, in_transit, dropped } = drained.ledger;
  assert.deepEqual(dropped, {});
  assert.equal(made, acked + ready + unacked + in_transit);
});

test('the reasons of drops fold away again and never lie over the transport', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'command', command: { type: 'crash', node: 'broker' } });
  await host.ask({ type: 'play' });
  await waitForState(host, 'a loss', ({ ledger }) => (ledger.dropped.lost_in_crash ?? 0) > 3);
  const { nodes, ledger } = await host.ask({ type: 'getState' });
  const shown = Object.values(nodes).reduce((sum, one) => sum + (one.dropped?.lost_in_crash ?? 0), 0);
  assert.equal(shown, ledger.dropped.lost_in_crash, 'every loss is shown at a node');
  const summary = playground.locator('.ledger-dropped summary');
  const reasons = playground.locator('.ledger-reasons');
  await summary.click();
  await reasons.waitFor();
  const [over, bar] = [await reasons.boundingBox(), await playground.locator('.bottom').boundingBox()];
  assert.ok(over.y + over.height <= bar.y, `${over.y} + ${over.height} reaches into the bar at ${bar.y}`);
  await page.keyboard.press('Escape');
  await reasons.waitFor({ state: 'hidden' });
  await summary.click();
  await reasons.waitFor();
  await playground.locator('.stage').click({ position: { x: 30, y: 300 } });
  await reasons.waitFor({ state: 'hidden' });
});

test('the same with the keyboard alone', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: EMPTY });
  for (const index of [0, 1, 2]) {
    await playground.locator('.palette-entry').nth(index).focus();
    await page.keyboard.press('Enter');
  }
  const connect = async (from, to) => {
    await node(playground, from).focus();
    await page.keyboard.press('c');
    for (let presses = 0; presses < 8; presses += 1) {
      const there = await playground.evaluate(
        (to) => document.activeElement?.closest('.node')?.classList.contains(`node-${to}`) ?? false,
        to,
      );
      if (there) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
  };
  await connect('producer', 'queue');
  await connect('queue', 'consumer');
  assert.equal(await playground.locator('[data-edge]').count(), 2);
  await host.ask({ type: 'play' });
  await waitForState(host, 'messages', ({ ledger }) => ledger.acked > 2);
  await node(playground, 'consumer').focus();
  await page.keyboard.press('x');
  await waitForState(host, 'a backlog', ({ ledger }) => ledger.ready > 3);
  await page.keyboard.press('x');
  await waitForState(host, 'the backlog to drain', ({ ledger }) => ledger.ready === 0);
});

test('every setting can be changed while it runs', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, query: { run: 1 } });
  const { page, playground } = host;
  await node(playground, 'producer').click({ position: { x: 60, y: 14 } });
  const rate = playground.locator('.is-inspector input[type=number], .is-inspector input[inputmode=decimal]').first();
  await rate.fill('500');
  await rate.press('Enter');
  const producer = ({ nodes }) => Object.values(nodes).find((one) => one.kind === 'producer');
  await waitForState(host, 'a higher rate', (state) => producer(state).publishes_per_s > 300);
  // What is out of range stays in the field and is explained; the simulation keeps its value.
  await rate.fill('-3');
  await rate.press('Enter');
  await playground.locator('.is-inspector [aria-invalid=true]').first().waitFor();
  await page.keyboard.press('Escape');
  const after = await host.ask({ type: 'getState' });
  assert.ok(producer(after).publishes_per_s > 300);
});

for (const theme of ['light', 'dark']) {
  for (const lang of ['en', 'zh-CN']) {
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ]) {
      test(`axe finds nothing: ${theme}, ${lang}, ${width}×${height}, while running`, async (t) => {
        const { page } = await openPage(t, { width, height, theme, lang, touch: width < 500 });
        await node(page, 'consumer').nth(1).waitFor();
        assert.equal(await page.locator('html').getAttribute('lang'), lang);
        assert.deepEqual(await accessibilityProblems(page), []);
        await screenshot(page, `page-${theme}-${lang}-${width}`);
      });
    }
  }
}

test('bad parameters fall back and are named', async (t) => {
  const { page } = await openPage(t, { query: { lang: 'tlh', theme: 'mauve', speed: 'warp', seed: '-1' } });
  for (const name of ['lang', 'theme', 'speed', 'seed']) {
    await page.getByText(name, { exact: false }).first().waitFor();
  }
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
});

test('work survives a reload', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900 });
  await node(page, 'consumer').nth(1).waitFor();
  await page.locator('.palette-entry').nth(1).click();
  await node(page, 'queue').nth(1).waitFor();
  await page.waitForFunction(() =>
    Object.values({ ...localStorage }).some((text) => (text.match(/"kind": ?"queue"/g) ?? []).length === 2),
  );
  await page.reload();
  await node(page, 'queue').nth(1).waitFor();
});

test('space plays and pauses, and the language changes in place', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await node(page, 'consumer').nth(1).waitFor();
  await page.locator('.stage').click({ position: { x: 20, y: 300 } });
  await page.keyboard.press('Space');
  const clock = page.locator('.transport-clock');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const stopped = await clock.textContent();
  await page.keyboard.press('.');
  await page.waitForFunction(
    (stopped) => document.querySelector('.transport-clock').textContent !== stopped,
    stopped,
  );
  await page.getByRole('button', { name: '简体中文' }).click();
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  assert.match(await page.locator('.palette').textContent(), /生产者/);
});
