// Editing as hands know it: a system is built from an empty stage with the mouse, with keys, and with fingers; boxes,
// copies, ends that are led elsewhere, menus, the list of commands; and everything can be taken back and made again.

import assert from 'node:assert/strict';
import test from 'node:test';
import { drag, EMPTY, middle, screenshot, usePlayground, waitForState } from './support.mjs';

const { openHost, openPage } = usePlayground();

/** A producer, a queue and a consumer in a row. */
const ROW = {
  mq_scenario: 1,
  title: 'Row',
  nodes: [
    { id: 'producer', kind: 'producer', label: 'Orders', at: [0, 0] },
    { id: 'queue', kind: 'queue', label: 'Work', at: [320, 0] },
    { id: 'consumer', kind: 'consumer', label: 'Worker', at: [680, 0] },
  ],
  edges: [
    { id: 'p', kind: 'publish', from: 'producer', to: 'queue' },
    { id: 's', kind: 'subscribe', from: 'queue', to: 'consumer' },
  ],
};

const byId = (frame, id) => frame.locator(`.stage [data-node="${id}"]`);
const byKind = (frame, kind) => frame.locator(`.node-${kind}`);
const menu = (frame) => frame.locator('.stage-menu [role=menu]');
const out = (node) => node.locator('.handle-out');

/** Waits until so many parts of the stage are there. */
const counts = (frame, selector, count) =>
  frame.waitForFunction(([selector, count]) => document.querySelectorAll(selector).length === count, [selector, count]);

/** The nodes and edges, as the host sees them. */
async function shape(host) {
  const { nodes } = await host.ask({ type: 'getState' });
  return Object.keys(nodes).sort();
}

test('built with the mouse: a producer, an exchange, two queues, consumers; all undone, all redone', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: EMPTY });
  await playground.locator('.stage-empty').waitFor();
  const stage = await playground.locator('.stage').boundingBox();
  const place = (across, down) => ({ x: stage.x + stage.width * across, y: stage.y + stage.height * down });

  // Clicked in the palette, then on the stage.
  await playground.locator('.palette-entry.is-producer').click();
  await page.mouse.move(place(0.14, 0.5).x, place(0.14, 0.5).y);
  await playground.locator('.placing-ghost').waitFor({ state: 'attached' });
  await page.mouse.click(place(0.14, 0.5).x, place(0.14, 0.5).y);
  await byKind(playground, 'producer').waitFor();
  // Dragged out of the palette.
  await drag(page, await middle(playground.locator('.palette-entry.is-exchange')), place(0.38, 0.5));
  await byKind(playground, 'exchange').waitFor();
  await drag(page, await middle(out(byKind(playground, 'producer'))), await middle(byKind(playground, 'exchange')));
  await counts(playground, 'svg.edge', 1);
  // A wire on the empty stage asks what is to stand there.
  for (const down of [0.25, 0.75]) {
    await drag(page, await middle(out(byKind(playground, 'exchange'))), place(0.55, down));
    await menu(playground).getByRole('menuitem', { name: 'Queue' }).click();
  }
  await counts(playground, '.node-queue', 2);
  await counts(playground, 'svg.edge', 3);
  // A double click on the empty stage asks too.
  await page.mouse.dblclick(place(0.87, 0.25).x, place(0.87, 0.25).y);
  await menu(playground).getByRole('menuitem', { name: 'Consumer' }).click();
  await byKind(playground, 'consumer').waitFor();
  await drag(page, await middle(out(byId(playground, 'queue'))), await middle(byKind(playground, 'consumer')));
  await drag(page, await middle(out(byId(playground, 'queue-2'))), await middle(byKind(playground, 'consumer')));
  await counts(playground, 'svg.edge', 5);
  await screenshot(page, 'editing-built-with-the-mouse');
  await host.ask({ type: 'play' });
  const built = await shape(host);
  assert.equal(built.length, 5);
  await host.ask({ type: 'pause' });
  // All of it back, and all of it again: the same document.
  const undo = playground.getByRole('button', { name: 'Undo' });
  const redo = playground.getByRole('button', { name: 'Redo' });
  while (await undo.isEnabled()) await undo.click();
  await counts(playground, '.stage [data-node]', 0);
  while (await redo.isEnabled()) await redo.click();
  await counts(playground, 'svg.edge', 5);
  assert.deepEqual(await shape(host), built);
});

