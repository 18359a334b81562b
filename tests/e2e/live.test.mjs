// The page connected to a real RabbitMQ on this computer, which the tests start. Where none is installed they say so and are skipped.

import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_BROKER, startBroker } from './broker.mjs';
import { accessibilityProblems, screenshot, usePlayground } from './support.mjs';

const { openPage, openHost } = usePlayground();

let starting;

/** The one broker of all tests here; it is asked by the origin of the page's server. */
function theBroker(address) {
  starting ??= startBroker(new URL(address).origin);
  return starting;
}

test.after(async () => (await starting)?.stop());

/** A page, and the broker, whose addresses it may ask. A virtual host for each test. */
async function open(t, options = {}) {
  const opened = await openPage(t, { lang: 'en', width: 1440, height: 900, ...options });
  const broker = await theBroker(opened.address);
  opened.allow(broker.api, new URL(broker.stomp).origin);
  const host = `test ${t.name.slice(0, 40)} ${options.theme ?? ''}${options.lang ?? ''}`;
  await broker.ask('PUT', `vhosts/${encodeURIComponent(host)}`);
  await opened.page.locator('[data-node]').first().waitFor();
  return { ...opened, broker, host };
}

async function ask(page, chinese) {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill(chinese ? '真实' : 'real broker');
  await page.keyboard.press('Enter');
  return page.locator('dialog.connect');
}

async function connect(page, broker, host, { chinese = false, password = 'guest' } = {}) {
  const dialog = await ask(page, chinese);
  await dialog.locator('#connect-api').fill(broker.api);
  await dialog.locator('#connect-stomp').fill(broker.stomp);
  await dialog.locator('#connect-host').fill(host);
  await dialog.locator('#connect-password').fill(password);
  await page.keyboard.press('Enter');
  return dialog;
}

const part = (page, place) => page.locator('.connected-part').nth(place);
const DEPLOY = 0;
const PUBLISH = 1;
const CONSUME = 2;
const TWIN = 3;
const EVENTS = 4;

/** Waits until the page's ledger of the broker says so. */
const counts = (page, name, count) =>
  page.locator(`.connected-ledger [data-count="${name}"] dd`).filter({ hasText: new RegExp(`^${count}$`) }).waitFor();

async function unfold(page, place) {
  const fold = part(page, place);
  if (!(await fold.evaluate((fold) => fold.open))) await fold.locator('summary').click();
  return fold;
}

async function deploy(page) {
  const fold = await unfold(page, DEPLOY);
  await fold.locator('.connected-plan .is-new').first().waitFor();
  await fold.getByRole('button', { name: /Create th|创建这/ }).click();
  await fold.locator('.connected-done').waitFor();
}

test('the first scenario is brought to a broker, used there, and a crash delivers again', { skip: NO_BROKER }, async (t) => {
  const { page, broker, host } = await open(t);
  await connect(page, broker, host);
  await page.locator('.connected-badge', { hasText: 'Live' }).waitFor();
  await page.locator('.connected-nothing').waitFor();
  await deploy(page);
  const queue = page.locator('.stage [data-node="Order queue"]');
  await queue.waitFor();
  const [declared] = await broker.ask('GET', `queues/${encodeURIComponent(host)}?columns=name,durable`);
  assert.deepEqual(declared, { name: 'Order queue', durable: true });

  // A hundred messages: the broker confirms each.
  await page.locator('#publish-count').fill('100');
  await part(page, PUBLISH).getByRole('button', { name: 'Publish' }).click();
  await counts(page, 'confirmed', 100);
  await queue.and(page.getByLabel(/100/)).waitFor();

  // A consumer that a person acks for: its connection is dropped with ten messages in its hands.
  const consume = part(page, CONSUME);
  await consume.getByRole('button', { name: 'Start consuming' }).click();
  const first = page.locator('.connected-consumer[data-consumer="1"]');
  await first.locator('.is-held li').nth(7).waitFor();
  await counts(page, 'held', 10);
  assert.equal(await first.locator('.is-redelivered').count(), 0);
  await screenshot(page, 'live-held');
  await first.getByRole('button', { name: 'Drop its connection' }).click();
  await counts(page, 'given_back', 10);
  await first.getByRole('button', { name: 'Restart' }).click();
  await counts(page, 'redelivered', 10);
  await first.locator('.is-held .connected-flag', { hasText: 'redelivered' }).nth(7).waitFor();
  await part(page, EVENTS).getByText('was delivered again (redelivered)').first().waitFor();
  await screenshot(page, 'live-redelivered');
  await first.locator('.is-held li').first().getByRole('button', { name: 'Ack', exact: true }).click();
  await counts(page, 'acked', 1);
  await first.getByRole('button', { name: 'Ack all' }).click();

  // All of them are worked off; what the broker has is what the page says.
  await first.getByRole('button', { name: 'Remove' }).click();
  await consume.locator('#consume-acks').selectOption('after');
  await consume.locator('#consume-ms').fill('1');
  await consume.getByRole('button', { name: 'Start consuming' }).click();
  await counts(page, 'acked', 100);
  const [empty] = await broker.ask('GET', `queues/${encodeURIComponent(host)}?disable_stats=true&enable_queue_totals=true`);
  assert.deepEqual([empty.messages_ready, empty.messages_unacknowledged], [0, 0]);

  // Back to the simulation, as it was.
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.locator('[data-node="packer-1"]').waitFor();
  assert.equal(await page.locator('.connected-badge').count(), 0);
});

