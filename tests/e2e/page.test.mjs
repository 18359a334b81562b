// The page as people meet it: with a mouse, with keys, on a phone, in both languages and themes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { accessibilityProblems, drag, EMPTY, middle, screenshot, usePlayground, waitForState } from './support.mjs';

const { openHost, openPage } = usePlayground();

const node = (page, kind) => page.locator(`.node-${kind}`);

/** A kind's entry in the palette. */
const entry = (page, kind) => page.locator(`.palette-entry.is-${kind}`);

/** One of the examples. */
const example = (name) =>
  JSON.parse(readFileSync(new URL(`../../static/scenarios/examples/${name}.json`, import.meta.url), 'utf8'));

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
  for (const [kind, part] of Object.entries({ producer: 0.15, queue: 0.5, consumer: 0.85 })) {
    await drag(page, await middle(entry(playground, kind)), place(part, 0.4));
  }
  for (const kind of ['producer', 'queue', 'consumer']) {
    await node(playground, kind).waitFor();
  }
  await drag(page, await middle(node(playground, 'producer').locator('.handle-out')), await middle(node(playground, 'queue')));
  await drag(page, await middle(node(playground, 'queue').locator('.handle-out')), await middle(node(playground, 'consumer')));
  await playground.locator('.edge').nth(1).waitFor({ state: 'attached' });

  // A connection that makes no sense is refused with its reason.
  await drag(page, await middle(node(playground, 'producer').locator('.handle-out')), await middle(node(playground, 'consumer')));
  await playground.getByText('put a queue between them').first().waitFor();
  assert.equal(await playground.locator('.edge').count(), 2);

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
  assert.equal(await playground.locator('.edge').count(), 0);
  await page.keyboard.press('Control+z');
  await queue.waitFor();
  assert.equal(await playground.locator('.edge').count(), 2);
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
  for (const kind of ['producer', 'queue', 'consumer']) {
    await entry(playground, kind).focus();
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
  await playground.locator('.edge').first().waitFor({ state: 'attached' });
  await connect('queue', 'consumer');
  await playground.locator('.edge').nth(1).waitFor({ state: 'attached' });
  await host.ask({ type: 'play' });
  await waitForState(host, 'messages', ({ ledger }) => ledger.acked > 2);
  await node(playground, 'consumer').focus();
  await page.keyboard.press('x');
  await waitForState(host, 'a backlog', ({ ledger }) => ledger.ready > 3);
  await page.keyboard.press('x');
  await waitForState(host, 'the backlog to drain', ({ ledger }) => ledger.ready === 0);
});

test('an exchange is dragged in, bound twice, and told its keys', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: EMPTY });
  const stage = await playground.locator('.stage').boundingBox();
  const place = (part, down) => ({ x: stage.x + stage.width * part, y: stage.y + stage.height * down });
  for (const [kind, part] of Object.entries({ producer: 0.12, exchange: 0.37, queue: 0.65, consumer: 0.88 })) {
    await drag(page, await middle(entry(playground, kind)), place(part, kind === 'queue' ? 0.25 : 0.6));
    await node(playground, kind).waitFor();
  }
  const connect = async (from, to) =>
    drag(page, await middle(node(playground, from).locator('.handle-out')), await middle(node(playground, to).first()));
  await connect('producer', 'exchange');
  const keys = [{ key: 'order', weight: 1 }];
  const set = { type: 'set', node: 'producer', path: 'message.routing_keys', value: keys };
  await host.ask({ type: 'command', command: set });
  await connect('exchange', 'queue');
  // A fresh binding of a direct exchange asks for what the producer sends.
  const labels = playground.locator('.tag text');
  await labels.first().waitFor();
  assert.deepEqual(await labels.allTextContents(), ['order']);
  await connect('exchange', 'queue');
  assert.equal(await labels.count(), 2);
  await playground.locator('.tag rect').nth(1).click();
  const key = playground.locator('#setting-routing_key');
  await key.fill('<b>order.paid</b>');
  await key.press('Enter');
  await playground.waitForFunction(() =>
    [...document.querySelectorAll('.tag text')].some((label) => label.textContent === '<b>order.paid</b>'),
  );
  const [one, other] = [await labels.nth(0).boundingBox(), await labels.nth(1).boundingBox()];
  assert.ok(Math.abs(one.y - other.y) >= one.height, 'labels of two bindings lie apart');
  // Between an exchange and a consumer a queue is put; one step takes it back.
  await connect('exchange', 'consumer');
  await node(playground, 'queue').nth(1).waitFor();
  assert.equal(await labels.count(), 3);
  assert.equal(await playground.locator('.edge-subscribe').count(), 1);
  await page.keyboard.press('Control+z');
  await node(playground, 'queue').nth(1).waitFor({ state: 'detached' });
  assert.equal(await labels.count(), 2);
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'bound-twice');
});

