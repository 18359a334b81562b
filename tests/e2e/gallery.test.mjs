// The scenarios: those that come with the page, fetched when they are wanted, and a person's own ones, which survive
// reloads, links and one another.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { accessibilityProblems, screenshot, usePlayground } from './support.mjs';

const { openHost, openPage } = usePlayground();

const index = JSON.parse(readFileSync(new URL('../../static/scenarios-index.json', import.meta.url), 'utf8'));
const entries = index.groups.flatMap((group) => group.scenarios);

const dialog = (page) => page.locator('dialog.gallery[open]');
const card = (page, name) => dialog(page).locator(`[data-scenario="${name}"]`);
const own = (page) => dialog(page).locator('.gallery-own');
const title = (page) => page.locator('.header-scenario');

async function openDialog(page) {
  await page.locator('.header-scenarios').click();
  await dialog(page).locator('[data-scenario]').first().waitFor();
}

/** What is kept of a person's own scenarios, without what is around it. */
const kept = (page) =>
  page.evaluate(() =>
    Object.entries({ ...localStorage })
      .filter(([key]) => key.startsWith('mq-playground.own.'))
      .map(([, value]) => JSON.parse(value))
      .map(({ title, text }) => ({ title, nodes: JSON.parse(text).nodes.length })),
  );

/** Adds a queue, which is a change. */
async function change(page) {
  const queues = page.locator('.stage .node-queue');
  const before = await queues.count();
  await page.locator('.palette-entry.is-queue').press('Enter');
  await queues.nth(before).waitFor();
}

const ownCount = (page, count) =>
  page.waitForFunction(
    (count) => Object.keys({ ...localStorage }).filter((key) => key.startsWith('mq-playground.own.')).length === count,
    count,
  );

test('every scenario that comes with the page has a card with a picture, is found, and opens', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await page.locator('.stage .node').first().waitFor();
  await openDialog(page);
  assert.equal(await dialog(page).locator('[data-scenario]').count(), entries.length);
  await page.waitForFunction(
    (count) => document.querySelectorAll('dialog[open] [data-scenario] svg .instrument').length > count,
    entries.length,
  );
  await page.waitForFunction(() =>
    [...document.querySelectorAll('dialog[open] [data-scenario]')].every((card) => card.querySelector('svg')),
  );
  await screenshot(page, 'gallery');
  await dialog(page).locator('.gallery-search').fill('POISON');
  await card(page, 'work-queue').waitFor({ state: 'detached' });
  assert.equal(await dialog(page).locator('[data-scenario]').count(), 1);
  await card(page, 'poison-message').press('Enter');
  await dialog(page).waitFor({ state: 'detached' });
  await title(page).getByText('A poison message is put aside').waitFor();
  // What was merely opened is nobody's own, and is there again after a reload.
  await page.waitForFunction(() => localStorage.getItem('mq-playground.scenario')?.includes('poison'));
  assert.deepEqual(await kept(page), []);
  await page.reload();
  await title(page).getByText('A poison message is put aside').waitFor();
});

test('the address names a scenario; where it does not exist or does not arrive, what was there stays', async (t) => {
  const options = { width: 1440, height: 900, lang: 'en' };
  const { page, address } = await openPage(t, {
    ...options,
    query: { scenario: 'saga' },
    expectedProblems: [/mq\.json/, /Failed to load resource/, /ERR_FAILED/],
  });
  await title(page).getByText('A saga takes back what cannot be finished').waitFor();
  await change(page);
  await ownCount(page, 1);
  const to = (name) => page.goto(address.replace('scenario=saga', `scenario=${name}`));
  await to('no-such-scenario');
  await page.getByText('no scenario with the name no-such-scenario').waitFor();
  await title(page).getByText('A saga takes back').waitFor();
  await page.route('**/seed/mq.json', (route) => route.abort());
  await to('mq');
  await page.getByText('The scenario mq could not be fetched').waitFor();
  await title(page).getByText('A saga takes back').waitFor();
  await page.unroute('**/seed/mq.json');
  await to('burst');
  await title(page).getByText('A queue levels a burst').waitFor();
  assert.equal((await kept(page)).length, 1, 'a link takes nothing away');
});

test('what a person changes stays in the list: opened again, copied, deleted and brought back', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await page.locator('.stage .node').first().waitFor();
  const nodes = await page.locator('.stage .node').count();
  await change(page);
  // Whoever opens another one at once has it kept as well.
  await openDialog(page);
  await card(page, 'basics').click();
  await title(page).getByText('One producer, one queue, one consumer').waitFor();
  assert.deepEqual((await kept(page)).map((one) => one.nodes), [nodes + 1]);
  await openDialog(page);
  assert.equal(await own(page).count(), 1);
  assert.deepEqual(await accessibilityProblems(page), []);
  await screenshot(page, 'gallery-own');
  await own(page).locator('.gallery-card').click();
  await page.locator('.stage .node-queue').nth(1).waitFor();
  // A change goes to the same one, and a page that is left at once keeps it too.
  await change(page);
  await page.reload();
  await page.locator('.stage .node-queue').nth(2).waitFor();
  assert.deepEqual((await kept(page)).map((one) => one.nodes), [nodes + 2]);
  await openDialog(page);
  await own(page).locator('.gallery-actions button').nth(0).click();
  await own(page).nth(1).waitFor();
  assert.match(await own(page).first().locator('.gallery-name').textContent(), /\(copy\)$/);
  // The second one is the one that is open: its number of nodes tells it.
  const current = own(page).filter({ has: page.locator('[aria-current=true]') });
  await current.getByRole('button', { name: /^Delete/ }).click();
  await current.waitFor({ state: 'detached' });
  await ownCount(page, 1);
  await page.waitForFunction(() => document.activeElement?.matches('.gallery-undo'));
  await page.keyboard.press('Enter');
  await current.waitFor();
  await ownCount(page, 2);
  const download = page.waitForEvent('download');
  await current.getByRole('button', { name: /^Save/ }).click();
  const file = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  assert.equal(file.nodes.length, nodes + 2);
  // An empty one is nobody's own before it is changed.
  await dialog(page).getByRole('button', { name: 'New' }).click();
  await page.locator('.stage-empty').waitFor();
  await change(page);
  await ownCount(page, 3);
});

