// Definitions of a real broker, opened in the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { accessibilityProblems, screenshot, usePlayground } from './support.mjs';

const { openPage } = usePlayground();

const DEFINITIONS = readFileSync(new URL('../it/definitions.json', import.meta.url), 'utf8');

/** What the management API answers, of two virtual hosts. */
const QUEUES = [
  { name: 'elsewhere', vhost: '/', consumers: 7, message_stats: { deliver_get_details: { rate: 70 } } },
  { name: 'orders.eu', vhost: 'shop', consumers: 4, message_stats: { deliver_get_details: { rate: 160 } } },
];
const EXCHANGES = [
  { name: 'orders', vhost: 'shop', type: 'topic', internal: false, message_stats: { publish_in_details: { rate: 150.5 } } },
];

const file = (name, content) => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
});

const open = (page, name, content) => page.locator('#open-file').setInputFiles(file(name, content));

const nodes = (page) => page.locator('[data-node]').evaluateAll((nodes) => nodes.map((node) => node.dataset.node));

/** The scenario that is on the page, as the file that is saved. */
async function saved(page) {
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  return JSON.parse(readFileSync(await (await download).path(), 'utf8'));
}

test('definitions of a broker are drawn, and what is left out is said', async (t) => {
  const { page } = await openPage(t, { lang: 'en', width: 1440, height: 900 });
  await page.locator('[data-node]').first().waitFor();
  await open(page, 'definitions.json', DEFINITIONS);
  const dialog = page.getByRole('dialog', { name: 'A broker\'s definitions' });
  // The fullest is proposed.
  await dialog.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.locator('[data-node="orders.eu"]').waitFor();
  await dialog.waitFor({ state: 'detached' });
  const notice = page.getByText('“definitions.json” is drawn', { exact: false });
  await notice.waitFor();
  // A pattern that cannot be read is said, and takes nobody down.
  await page.getByText('“broken”: the policy', { exact: false }).waitFor();
  const drawn = await nodes(page);
  assert.deepEqual(drawn.filter((id) => /^(producer|consumer)/.test(id)).length, 4);
  assert.ok(drawn.includes('dead') && !drawn.includes('log'), String(drawn));
  await screenshot(page, 'definitions');
});

test('of several virtual hosts one is chosen, by keys, and what was there stays until then', async (t) => {
  const { page } = await openPage(t, { lang: 'en', width: 1440, height: 900 });
  await page.locator('[data-node]').first().waitFor();
  const before = await nodes(page);
  const button = page.getByRole('button', { name: 'Open a file' });
  await button.focus();
  await open(page, 'definitions.json', DEFINITIONS);
  const dialog = page.getByRole('dialog', { name: 'A broker\'s definitions' });
  const host = dialog.getByRole('combobox', { name: 'Virtual host' });
  await host.waitFor();
  assert.ok(await host.evaluate((element) => element === document.activeElement));
  assert.deepEqual(await host.locator('option').allTextContents(), ['/ – 1 queue, 0 exchanges', 'shop – 4 queues, 4 exchanges']);
  assert.equal(await host.evaluate((element) => element.selectedIndex), 1);
  // Who closes it has opened nothing, and is where it was opened from.
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(await nodes(page), before);
  assert.ok(await button.evaluate((element) => element === document.activeElement));
  // The other one, without a mouse.
  await open(page, 'definitions.json', DEFINITIONS);
  await host.waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('[data-node="elsewhere"]').waitFor();
  assert.deepEqual((await nodes(page)).sort(), ['consumer', 'elsewhere', 'producer']);
});