test('messages are traced while that is asked for, and no longer', { skip: NO_BROKER }, async (t) => {
  // What was traced may be asked for at the moment in which its queue goes.
  const expectedProblems = [/^404 for .*mq-playground\.trace\..*get$/, /^console: .*404/];
  const { page, broker, host } = await open(t, { expectedProblems });
  const at = encodeURIComponent(host);
  await broker.ask('PUT', `exchanges/${at}/news`, { type: 'topic', durable: true });
  await broker.ask('PUT', `queues/${at}/all`, { durable: true });
  await broker.ask('POST', `bindings/${at}/e/news/q/all`, { routing_key: '#' });
  await connect(page, broker, host);
  await page.locator('.stage [data-node="all"]').waitFor();
  const tracing = async () => (await broker.ask('GET', `vhosts/${at}`)).tracing;
  assert.equal(await tracing(), false);
  const trace = page.getByRole('switch', { name: 'Show every message' });
  await trace.click();
  await trace.and(page.locator('[aria-checked="true"]')).waitFor();
  assert.equal(await tracing(), true);
  await page.locator('#publish-target').selectOption({ label: 'exchange news' });
  await page.locator('#publish-key').fill('weather.today');
  await part(page, PUBLISH).getByRole('button', { name: 'Publish' }).click();
  await part(page, EVENTS).getByText('published to news with “weather.today” → all').waitFor();
  // Somebody else's message is seen, too.
  await broker.ask('POST', `exchanges/${at}/news/publish`, { properties: {}, routing_key: 'other', payload: 'x', payload_encoding: 'string' });
  await part(page, EVENTS).getByText('published to news with “other” → all').waitFor();
  await screenshot(page, 'live-traced');
  await trace.click();
  await trace.and(page.locator('[aria-checked="false"]')).waitFor();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.locator('[data-node="packer-1"]').waitFor();
  assert.equal(await tracing(), false);
  assert.deepEqual(await broker.ask('GET', `queues/${at}?columns=name`), [{ name: 'all' }]);
});

test('the same producers and consumers run in the simulation and at the broker', { skip: NO_BROKER }, async (t) => {
  const { page, broker, host } = await open(t);
  await connect(page, broker, host);
  const twin = await unfold(page, TWIN);
  await twin.getByRole('button', { name: 'Run both' }).click();
  await twin.getByText('bring it there first').waitFor();
  await deploy(page);
  await twin.getByRole('button', { name: 'Run both' }).click();
  const cells = (name) => twin.locator(`[data-twin="${name}"] td`).allInnerTexts();
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll('[data-twin="acked"] td')].map((cell) => Number(cell.textContent));
    return cells.length === 2 && cells.every((acked) => acked >= 50);
  });
  await screenshot(page, 'live-twin');
  await twin.getByRole('button', { name: 'Stop both' }).click();
  const [simulated, real] = (await cells('published')).map(Number);
  assert.equal(simulated, real, 'every message, and no other');
  assert.match(await twin.getByRole('img').getAttribute('aria-label'), /Backlog of all queues after \d+ s/);
  assert.ok((await twin.locator('.twin-line.is-real').getAttribute('d')).length > 20);
});

test('a connection stays that nobody says anything on, and one that was cut comes back with what was done', { skip: NO_BROKER }, async (t) => {
  const { page, broker, host } = await open(t);
  const socket = page.waitForEvent('websocket');
  await connect(page, broker, host);
  const beats = (await socket);
  await page.locator('.connected-badge', { hasText: 'Live' }).waitFor();
  await deploy(page);
  // The broker would close a socket on which it hears nothing for fifteen seconds; after two beats twenty have passed.
  for (let beat = 0; beat < 2; beat += 1) await beats.waitForEvent('framesent', ({ payload }) => payload === '\n');
  await page.locator('.connected-badge', { hasText: 'Live' }).waitFor();
  for (const { name } of await broker.ask('GET', 'connections?columns=name,vhost')) {
    await broker.ask('DELETE', `connections/${encodeURIComponent(name)}`).catch(() => {});
  }
  await page.locator('.connected-badge', { hasText: 'Not connected' }).waitFor();
  assert.ok(await part(page, PUBLISH).getByRole('button', { name: 'Publish' }).isDisabled());
  await page.getByRole('alert').getByRole('button', { name: 'Connect again' }).click();
  await page.locator('.connected-badge', { hasText: 'Live' }).waitFor();
  // What was created here can still be taken away.
  await part(page, DEPLOY).getByRole('button', { name: 'Take away what was created (1)' }).click();
  await part(page, DEPLOY).getByText('taken away').waitFor();
  assert.deepEqual(await broker.ask('GET', `queues/${encodeURIComponent(host)}?columns=name`), []);
});