test('what an older version kept is in the list, and what cannot be read is listed and never deleted', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await page.locator('.stage .node').first().waitFor();
  await page.evaluate(() => {
    localStorage.clear();
    localStorage.setItem('mq-playground.scenario', JSON.stringify({ mq_scenario: 1, title: 'From before', nodes: [], edges: [] }));
    localStorage.setItem('mq-playground.own.broken', '{"title": "Torn <b>apart</b>", "te');
    localStorage.setItem('mq-playground.own.later', JSON.stringify({ title: 'From later', changed_at_ms: 5, text: '{"mq_scenario": 99}' }));
  });
  await page.reload();
  await title(page).getByText('From before').waitFor();
  await openDialog(page);
  assert.equal(await own(page).count(), 3);
  assert.equal(await own(page).locator('.gallery-card:disabled').count(), 2);
  const broken = dialog(page).locator('[data-own=broken]');
  const download = page.waitForEvent('download');
  await broken.getByRole('button', { name: /^Save/ }).click();
  assert.equal(readFileSync(await (await download).path(), 'utf8'), '{"title": "Torn <b>apart</b>", "te');
  await ownCount(page, 3);
});

test('a hundred are kept, and it is said that there is no room for more', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await page.locator('.stage .node').first().waitFor();
  await page.evaluate(() => {
    const text = JSON.stringify({ mq_scenario: 1, title: 'One of many', nodes: [], edges: [] });
    for (let one = 0; one < 100; one += 1) {
      localStorage.setItem(`mq-playground.own.${one}`, JSON.stringify({ title: 'One of many', changed_at_ms: one, text }));
    }
  });
  await change(page);
  await page.getByText('You have 100 scenarios, and no more are kept').waitFor();
  await ownCount(page, 100);
  // It is there again all the same.
  await page.reload();
  await page.locator('.stage .node-queue').nth(1).waitFor();
});

test('where storage is refused it is said once, and everything goes on', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
  });
  await page.reload();
  await page.locator('.stage .node').first().waitFor();
  await change(page);
  const notice = page.locator('.notice', { hasText: 'This browser keeps nothing' });
  await notice.waitFor();
  await notice.getByRole('button').click();
  await notice.waitFor({ state: 'detached' });
  await change(page);
  await openDialog(page);
  assert.equal(await notice.count(), 0);
  await card(page, 'rpc').click();
  await title(page).getByText('Questions and answers over two queues').waitFor();
});

test('an embedded page keeps nothing', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { playground } = host;
  await change(playground);
  await playground.locator('.header-scenarios').click();
  await dialog(playground).locator('[data-scenario]').first().waitFor();
  assert.equal(await own(playground).count(), 0);
  await card(playground, 'rpc').click();
  await title(playground).getByText('Questions and answers over two queues').waitFor();
  assert.deepEqual(await playground.evaluate(() => Object.keys({ ...localStorage })), []);
});

test('a file that is dropped onto the page opens', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await page.locator('.stage .node').first().waitFor();
  const drop = async (text) => {
    const data = await page.evaluateHandle((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'dropped.json', { type: 'application/json' }));
      return data;
    }, text);
    await page.dispatchEvent('.stage', 'dragover', { dataTransfer: data });
    await page.dispatchEvent('.stage', 'drop', { dataTransfer: data });
  };
  await drop(JSON.stringify({ mq_scenario: 1, title: 'Dropped', nodes: [], edges: [] }));
  await title(page).getByText('Dropped').waitFor();
  await drop('{"mq_scenario": 1, "nodes": 3}');
  await page.getByText('dropped.json').waitFor();
  await title(page).getByText('Dropped').waitFor();
});

test('on a phone the cards stand in one column', async (t) => {
  const { page } = await openPage(t, { width: 390, height: 844, lang: 'zh-CN', touch: true });
  await page.locator('.stage .node').first().waitFor();
  await openDialog(page);
  const boxes = await Promise.all(
    [0, 1, 2].map((place) => dialog(page).locator('[data-scenario]').nth(place).boundingBox()),
  );
  assert.ok(boxes[0].x === boxes[1].x && boxes[1].x === boxes[2].x, JSON.stringify(boxes));
  assert.ok(boxes.every(({ x, width }) => x >= 0 && x + width <= 390));
  await page.waitForFunction(() => document.querySelectorAll('dialog[open] svg .instrument').length > 10);
  await screenshot(page, 'gallery-phone');
});