test('built with keys alone', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: EMPTY });
  await playground.locator('.stage-empty').waitFor();
  await playground.locator('.stage').focus();
  // A asks what is to stand there; arrows and Enter answer.
  await page.keyboard.press('a');
  await menu(playground).waitFor();
  await page.keyboard.press('Enter');
  await byKind(playground, 'producer').waitFor();
  await playground.waitForFunction(() => document.activeElement?.matches('.node-producer'));
  // Ctrl and an arrow go on from there.
  await page.keyboard.press('Control+ArrowRight');
  await byKind(playground, 'queue').waitFor();
  await playground.waitForFunction(() => document.activeElement?.matches('.node-queue'));
  await page.keyboard.press('Control+ArrowRight');
  await playground.waitForFunction(() => document.activeElement?.matches('.node-consumer'));
  await counts(playground, 'svg.edge', 2);
  // One more like it takes from the same queue.
  await page.keyboard.press('Control+ArrowDown');
  await counts(playground, '.node-consumer', 2);
  await counts(playground, 'svg.edge', 3);
  // The list of commands, by typing.
  await page.keyboard.press('Control+k');
  const search = playground.locator('.commands-search');
  await search.waitFor();
  await search.fill('tidy');
  await page.keyboard.press('Enter');
  await playground.locator('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await search.fill('播放');
  await page.keyboard.press('Enter');
  await playground.waitForFunction(() => Number(document.querySelector('.ledger-entry b')?.textContent) > 3);
  await screenshot(page, 'editing-built-with-keys');
});

test('built with fingers on a phone; all undone, all redone; two fingers zoom', async (t) => {
  const host = await openHost(t, { width: 390, height: 844, touch: true });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: EMPTY });
  await playground.locator('.stage-empty').waitFor();
  const client = await page.context().newCDPSession(page);
  const touch = async (type, ...points) =>
    client.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(({ x, y }, id) => ({ x, y, id })) });
  const add = async (kind, count) => {
    await playground.locator('.tab').first().tap();
    await playground.locator(`.palette-entry.is-${kind}`).tap();
    await counts(playground, `.node-${kind}`, count);
  };
  await add('producer', 1);
  await add('exchange', 1);
  for (const count of [1, 2]) await add('queue', count);
  for (const count of [1, 2]) await add('consumer', count);
  // All of it in view.
  await playground.locator('.stage-controls button').last().tap();
  // A finger draws wires: it takes a handle, crosses the stage and lets go over a node.
  let edges = 0;
  const connect = async (from, to) => {
    const [begin, end] = [await middle(out(byId(playground, from))), await middle(byId(playground, to))];
    await touch('touchStart', begin);
    for (const part of [0.3, 0.7, 1]) {
      await touch('touchMove', { x: begin.x + (end.x - begin.x) * part, y: begin.y + (end.y - begin.y) * part });
    }
    await touch('touchEnd');
    edges += 1;
    await counts(playground, 'svg.edge', edges);
  };
  await connect('producer', 'exchange');
  await connect('exchange', 'queue');
  await connect('exchange', 'queue-2');
  await connect('queue', 'consumer');
  await connect('queue-2', 'consumer-2');
  await screenshot(page, 'editing-built-with-fingers');
  const built = await shape(host);
  const undo = playground.getByRole('button', { name: 'Undo' });
  const redo = playground.getByRole('button', { name: 'Redo' });
  while (await undo.isEnabled()) await undo.tap();
  await counts(playground, '.stage [data-node]', 0);
  while (await redo.isEnabled()) await redo.tap();
  await counts(playground, 'svg.edge', edges);
  assert.deepEqual(await shape(host), built);
  // Two fingers zoom.
  const zoom = playground.locator('.stage-zoom');
  const before = await zoom.textContent();
  const { x, y, height } = await playground.locator('.stage').boundingBox();
  const at = (apart) => [
    // Beside the controls, which have the other corner.
    { x: x + 95 - apart, y: y + height * 0.9 },
    { x: x + 95 + apart, y: y + height * 0.9 },
  ];
  await touch('touchStart', ...at(20));
  for (const apart of [40, 60, 80]) await touch('touchMove', ...at(apart));
  await touch('touchEnd');
  await playground.waitForFunction((before) => document.querySelector('.stage-zoom').textContent !== before, before);
});

