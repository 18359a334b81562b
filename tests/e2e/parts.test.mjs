// The program comes in two parts: what the page begins with, and the rest.

import assert from 'node:assert/strict';
import test from 'node:test';
import { usePlayground } from './support.mjs';

const { openEmpty } = usePlayground();

const LATER = /_later\.wasm$/;
/** How the page asks for the rest: `fetch` by itself, `xhr` when it cannot go on without it. */
const asksFor = (page) => {
  const asked = [];
  page.on('request', (request) => LATER.test(request.url()) && asked.push(request.resourceType()));
  return asked;
};
const pictures = (page, number) =>
  page.evaluate(
    (number) =>
      new Promise((resolve) => {
        const count = (left) => (left > 0 ? requestAnimationFrame(() => count(left - 1)) : resolve());
        count(number);
      }),
    number,
  );

for (const options of [{}, { lang: 'zh-CN', theme: 'dark', width: 390, height: 844, touch: true }]) {
  test(`a page plays before all of its program is there (${options.width ?? 'usual'})`, async (t) => {
    const { page, address } = await openEmpty(t, options);
    const asked = asksFor(page);
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route(LATER, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(address);
    await page.locator('[data-node]').first().waitFor();
    await pictures(page, 200);
    assert.deepEqual(
      asked,
      ['fetch'],
      'the page waits for the rest of its program at its beginning: `cargo xtask first-part` writes anew what it begins with',
    );
    const came = page.waitForResponse(LATER);
    release();
    await came;
  });
}

test('what is wanted before it is there is waited for, and what could not be fetched is asked for again', async (t) => {
  const { page, address } = await openEmpty(t, { expectedProblems: [/_later\.wasm/, /ERR_FAILED/] });
  const asked = asksFor(page);
  await page.route(LATER, (route) => (route.request().resourceType() === 'fetch' ? route.abort() : route.continue()));
  await page.goto(address);
  await page.locator('[data-node]').first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').waitFor();
  assert.deepEqual(asked, ['fetch', 'xhr']);
});
