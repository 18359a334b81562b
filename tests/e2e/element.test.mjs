// <mq-playground>, the custom element, in pages of another origin than the site's.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { accessibilityProblems, screenshot, usePlayground } from './support.mjs';

const { openWritten } = usePlayground();

const SCRIPT = new URL('../../static/embed/mq-playground.js', import.meta.url);

/** A page around elements. It notes what they say, before anything can be said. */
const pageWith = (site, body, { lang = 'en', style = '' } = {}) => `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<title>A page with elements in it</title>
<link rel="icon" href="data:,">
<style>body { margin: 0 } ${style}</style>
<body>
<script>
  window.heard = [];
  for (const name of ['ready', 'changed', 'goal', 'completed', 'error', 'state', 'resize']) {
    // On its way down, because these do not bubble.
    document.addEventListener(name, (event) => {
      if (event.target.localName === 'mq-playground') heard.push({ name, by: event.target.id, detail: event.detail });
    }, true);
  }
  /** All that observers had to say at first has been said. */
  window.observed = (element) => new Promise((resolve) => {
    new IntersectionObserver((_, observer) => {
      observer.disconnect();
      resolve();
    }, { rootMargin: '200px' }).observe(element);
  });
</script>
<main>
<h1>A page</h1>
${body}
</main>
<script defer src="${site}embed/mq-playground.js"></script>
</body>
</html>
`;

const openElements = (t, body, options = {}) =>
  openWritten(t, (site) => ({ 'index.html': pageWith(site, body, options) }), { width: 1000, height: 800, ...options });

const host = (page, id = 'one') => page.locator(`mq-playground#${id}`);
const frameOf = (page, id = 'one') => page.locator(`mq-playground#${id} iframe`);
const waitForEvent = (page, name, by = 'one') =>
  page.waitForFunction(([name, by]) => window.heard.find((one) => one.name === name && one.by === by), [name, by]);
const count = (page, name, by = 'one') =>
  page.evaluate(([name, by]) => window.heard.filter((one) => one.name === name && one.by === by).length, [name, by]);
/** The address that the frame of an element was given. */
const addressOf = async (page, id) => new URL(await frameOf(page, id).getAttribute('src'));
/** What a call of an element comes to: `{ reply }`, or `{ code, message }` of the error. */
const call = (page, method, parameters = [], id = 'one') =>
  page.evaluate(
    ([id, method, parameters]) =>
      document.getElementById(id)[method](...parameters).then(
        (reply) => ({ reply }),
        (error) => ({ code: error.code, message: error.message, isError: error instanceof Error }),
      ),
    [id, method, parameters],
  );

test('the script is small', () => {
  const size = gzipSync(readFileSync(SCRIPT), { level: 9 }).length;
  assert.ok(size <= 5120, `${size} bytes`);
});

test('the frame is made when the element comes near, and nothing moves', async (t) => {
  const { page, site, requests } = await openElements(
    t,
    '<div style="height: 3000px"></div><mq-playground id="one" scenario="overload" theme="dark" run></mq-playground><p id="below">Below</p>',
  );
  await page.evaluate(() => window.observed(document.getElementById('one')));
  assert.equal(await frameOf(page).count(), 0);
  assert.deepEqual(requests.filter((address) => address.startsWith(site)), [`${site}embed/mq-playground.js`]);
  const space = await host(page).evaluate((element) => [element.offsetTop, element.offsetWidth, element.offsetHeight]);
  assert.deepEqual(space.slice(1), [1000, 563], 'space for 16 to 9');
  const below = await page.locator('#below').evaluate((element) => element.offsetTop);
  await host(page).scrollIntoViewIfNeeded();
  await waitForEvent(page, 'ready');
  assert.deepEqual(
    await host(page).evaluate((element) => [element.offsetTop, element.offsetWidth, element.offsetHeight]),
    space,
  );
  assert.equal(await page.locator('#below').evaluate((element) => element.offsetTop), below);
  const box = await frameOf(page).evaluate((frame) => [frame.offsetWidth, frame.offsetHeight]);
  assert.deepEqual(box, space.slice(1));
  assert.equal(await frameOf(page).getAttribute('allow'), 'fullscreen; clipboard-write');
  assert.equal(await frameOf(page).getAttribute('title'), 'MQ Playground, a simulator of message queues');
  const address = await addressOf(page);
  assert.equal(address.origin + address.pathname, site);
  assert.deepEqual(Object.fromEntries(address.searchParams), {
    scenario: 'overload',
    lang: 'en',
    theme: 'dark',
    run: '1',
    origin: new URL(page.url()).origin,
  });
  const frame = frameOf(page).contentFrame();
  await frame.locator('.node-consumer').waitFor();
  assert.equal(await frame.locator('html').getAttribute('data-theme'), 'dark');
  const detail = await page.evaluate(() => window.heard.find(({ name }) => name === 'ready').detail);
  assert.equal(detail.protocol, 1);
});