test('the password is nowhere but in memory, and a wrong one is said', { skip: NO_BROKER }, async (t) => {
  const { page, broker, host, requests } = await open(t, { expectedProblems: [/^401 for/, /console: .*401/] });
  const secret = 'a-secret-that-is-nowhere-else';
  await broker.ask('PUT', 'users/someone', { password: secret, tags: 'management' });
  await broker.ask('PUT', `permissions/${encodeURIComponent(host)}/someone`, { configure: '.*', write: '.*', read: '.*' });
  const dialog = await connect(page, broker, host, { password: 'wrong' });
  await dialog.getByRole('alert').getByText('does not know this user').waitFor();
  await dialog.locator('#connect-user').fill('someone');
  await dialog.locator('#connect-password').fill(secret);
  await page.keyboard.press('Enter');
  await page.locator('.connected-badge', { hasText: 'Live' }).waitFor();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.locator('[data-node]').first().waitFor();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.documentElement.outerHTML]));
  assert.ok(!kept.includes(secret) && !kept.includes(btoa(`someone:${secret}`)));
  assert.ok(!requests.some((address) => address.includes(secret)));
  const again = await ask(page);
  assert.equal(await again.locator('#connect-password').inputValue(), '');
});

test('what does not answer is said, and nothing is lost', async (t) => {
  const { page } = await openPage(t, { lang: 'en', width: 1440, height: 900, expectedProblems: [/127\.0\.0\.1:9/, /console/] });
  await page.locator('[data-node]').first().waitFor();
  const nobody = { api: 'http://127.0.0.1:9', stomp: 'ws://127.0.0.1:9/ws' };
  const dialog = await connect(page, nobody, '/');
  await dialog.getByRole('alert').getByText('The management API does not answer this page').waitFor();
  for (const [field, bad] of [['#connect-api', 'javascript:alert(1)'], ['#connect-stomp', 'http://127.0.0.1/'], ['#connect-api', 'http://a:b@127.0.0.1/']]) {
    const before = await dialog.locator(field).inputValue();
    await dialog.locator(field).fill(bad);
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
    await dialog.getByRole('alert').getByText('is no address').waitFor();
    await dialog.locator(field).fill(before);
  }
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('[data-node]').count(), 4);
});

test('in a frame and from messages there is no way to a broker', async (t) => {
  const { playground, ask: send } = await openHost(t, { lang: 'en', width: 1280, height: 800 });
  await playground.locator('[data-node]').first().waitFor();
  await playground.locator('[data-node]').first().focus();
  await playground.locator('[data-node]').first().press('Control+k');
  await playground.getByRole('dialog').getByRole('combobox').fill('real broker');
  await playground.getByRole('dialog').getByRole('combobox').press('Enter');
  await playground.getByText('only be connected to from the whole page').waitFor();
  assert.equal(await playground.locator('dialog.connect').count(), 0);
  for (const type of ['connect', 'live', 'publish', 'deploy', 'crash_consumer']) {
    await assert.rejects(send({ type, address: 'http://127.0.0.1:15672', target: 'q' }), /unknown_type/, type);
  }
});

for (const [lang, width, height, theme] of [
  ['en', 1440, 900, 'light'],
  ['zh-CN', 390, 844, 'dark'],
]) {
  test(`axe finds nothing while a broker is shown: ${lang}, ${width}, ${theme}`, { skip: NO_BROKER }, async (t) => {
    const { page, broker, host } = await open(t, { lang, width, height, theme });
    const at = encodeURIComponent(host);
    await broker.ask('PUT', `queues/${at}/orders`, { durable: true, arguments: { 'x-max-length': 50 } });
    const chinese = lang === 'zh-CN';
    const dialog = await ask(page, chinese);
    await dialog.waitFor();
    const look = async (what) => {
      assert.deepEqual(await accessibilityProblems(page), [], what);
    };
    await look('form');
    await screenshot(page, `live-form-${lang}-${width}`);
    await page.keyboard.press('Escape');
    await connect(page, broker, host, { chinese });
    await page.locator('.stage [data-node="orders"]').waitFor();
    await page.locator('#publish-count').fill('40');
    await part(page, PUBLISH).locator('button[type=submit]').click();
    await part(page, CONSUME).locator('button[type=submit]').click();
    await page.locator('.connected-messages.is-held li').nth(3).waitFor();
    for (const place of [DEPLOY, TWIN]) await unfold(page, place);
    await page.locator('.stage [data-node="orders"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('.connected-selected').waitFor();
    await look('connected');
    await page.locator('.connected-panel').evaluate((panel) => panel.scrollTo(0, 0));
    await screenshot(page, `live-${lang}-${width}-${theme}`);
    await part(page, CONSUME).scrollIntoViewIfNeeded();
    await screenshot(page, `live-consume-${lang}-${width}-${theme}`);
    await part(page, EVENTS).scrollIntoViewIfNeeded();
    await screenshot(page, `live-end-${lang}-${width}-${theme}`);
  });
}
