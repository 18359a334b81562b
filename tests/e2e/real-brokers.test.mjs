// Definitions of a real broker, opened in the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { screenshot, usePlayground } from './support.mjs';

const { openPage } = usePlayground();

const DEFINITIONS = readFileSync(new URL('../it/definitions.json', import.meta.url), 'utf8');

const open = (page, name, text) =>
  page.locator('#open-file').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });

test('definitions of a broker are drawn, and what is left out is said', async (t) => {
  const { page } = await openPage(t, { lang: 'en', width: 1440, height: 900 });
  await page.locator('[data-node]').first().waitFor();
  await open(page, 'definitions.json', DEFINITIONS);
  await page.locator('[data-node="orders.eu"]').waitFor();
  const notice = page.getByText('“definitions.json” is drawn', { exact: false });
  await notice.waitFor();
  // A pattern that cannot be read is said, and takes nobody down.
  await page.getByText('“broken”: the policy', { exact: false }).waitFor();
  const nodes = await page.locator('[data-node]').evaluateAll((nodes) => nodes.map((node) => node.dataset.node));
  assert.deepEqual(nodes.filter((id) => /^(producer|consumer)/.test(id)).length, 4);
  assert.ok(nodes.includes('dead') && !nodes.includes('log'), String(nodes));
  await screenshot(page, 'definitions');
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
  await open(page, 'broker.json', JSON.stringify({ queues, exchanges, bindings }));
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