test('attributes become parameters, whatever is in them', async (t) => {
  const hostile = '"><img src=x onerror=alert(1)>&seed=9#s=1&lang=de';
  const attributes = {
    lesson: 'async', step: '2', scenario: hostile, lang: 'zh-CN', theme: 'light', ui: 'player', edit: 'none', run: '0',
    speed: '2', t: '12.5', seed: '7', motion: '0', title: hostile, poster: '"><script>', height: '9px} * {display: none',
    loading: 'eager',
  };
  const { page } = await openElements(t, '<p id="beside">Beside</p>', {
    // The picture that there is not, and what the playground has to say of the rest is for people.
    expectedProblems: [/404/, /failed request/],
  });
  await page.evaluate((attributes) => {
    const element = document.createElement('mq-playground');
    element.id = 'one';
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.querySelector('main').append(element);
  }, attributes);
  const address = await addressOf(page);
  const { title, poster, height, loading, ...parameters } = attributes;
  assert.deepEqual(Object.fromEntries(address.searchParams), { ...parameters, origin: new URL(page.url()).origin });
  assert.equal(address.hash, '');
  assert.equal(await frameOf(page).getAttribute('title'), title);
  assert.deepEqual(
    await host(page).evaluate((element) => [...element.shadowRoot.querySelectorAll('*')].map((one) => one.localName).filter((name) => name !== 'img')),
    ['iframe'],
  );
  assert.equal(await page.locator('#beside').isVisible(), true);
  assert.equal(await host(page).evaluate((element) => element.offsetHeight), 563, 'no height is as if there were none');
  await waitForEvent(page, 'ready');
});

test('a link is put behind #s=, however it is written', async (t) => {
  const { page } = await openElements(t, '', { expectedProblems: [/ERR_ABORTED/] });
  for (const link of ['1abc-_', '#s=1abc-_', 'https://example.org/mq/?lang=de&s=no#s=1abc-_', 's=1abc-_&x=1']) {
    const hash = await page.evaluate((link) => {
      const element = document.createElement('mq-playground');
      element.setAttribute('link', link);
      element.setAttribute('loading', 'eager');
      // Only what it would ask for is of interest, and not the answer.
      document.body.append(element);
      const { hash } = new URL(element.shadowRoot.querySelector('iframe').src);
      element.remove();
      return hash;
    }, link);
    assert.equal(hash, '#s=1abc-_');
  }
});

for (const lang of ['en', 'zh-CN']) {
  for (const how of ['mouse', 'Enter', 'Space']) {
    test(`loaded by ${how}, ${lang}`, async (t) => {
      const picture = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 9'><rect width='16' height='9' fill='teal'/></svg>";
      const { page, site, requests } = await openElements(
        t,
        `<mq-playground id="one" poster="${picture}" title="Orders"></mq-playground>`,
        { lang },
      );
      const name = lang === 'en' ? 'Start the playground: Orders' : '启动游乐场: Orders';
      const button = page.getByRole('button', { name, exact: true });
      await button.waitFor();
      assert.deepEqual(await accessibilityProblems(page), []);
      await page.evaluate(() => window.observed(document.getElementById('one')));
      assert.deepEqual(requests.filter((address) => address.startsWith(site)), [`${site}embed/mq-playground.js`]);
      const poster = host(page).locator('img');
      assert.equal(await poster.getAttribute('alt'), '');
      const before = await host(page).boundingBox();
      assert.deepEqual(await poster.boundingBox(), before);
      if (how === 'mouse') {
        await screenshot(page, `element-poster-${lang}`);
        await button.click();
      } else {
        await page.keyboard.press('Tab');
        await page.keyboard.press(how);
      }
      await waitForEvent(page, 'ready');
      assert.equal(await button.count(), 0);
      assert.deepEqual(await host(page).boundingBox(), before);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'one', 'the focus is in the frame');
      assert.equal((await addressOf(page)).searchParams.get('lang'), lang, 'the language of the page around it');
      assert.equal(await frameOf(page).getAttribute('title'), 'Orders');
    });
  }
}