test('a box, copies, and an end that is led elsewhere', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: ROW });
  await byId(playground, 'consumer').waitFor();
  const [producer, consumer] = [await byId(playground, 'producer').boundingBox(), await byId(playground, 'consumer').boundingBox()];
  const corner = { x: producer.x - 24, y: producer.y - 40 };
  await drag(page, corner, { x: consumer.x + 40, y: consumer.y + 40 });
  await counts(playground, '.stage [data-node].is-selected', 3);
  // The clipboard takes them, and gives them back under other names.
  await page.keyboard.press('Control+c');
  await page.mouse.move(producer.x + 400, producer.y + 330);
  await page.keyboard.press('Control+v');
  await counts(playground, '.stage [data-node]', 6);
  await counts(playground, 'svg.edge', 4);
  await playground.getByText('Work 2').first().waitFor();
  await page.keyboard.press('Control+z');
  await counts(playground, '.stage [data-node]', 3);
  // A drag with Alt carries a second copy off.
  await page.keyboard.press('Escape');
  const grip = { x: consumer.x + consumer.width / 2, y: consumer.y + 12 };
  await drag(page, grip, { x: grip.x, y: grip.y + 240 }, ['Alt']);
  await byId(playground, 'consumer-2').waitFor();
  // The end of the subscription goes there.
  await page.keyboard.press('Escape');
  const edge = playground.locator('svg.edge[data-edge="s"]');
  await edge.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('c');
  await page.keyboard.press('Enter');
  await host.ask({ type: 'play', until_us: 3_000_000 });
  const { nodes } = await waitForState(host, 'three seconds', ({ time_us }) => time_us >= 3_000_000);
  assert.equal(nodes.consumer.delivered, 0);
  assert.ok(nodes['consumer-2'].delivered > 0);
});

test('menus: of a node, of the stage, of several', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: ROW });
  await byId(playground, 'queue').click({ button: 'right', position: { x: 60, y: 12 } });
  await menu(playground).getByRole('menuitem', { name: 'Duplicate' }).click();
  await byId(playground, 'queue-2').waitFor();
  await page.keyboard.press('Control+z');
  await byId(playground, 'queue-2').waitFor({ state: 'detached' });
  const stage = await playground.locator('.stage').boundingBox();
  await page.mouse.click(stage.x + stage.width / 2, stage.y + stage.height - 60, { button: 'right' });
  await menu(playground).getByRole('menuitem', { name: 'Select all nodes' }).click();
  await counts(playground, '.stage [data-node].is-selected', 3);
  await byId(playground, 'queue').click({ button: 'right', position: { x: 60, y: 12 } });
  await screenshot(page, 'editing-menu');
  await menu(playground).getByRole('menuitem', { name: 'Delete' }).click();
  await counts(playground, '.stage [data-node]', 0);
  await page.keyboard.press('Control+z');
  await counts(playground, '.stage [data-node]', 3);
  // F2 leads to the name.
  await byId(playground, 'queue').focus();
  await page.keyboard.press('F2');
  await playground.waitForFunction(() => document.activeElement?.id === 'setting-label');
});