test('rates that a broker measured are given with its definitions, or afterwards', async (t) => {
  const { page } = await openPage(t, { lang: 'en', width: 1440, height: 900 });
  await page.locator('[data-node]').first().waitFor();
  await open(page, 'definitions.json', DEFINITIONS);
  const dialog = page.getByRole('dialog', { name: 'A broker\'s definitions' });
  const draw = dialog.getByRole('button', { name: 'Draw', exact: true });
  const rates = page.locator('#open-rates');
  await draw.waitFor();
  // What is none is said, and the others stay.
  await rates.setInputFiles([file('queues.json', QUEUES), file('exchanges.json', EXCHANGES)]);
  await dialog.getByRole('button', { name: 'Remove exchanges.json' }).waitFor();
  await rates.setInputFiles(file('nothing.json', '[]'));
  await dialog.getByRole('alert').getByText('“nothing.json”: no answer of the management API', { exact: false }).waitFor();
  assert.equal(await dialog.getByRole('listitem').count(), 2);
  assert.deepEqual(await accessibilityProblems(page), []);
  await screenshot(page, 'definitions-asked');
  await draw.click();
  await page.locator('[data-node="orders.eu"]').waitFor();
  /** The settings of all parts of a kind, as they are saved. */
  const settings = async (kind) => (await saved(page)).nodes.filter((node) => node.kind === kind).map((node) => node.settings);
  const patterns = (await settings('producer')).map(({ pattern }) => pattern);
  assert.deepEqual(patterns, [{ poisson: { per_s: 150.5 } }]);
  const consumers = async () => (await settings('consumer')).map(({ concurrency }) => concurrency);
  assert.deepEqual(await consumers(), [4]);

  // Where nothing has to be asked, the notice leads to the same.
  const one = { queues: [{ name: 'work', vhost: '/', durable: true }], exchanges: [], bindings: [], vhosts: [{ name: '/' }, { name: 'empty' }] };
  await open(page, 'one.json', one);
  await page.locator('[data-node="work"]').waitFor();
  assert.deepEqual(await consumers(), [1]);
  const again = page.getByRole('button', { name: 'Add rates …' });
  assert.equal(await again.count(), 1);
  await again.click();
  await draw.waitFor();
  await rates.setInputFiles(file('queues.json', [{ name: 'work', vhost: '/', consumers: 3 }]));
  await dialog.getByRole('button', { name: 'Remove queues.json' }).waitFor();
  await draw.click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(await consumers(), [3]);
  assert.equal(await again.count(), 1);
  assert.ok(await again.evaluate((element) => element === document.activeElement));
});

test('on a phone, in Chinese, the question fits', async (t) => {
  const { page } = await openPage(t, { lang: 'zh-CN', width: 390, height: 844, touch: true });
  await page.locator('[data-node]').first().waitFor();
  await open(page, 'definitions.json', DEFINITIONS);
  const dialog = page.getByRole('dialog', { name: '代理的定义' });
  await dialog.getByRole('button', { name: '画出' }).waitFor();
  await page.locator('#open-rates').setInputFiles(file('queues.json', QUEUES));
  await dialog.getByRole('button', { name: '移除 queues.json' }).waitFor();
  assert.ok(await dialog.evaluate((element) => element.scrollWidth <= element.clientWidth));
  assert.deepEqual(await accessibilityProblems(page), []);
  await screenshot(page, 'definitions-asked-phone');
  await dialog.getByRole('button', { name: '画出' }).click();
  await page.locator('[data-node="orders.eu"]').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: '添加速率…' }).waitFor();
  assert.deepEqual(await accessibilityProblems(page), []);
  await screenshot(page, 'definitions-drawn-phone');
});

test('a drawing is handed out in the forms that brokers take', async (t) => {
  const { page } = await openPage(t, { lang: 'en', width: 1440, height: 900 });
  await page.locator('[data-node]').first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('Share');
  await page.keyboard.press('Enter');
  const dialog = page.locator('dialog.share');
  const saved = async (name) => {
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name, exact: true }).click();
    const file = await download;
    return [file.suggestedFilename(), readFileSync(await file.path())];
  };
  const [name, text] = await saved('Definitions');
  assert.match(name, /\.definitions\.json$/);
  const { queues, exchanges, bindings } = JSON.parse(text);
  assert.ok(queues.length > 0 && Array.isArray(exchanges) && Array.isArray(bindings));
  for (const [form, ending, begins] of [
    ['Docker Compose', '.compose.zip', 'PK'],
    ['Terraform', '.tf', ''],
    ['AsyncAPI', '.asyncapi.json', '{'],
    ['rabbitmqadmin', '.sh', '#!/bin/sh'],
    ['Programs', '.clients.zip', 'PK'],
  ]) {
    const [name, content] = await saved(form);
    assert.ok(name.endsWith(ending), name);
    assert.equal(content.subarray(0, begins.length).toString(), begins);
  }
});

test('three hundred queues are drawn at once', async (t) => {
  const { page } = await openPage(t, { lang: 'zh-CN', width: 1440, height: 900 });
  await page.locator('[data-node]').first().waitFor();
  const queues = Array.from({ length: 300 }, (_, number) => ({ name: `queue.${number}`, durable: true }));
  const exchanges = [{ name: 'all', type: 'topic', durable: true }];
  const bindings = queues.map(({ name }) => ({ source: 'all', destination: name, destination_type: 'queue', routing_key: name }));
  await open(page, 'broker.json', { queues, exchanges, bindings });
  await page.locator('[data-node="queue.299"]').waitFor({ state: 'attached' });
  assert.equal(await page.locator('[data-node]').count(), 602);
});

test('what is no definitions stays outside, and what was there stays', async (t) => {
  const { page } = await openPage(t, { lang: 'en' });
  await page.locator('[data-node]').first().waitFor();
  const before = await page.locator('[data-node]').count();
  await open(page, 'definitions.json', '{"queues": [{"durable": true}]}');
  await page.getByText('/queues/0: missing field `name`', { exact: false }).waitFor();
  assert.equal(await page.locator('[data-node]').count(), before);
});