test('loading="click" needs no poster, and loading="lazy" with one does not wait for a click', async (t) => {
  const { page } = await openElements(
    t,
    `<mq-playground id="one" loading="click" height="300"></mq-playground>
     <mq-playground id="two" loading="lazy" poster="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" height="20rem"></mq-playground>`,
  );
  await waitForEvent(page, 'ready', 'two');
  assert.equal(await frameOf(page, 'one').count(), 0);
  assert.equal(await host(page, 'one').evaluate((element) => element.offsetHeight), 300);
  assert.equal(await host(page, 'two').evaluate((element) => element.offsetHeight), 320);
  await page.getByRole('button', { name: 'Start the playground', exact: true }).click();
  await waitForEvent(page, 'ready', 'one');
});

test('the size that a page gives counts', async (t) => {
  const { page } = await openElements(
    t,
    `<mq-playground id="one" loading="click" class="low"></mq-playground>
     <mq-playground id="two" loading="click" style="aspect-ratio: 4/1; width: 800px"></mq-playground>
     <mq-playground id="three" loading="click" style="width: 300px"></mq-playground>
     <mq-playground id="four" loading="click" hidden></mq-playground>`,
    { style: '.low { height: 120px }' },
  );
  await host(page, 'one').getByRole('button').waitFor();
  const size = (id) => host(page, id).evaluate((element) => [element.offsetWidth, element.offsetHeight]);
  assert.deepEqual(await size('one'), [1000, 120]);
  assert.deepEqual(await size('two'), [800, 200]);
  assert.deepEqual(await size('three'), [300, 320], 'never too low to be of use');
  assert.deepEqual(await size('four'), [0, 0]);
});

test('calls made before it is ready are carried out in order; every reply finds its call', async (t) => {
  const { page } = await openElements(t, '<mq-playground id="one" scenario="overload" loading="click"></mq-playground>');
  // Nobody has clicked: a call is reason enough to load.
  const results = await host(page).evaluate(async (element) => {
    const [before, crashed, after, paused] = await Promise.all([
      element.getState(),
      element.command({ type: 'crash', node: 'consumer' }),
      element.getState(),
      element.pause(),
    ]);
    return { before, crashed, after, paused };
  });
  assert.equal(results.before.nodes.consumer.up, true);
  assert.equal(results.crashed.type, 'ok');
  assert.equal(results.paused.type, 'ok');
  assert.equal(results.before.type, 'state');
  assert.equal(results.after.nodes.consumer.up, false);

  assert.equal((await call(page, 'seek', [2_000_000])).reply.type, 'ok');
  assert.equal((await call(page, 'getState')).reply.time_us, 2_000_000);
  await call(page, 'play', [5_000_000]);
  const stopped = await host(page).evaluate(async (element) => {
    for (;;) {
      const news = new Promise((resolve) => element.addEventListener('changed', resolve, { once: true }));
      const state = await element.getState();
      if (!state.playing) return state;
      await news;
    }
  });
  assert.equal(stopped.time_us, 5_000_000);
  const { reply } = await call(page, 'getState');
  assert.ok(reply.ledger.ready > 100, `a backlog of ${reply.ledger.ready}`);
  assert.equal((await call(page, 'reset')).reply.type, 'ok');
  assert.equal((await call(page, 'getState')).reply.time_us, 0);
  assert.equal((await call(page, 'send', ['step', { events: 5 }])).reply.type, 'ok');
  assert.equal((await call(page, 'send', ['setSpeed', { speed: 4 }])).reply.type, 'ok');
  assert.equal((await call(page, 'getState')).reply.speed, 4);
  const empty = { mq_scenario: 1, title: 'Empty', nodes: [], edges: [] };
  assert.equal((await call(page, 'load', [{ scenario: empty }])).reply.type, 'ok');
  assert.deepEqual((await call(page, 'getState')).reply.nodes, {});
  await waitForEvent(page, 'changed');
  await waitForEvent(page, 'state');
  assert.equal(await count(page, 'error'), 0);
});