test('a note is written where it stands, kept, coloured and taken back', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: ROW });
  await byId(playground, 'consumer').waitFor();
  await playground.locator('.palette').getByRole('button', { name: 'Note' }).click();
  const note = playground.locator('.note');
  await note.waitFor();
  await note.dblclick();
  const field = note.locator('textarea');
  await field.fill('<b>Slow</b> since Monday');
  await page.keyboard.press('Control+Enter');
  await field.waitFor({ state: 'detached' });
  assert.equal(await note.locator('p').textContent(), '<b>Slow</b> since Monday', 'text, never markup');
  // Escape leaves it as it was.
  await note.press('Enter');
  await field.fill('Something else');
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  assert.equal(await note.locator('p').textContent(), '<b>Slow</b> since Monday');
  // It is carried about like a node, and goes with one key.
  const before = await note.boundingBox();
  await drag(page, await middle(note), { x: before.x + before.width / 2 + 80, y: before.y + before.height / 2 + 160 });
  await playground.waitForFunction((x) => document.querySelector('.note').getBoundingClientRect().x > x + 40, before.x);
  await page.keyboard.press('Delete');
  await note.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+z');
  await note.waitFor();
});

test('on a phone the list scrolls under a finger, sheets close, and the invitation shows where', async (t) => {
  const { page } = await openPage(t, { width: 390, height: 844, touch: true });
  const nodes = await page.locator('.stage [data-node]').count();
  const palette = page.locator('.panel.is-palette');
  const closed = () => page.locator('.panel.is-open').waitFor({ state: 'detached' });
  await page.locator('.tab').first().tap();
  // The sheet comes up, and then it stands.
  await page.locator('.palette-entry.is-consumer').tap({ trial: true });
  const { x, y } = await middle(page.locator('.palette-entry.is-consumer'));
  const client = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => client.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', { x, y });
  for (const moved of [20, 60, 100, 140]) await touch('touchMove', { x, y: y - moved });
  await touch('touchEnd');
  await page.waitForFunction(() => document.querySelector('.panel.is-palette').scrollTop > 50);
  assert.equal(await page.locator('.stage [data-node]').count(), nodes, 'scrolling adds nothing');
  await palette.locator('.sheet-close').tap();
  await closed();
  await page.locator('.tab').nth(1).tap();
  await page.locator('.panel.is-inspector.is-open').waitFor();
  const stage = await page.locator('.stage').boundingBox();
  await page.touchscreen.tap(stage.x + stage.width / 2, stage.y + 100);
  await closed();
  // The button that breaks a node is not drawn from afar: the camera goes there.
  await page.locator('.invitation-text').tap();
  await page.locator('.node-consumer[data-pointed] .node-fault').first().tap();
  await page.locator('.node-consumer.is-down').waitFor();
  await page.locator('.invitation').waitFor({ state: 'detached' });
});

test('a wire that is let go over a panel leads nowhere, whatever lies beneath', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900 });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: { ...ROW, edges: ROW.edges.slice(0, 1) } });
  const consumer = byId(playground, 'consumer');
  await consumer.waitFor();
  // The stage is pushed until the consumer lies beneath the inspector.
  const inspector = await middle(playground.locator('.panel.is-inspector'));
  await page.mouse.move(inspector.x - 500, inspector.y);
  // In another page, the wheel is that page's until somebody has come to the stage.
  await page.mouse.click(inspector.x - 500, inspector.y);
  await page.mouse.wheel((await middle(consumer)).x - inspector.x, 0);
  await playground.waitForFunction(() => {
    const left = (selector) => document.querySelector(selector).getBoundingClientRect().left;
    return left('[data-node="consumer"]') > left('.panel.is-inspector');
  });
  await drag(page, await middle(out(byId(playground, 'queue'))), { x: inspector.x, y: (await middle(consumer)).y });
  assert.equal(await playground.locator('.wire').count(), 0);
  assert.equal(await menu(playground).count(), 0, 'nothing is asked');
  await counts(playground, 'svg.edge', 1);
});