test('a route is explained word by word, and the stage lights what takes the message', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: example('topic') });
  await node(playground, 'exchange').click({ position: { x: 60, y: 14 } });
  await playground.locator('.route > summary').click();
  const key = playground.locator('#route-key');
  assert.equal(await key.inputValue(), 'order.paid', 'the key of a producer that publishes here');
  const taking = () =>
    playground
      .locator('.edge-bind.is-taking')
      .evaluateAll((edges) => edges.map((edge) => edge.getAttribute('data-edge')).sort());
  assert.deepEqual(await taking(), ['bind-audit', 'bind-orders', 'bind-payments']);
  await key.fill('order.item.returned');
  await playground.locator('.edge-bind.is-refusing').nth(1).waitFor({ state: 'attached' });
  assert.deepEqual(await taking(), ['bind-audit']);
  const audit = playground.locator('.route-bindings > li.is-match');
  assert.deepEqual(await audit.locator('.route-word b').allTextContents(), ['order', '#']);
  assert.deepEqual(await audit.locator('.route-word span').allTextContents(), ['order', 'item.returned']);
  assert.deepEqual(await playground.locator('.route-queues li').allTextContents(), ['Order audit']);
  assert.equal(await playground.locator('.route-bindings > li.is-miss').count(), 2);
  await key.fill('refund');
  await playground.locator('.route-sentence.is-nobody').waitFor();
  assert.deepEqual(await taking(), []);
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'explained-route');
  // What was asked is no part of the document, and is over when something else is looked at.
  await node(playground, 'producer').click({ position: { x: 60, y: 14 } });
  await playground.locator('.edge-bind.is-refusing').first().waitFor({ state: 'detached' });
});

test('a dead letter can be opened and tells how it died', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, query: { speed: 10 } });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: example('dead-letter') });
  assert.equal(await playground.locator('.link-dead-letters').count(), 1);
  await host.ask({ type: 'play' });
  await waitForState(host, 'dead letters', ({ nodes }) => nodes.dead.ready > 3);
  await host.ask({ type: 'pause' });
  await playground.locator('.node-queue').nth(1).click({ position: { x: 60, y: 14 } });
  await playground.locator('.messages > summary').click();
  const lines = playground.locator('.message-line');
  await lines.nth(3).waitFor();
  await lines.first().click();
  const details = playground.locator('.message-details');
  await details.waitFor();
  assert.match(await details.locator('.message-deaths').textContent(), /(rejected|expired) in queue work, once, published to the default exchange with work/);
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'opened-dead-letter');
});

test('a list of messages stands still while it is read', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { playground } = host;
  await host.ask({
    type: 'load',
    scenario: {
      mq_scenario: 1,
      nodes: [
        { id: 'p', kind: 'producer', at: [0, 0], settings: { pattern: { constant: { per_s: 10 } } } },
        // Each message that comes drives the one before it out.
        { id: 'q', kind: 'queue', at: [300, 0], settings: { max_length: 1 } },
      ],
      edges: [{ id: 'p>q', kind: 'publish', from: 'p', to: 'q' }],
    },
  });
  await playground.locator('.node-queue').press('Enter');
  await playground.locator('.messages > summary').press('Enter');
  await host.ask({ type: 'play' });
  const first = playground.locator('.message-number').first();
  await first.waitFor();
  await playground.locator('.message-line').first().focus();
  const read = await first.textContent();
  const { ledger } = await host.ask({ type: 'getState' });
  await waitForState(host, 'ten more', ({ ledger: now }) => now.made >= ledger.made + 10);
  assert.equal(await first.textContent(), read, 'it stays as long as the focus is in it');
  await playground.locator('.transport-play').focus();
  await playground.waitForFunction((read) => document.querySelector('.message-number').textContent !== read, read);
});

test('a memory alarm blocks the producers until it is over', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { playground } = host;
  await host.ask({ type: 'play' });
  await node(playground, 'queue').click({ position: { x: 60, y: 14 } });
  const button = playground.locator('.button.is-alarm');
  await button.click();
  await waitForState(host, 'a blocked producer', ({ nodes }) => nodes.orders.blocked && nodes.orders.held_back > 2);
  await playground.locator('.button.is-alarm.is-on').click();
  await waitForState(host, 'what was held back', ({ nodes }) => !nodes.orders.blocked && nodes.orders.held_back === 0);
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
  await entry(page, 'queue').press('Enter');
  await node(page, 'queue').nth(1).waitFor();
  await page.waitForFunction(() =>
    Object.values({ ...localStorage }).some((text) => (text.match(/kind\\?": ?\\?"queue/g) ?? []).length === 2),
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
  // Several events may lie within one millisecond, which is what the clock shows; twenty do not.
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('.');
  }
  await page.waitForFunction(
    (stopped) => document.querySelector('.transport-clock').textContent !== stopped,
    stopped,
  );
  await page.getByRole('button', { name: '简体中文' }).click();
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  assert.match(await page.locator('.palette').textContent(), /生产者/);
});