test('what is refused rejects with a code, and is an event too', async (t) => {
  const { page } = await openElements(t, '<mq-playground id="one"></mq-playground>');
  const refused = async (method, ...parameters) => {
    const { code, message, isError } = await call(page, method, parameters);
    assert.ok(isError && message, `${method} is refused`);
    return code;
  };
  assert.equal(await refused('send', 'dance'), 'unknown_type');
  assert.equal(await refused('seek', -1), 'bad_value');
  assert.equal(await refused('command', { type: 'crash', node: 'nobody' }), 'rejected');
  assert.equal(await refused('load', { lesson: '../../secrets' }), 'unknown_lesson');
  await waitForEvent(page, 'error');
  assert.equal(await count(page, 'error'), 4);
  const first = await page.evaluate(() => window.heard.find(({ name }) => name === 'error').detail);
  assert.deepEqual([first.mq, first.type, first.code], [1, 'error', 'unknown_type']);
  // What cannot be said in JSON never gets there.
  const outcome = await host(page).evaluate((element) => element.send('seek', { time_us: 1n }).catch((error) => error.name));
  assert.equal(outcome, 'TypeError');
});

test('two elements on one page do not disturb each other', async (t) => {
  const { page } = await openElements(
    t,
    `<mq-playground id="one" scenario="overload" height="350"></mq-playground>
     <mq-playground id="two" scenario="overload" height="350"></mq-playground>`,
  );
  await waitForEvent(page, 'ready', 'one');
  await waitForEvent(page, 'ready', 'two');
  assert.equal(await count(page, 'ready', 'one'), 1);
  assert.equal(await count(page, 'ready', 'two'), 1);
  const [one, two] = await page.evaluate(() => {
    const [one, two] = ['one', 'two'].map((id) => document.getElementById(id));
    return Promise.all([one.seek(1_000_000).then(() => one.getState()), two.seek(3_000_000).then(() => two.getState())]);
  });
  assert.deepEqual([one.time_us, two.time_us], [1_000_000, 3_000_000]);
  assert.equal(await count(page, 'state', 'one'), 1);
  assert.equal(await count(page, 'state', 'two'), 1);
  // Neither another frame nor the page itself is heard in their place.
  const before = await page.evaluate(() => window.heard.length);
  await page.evaluate(async () => {
    const frame = document.createElement('iframe');
    frame.title = 'Something else';
    frame.srcdoc = `<script>parent.postMessage({ mq: 1, type: 'goal', lesson: 'x', step: 'y', passed: true }, '*'); parent.postMessage('over', '*')<\/script>`;
    const over = new Promise((resolve) => addEventListener('message', ({ data }) => data === 'over' && resolve()));
    document.body.append(frame);
    await over;
    postMessage({ mq: 1, type: 'completed', lesson: 'x', score: 1 }, '*');
    postMessage('over', '*');
    await new Promise((resolve) => addEventListener('message', ({ source }) => source === window && resolve()));
  });
  assert.deepEqual(await page.evaluate((before) => window.heard.slice(before).filter(({ name }) => name !== 'changed' && name !== 'resize'), before), []);
});

