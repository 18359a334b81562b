// The built site, as a visitor of a page that embeds it would meet it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { screenshot, usePlayground } from './support.mjs';

const { openHost, openPage } = usePlayground();

// That there is no error in the console, no missing file and no request to another origin is looked after by the page
// itself: `support.mjs` fails the test otherwise.

test('the site comes up under a sub-path, embedded in a page of another origin', async (t) => {
  const host = await openHost(t);
  assert.equal(host.ready.protocol, 1);
  assert.match(host.ready.version, /^\d+\.\d+\.\d+/);
  const state = await host.ask({ type: 'getState' });
  assert.equal(state.type, 'state');
  assert.equal(typeof state.time_us, 'number');
  assert.equal(typeof state.trace_hash, 'string');
  await screenshot(host.page, 'smoke-embedded');
});

test('all that the site loads lies beside its page', async (t) => {
  const { page, address, requests } = await openPage(t);
  await page.waitForFunction(() =>
    performance
      .getEntriesByType('resource')
      .some(({ name, responseEnd }) => name.endsWith('.wasm') && responseEnd > 0),
  );
  const folder = new URL('./', address).href;
  const elsewhere = requests.filter(
    (request) => /^https?:/.test(request) && !request.startsWith(folder),
  );
  assert.deepEqual(elsewhere, []);
});