test('a page of another origin in its frame is not heard, and that is said', async (t) => {
  const { page } = await openElements(t, '<mq-playground id="one" src="http://localhost:1/"></mq-playground>', {
    expectedProblems: [/localhost:1/, /ERR_/],
  });
  await frameOf(page).waitFor();
  const outcome = await page.evaluate(async () => {
    const element = document.getElementById('one');
    const frame = element.shadowRoot.querySelector('iframe');
    const asked = element.getState().catch((error) => error.code);
    // In the frame's place another page, of the host's own origin, says that it is the playground.
    frame.srcdoc = `<script>parent.postMessage({ mq: 1, type: 'goal', lesson: 'x', step: 'y', passed: true }, '*'); parent.postMessage({ mq: 1, type: 'ready', protocol: 1, version: '0' }, '*')<\/script>`;
    return asked;
  });
  assert.equal(outcome, 'wrong_origin');
  assert.deepEqual(await page.evaluate(() => window.heard.map(({ name, detail }) => [name, detail.code])), [['error', 'wrong_origin']]);
});

test('taken out it rejects what is pending; put back it works again', async (t) => {
  const { page } = await openElements(t, '<mq-playground id="one" loading="click"></mq-playground><div id="there"></div>', {
    // Frames that are taken out while they load.
    expectedProblems: [/ERR_ABORTED/],
  });
  await host(page).getByRole('button').waitFor();
  const codes = await host(page).evaluate(async (element) => {
    const code = (error) => error.code;
    // One that waits for the frame, and one that has no frame to wait for.
    const waiting = element.getState().catch(code);
    element.remove();
    return [await waiting, await element.getState().catch(code)];
  });
  assert.deepEqual(codes, ['removed', 'removed']);
  await page.evaluate((element) => document.getElementById('there').append(element), await page.evaluateHandle(() => {
    const element = document.createElement('mq-playground');
    element.id = 'two';
    element.setAttribute('loading', 'click');
    return element;
  }));
  assert.equal((await call(page, 'getState', [], 'two')).reply.type, 'state');
  await page.evaluate(() => {
    const two = document.getElementById('two');
    // Moved and so taken out and put back: what has been started once does not ask for a click again.
    document.querySelector('main').prepend(two);
  });
  assert.equal((await call(page, 'getState', [], 'two')).reply.type, 'state');
  assert.equal(await count(page, 'ready', 'two'), 2);
  assert.equal(await page.locator('mq-playground iframe').count(), 1);
  const sent = await host(page, 'two').evaluate((element) => {
    const sent = element.getState().catch((error) => error.code);
    element.remove();
    return sent;
  });
  assert.equal(sent, 'removed');
});

test('a new lesson is loaded into the frame, new settings into a new frame', async (t) => {
  const { page } = await openElements(t, '<mq-playground id="one" lesson="async"></mq-playground>');
  await waitForEvent(page, 'ready');
  const frame = await (await frameOf(page).elementHandle()).contentFrame();
  const shown = () => frame.locator('.lesson').first().textContent();
  await frame.locator('.lesson').first().waitFor();
  const before = await shown();
  await host(page).evaluate((element) => element.setAttribute('lesson', 'decoupling'));
  await frame.waitForFunction((before) => document.querySelector('.lesson')?.textContent !== before, before);
  assert.equal(await count(page, 'ready'), 1, 'the same frame');

  // Several changes at once are one; how it waits and what it is called are none.
  const entries = await page.evaluate(() => history.length);
  await host(page).evaluate((element) => {
    element.setAttribute('lang', 'zh-CN');
    element.setAttribute('theme', 'dark');
    element.setAttribute('title', '订单');
  });
  await page.waitForFunction(() => window.heard.filter(({ name }) => name === 'ready').length === 2);
  const { searchParams } = await addressOf(page);
  assert.deepEqual(['lesson', 'lang', 'theme'].map((name) => searchParams.get(name)), ['decoupling', 'zh-CN', 'dark']);
  assert.equal(await frameOf(page).getAttribute('title'), '订单');
  assert.equal(await page.evaluate(() => history.length), entries, 'nothing to go back through');
  await host(page).evaluate((element) => {
    element.setAttribute('height', '400');
    element.setAttribute('title', 'Orders');
  });
  await page.waitForFunction(() => document.getElementById('one').offsetHeight === 400);
  assert.equal(await frameOf(page).getAttribute('title'), 'Orders');
  assert.equal((await call(page, 'getState')).reply.type, 'state');
  assert.equal(await count(page, 'ready'), 2);

  // A lesson that there is not: the message is refused, and then the playground itself says so.
  await host(page).evaluate((element) => element.setAttribute('lesson', 'nothing'));
  await page.waitForFunction(() => window.heard.filter(({ name }) => name === 'ready').length === 3);
  assert.equal((await addressOf(page)).searchParams.get('lesson'), 'nothing');
});

test('it takes the height that the playground wants, unless the page gives one', async (t) => {
  // In the playground's place, a page that only says what height it wants.
  const wanting = `<!doctype html><title>x</title><script>
    parent.postMessage({ mq: 1, type: 'ready', protocol: 1, version: '0' }, '*');
    parent.postMessage({ mq: 1, type: 'resize', height: 'calc(1px)' }, '*');
    parent.postMessage({ mq: 1, type: 'resize', height: -5 }, '*');
    parent.postMessage({ mq: 1, type: 'resize', height: 733 }, '*');
    parent.postMessage({ mq: 1, type: 'goal', lesson: 'a', step: 'b', passed: true }, '*');
  </script>`;
  const { page } = await openWritten(t, (site) => ({
    'wanting.html': wanting,
    'index.html': pageWith(
      site,
      ['', 'height="300"', 'style="height: 200px"']
        .map((given, place) => `<mq-playground id="e${place}" src="wanting.html" loading="eager" ${given}></mq-playground>`)
        .join(''),
    ),
  }));
  for (const id of ['e0', 'e1', 'e2']) await waitForEvent(page, 'goal', id);
  const heights = await page.evaluate(() => ['e0', 'e1', 'e2'].map((id) => document.getElementById(id).offsetHeight));
  assert.deepEqual(heights, [733, 300, 200]);
  assert.equal(await count(page, 'resize', 'e0'), 3);
});

test('loaded again from within, the playground does not leave calls without an answer', async (t) => {
  // A page that does not answer, and says ready again when it is spoken to.
  const forgetful = `<!doctype html><title>x</title><script>
    const say = () => parent.postMessage({ mq: 1, type: 'ready', protocol: 1, version: '0' }, '*');
    addEventListener('message', say);
    say();
  </script>`;
  const { page } = await openWritten(t, (site) => ({
    'forgetful.html': forgetful,
    'index.html': pageWith(site, '<mq-playground id="one" src="forgetful.html"></mq-playground>'),
  }));
  assert.equal((await call(page, 'pause')).code, 'reloaded');
});

test('as a classic script, loaded twice, under a strict policy', async (t) => {
  const { page } = await openWritten(t, (site) => {
    const { origin } = new URL(site);
    const policy = `default-src 'none'; script-src ${origin}; frame-src ${origin}; require-trusted-types-for 'script'`;
    const script = `<script src="${site}embed/mq-playground.js"></script>`;
    const body = `<!doctype html><html lang="en"><title>Strict</title>${script}${script}<mq-playground id="one"></mq-playground>`;
    return { 'index.html': { body, headers: { 'content-security-policy': policy } } };
  }, { expectedProblems: [/favicon/] });
  const frame = frameOf(page).contentFrame();
  await frame.locator('.node-consumer').first().waitFor();
  const [width, height] = await host(page).evaluate((element) => [element.offsetWidth, element.offsetHeight]);
  assert.ok(Math.abs(height - Math.max(320, (width * 9) / 16)) <= 1, `${width} × ${height}`);
});

test('imported by a module it finds the site beside it', async (t) => {
  const { page } = await openWritten(t, () => ({
    'site/embed/mq-playground.js': readFileSync(SCRIPT, 'utf8'),
    'site/': { body: '<!doctype html><title>The site</title>', headers: { 'content-type': 'text/html' } },
    'index.html': `<!doctype html><html lang="en"><title>A module</title><link rel="icon" href="data:,">
      <mq-playground id="one"></mq-playground><script type="module">import './site/embed/mq-playground.js';</script>`,
  }));
  await frameOf(page).waitFor();
  const { origin, pathname } = await addressOf(page);
  assert.equal(origin + pathname, new URL('site/', page.url()).href);
});

test('without an address it says what it needs', async (t) => {
  const { page } = await openWritten(t, (site) => ({
    // As after bundling: not in a folder called embed.
    'bundle.js': readFileSync(SCRIPT, 'utf8'),
    'index.html': pageWith(
      site,
      '<mq-playground id="one"></mq-playground><mq-playground id="two" src="javascript:alert(1)"></mq-playground>',
    ).replace(`${site}embed/mq-playground.js`, 'bundle.js'),
  }));
  await waitForEvent(page, 'error', 'one');
  await waitForEvent(page, 'error', 'two');
  await host(page, 'one').getByText('needs src="…", the address of the playground').waitFor();
  await host(page, 'two').getByText('src="javascript:alert(1)" is not the address of a page').waitFor();
  assert.equal((await call(page, 'play')).code, 'no_address');
  assert.equal((await call(page, 'play', [], 'two')).code, 'bad_address');
  assert.equal(await page.locator('iframe').count(), 0);
});

test('a frame in a sandbox works with allow-scripts and allow-same-origin', async (t) => {
  const { page } = await openWritten(t, (site) => ({
    'index.html': `<!doctype html><html lang="en"><title>Sandboxed</title><link rel="icon" href="data:,">
      <script>window.ready = new Promise((resolve) => addEventListener('message', ({ data }) => data.type === 'ready' && resolve(data)));</script>
      <iframe title="Playground" sandbox="allow-scripts allow-same-origin" src="${site}?lang=en"></iframe>`,
  }));
  assert.equal((await page.evaluate(() => window.ready)).protocol, 1);
});

// The examples of the documentation, with the address that is to be replaced in them replaced.

const EXAMPLES = new URL('../../docs/embedding/', import.meta.url);
const exampleFor = (site, name) => {
  const text = readFileSync(new URL(name, EXAMPLES), 'utf8');
  assert.ok(text.includes('https://example.org/mq-playground/'));
  return text.replaceAll('https://example.org/mq-playground/', site);
};

test('docs/embedding/plain.html does what its buttons say', async (t) => {
  const { page } = await openWritten(t, (site) => ({ 'index.html': exampleFor(site, 'plain.html') }), { height: 1400 });
  const press = (id) => page.locator(id).click();
  const says = (id, pattern) =>
    page.waitForFunction(
      ([id, pattern]) => new RegExp(pattern).test(document.querySelector(id).textContent),
      [id, pattern],
    );
  await press('#crash');
  await says('#answer', '^The consumer is down');
  await press('#ledger');
  await says('#answer', '^\\d+ wait, \\d+ are done, \\d+ were made\\.$');
  await press('#restart');
  await says('#answer', '^The consumer is up again');
  // The frame that speaks for itself; it says so when it can be spoken to, which its document shows.
  await page.locator('#frame').contentFrame().locator('.node-consumer').waitFor();
  await press('#frame-crash');
  await says('#frame-answer', '^The consumer is down');
  await press('#frame-ledger');
  await says('#frame-answer', '^\\d+ wait, \\d+ are done\\.$');
  await screenshot(page, 'embedding-plain');
});

test('docs/embedding/reveal.html plays while its slide is shown', async (t) => {
  const deck = new URL('./', import.meta.resolve('reveal.js'));
  const { page } = await openWritten(t, (site) => ({
    'index.html': exampleFor(site, 'reveal.html'),
    ...Object.fromEntries(
      ['reset.css', 'reveal.css', 'theme/white.css', 'reveal.js'].map((name) => [
        `reveal.js/dist/${name}`,
        readFileSync(new URL(name, deck), 'utf8'),
      ]),
    ),
  }));
  const player = page.locator('mq-playground');
  const playing = () => player.evaluate((element) => element.getState().then((state) => state.playing));
  await page.waitForFunction(() => window.Reveal?.isReady());
  await page.keyboard.press('ArrowRight');
  await player.locator('iframe').contentFrame().locator('.node-consumer').waitFor();
  // A call is answered after those before it.
  assert.equal(await playing(), true);
  await screenshot(page, 'embedding-reveal');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => window.Reveal.getIndices().h), 2);
  assert.equal(await playing(), false);
  await page.keyboard.press('ArrowLeft');
  assert.equal(await playing(), true);
});
