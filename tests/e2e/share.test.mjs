// What is taken along, and the way back: links, snippets, pictures, paper; and the manners of a page in another page.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { DEADLINE, accessibilityProblems, screenshot, usePlayground } from './support.mjs';

const { openPage, openHost } = usePlayground();

const scenario = {
  mq_scenario: 1,
  seed: 7,
  title: { en: 'Taken along', 'zh-CN': '带走' },
  nodes: [
    { id: 'p', kind: 'producer', at: [40, 40], settings: { pattern: { poisson: { per_s: 50 } } } },
    { id: 'q', kind: 'queue', at: [320, 40] },
    { id: 'c', kind: 'consumer', at: [640, 40], settings: { handler: [{ work: { ms: { exponential: 15 } } }] } },
  ],
  edges: [
    { id: '1', kind: 'publish', from: 'p', to: 'q', latency_ms: 20 },
    { id: '2', kind: 'subscribe', from: 'q', to: 'c', latency_ms: 5 },
  ],
};

/** The name of an action in the list of commands, chosen by the keyboard. */
async function share(page) {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('Share');
  await page.keyboard.press('Enter');
  const dialog = page.locator('dialog.share');
  await dialog.waitFor();
  return dialog;
}

const hashOf = (page) => page.locator('.transport-hash').innerText();
/** Waits until the page shows a trace hash. */
const hashIs = (page, hash) =>
  page.waitForFunction((hash) => document.querySelector('.transport-hash')?.innerText === hash, hash);

/** A run with a crash, paused, in the page that is opened. */
async function crashed(t, options = {}) {
  const opened = await openPage(t, { lang: 'en', query: { run: '0' }, ...options });
  const { page } = opened;
  await page.locator('.node').first().waitFor();
  await page.locator('.transport-play').click();
  await page.waitForFunction(() => /0:0[1-9]/.test(document.querySelector('.transport-clock').innerText));
  await page.locator('[data-node="packer-1"] .node-fault').click();
  await page.waitForFunction(() => document.querySelector('[data-node="packer-1"].is-down'));
  await page.locator('.transport-play').click();
  await page.locator('.transport-play[aria-label="Play"]').waitFor();
  return opened;
}

test('a link opens the very same moment, with what was done to it', async (t) => {
  const { page, address } = await crashed(t);
  const hash = await hashOf(page);
  const dialog = await share(page);
  const link = await dialog.locator('textarea').inputValue();
  assert.ok(link.includes('#s=1') && link.length < 500, link);
  assert.ok(link.startsWith(address.split('?')[0]));
  assert.equal(await dialog.locator('svg.share-code').count(), 1);
  assert.deepEqual(await accessibilityProblems(page), []);
  const { page: other } = await openPage(t, { fragment: link.split('#')[1] });
  await hashIs(other, hash);
  assert.equal(await other.locator('[data-node="packer-1"].is-down').count(), 1, 'the crash is part of the run');
  // Another link in the same address opens without loading the page again.
  await other.evaluate(() => (window.stays = true));
  const damaged = link.split('#')[1].slice(0, -8);
  await other.evaluate((fragment) => (location.hash = fragment), damaged);
  await other.locator('.notice').filter({ hasText: 'damaged' }).waitFor();
  assert.equal(await hashOf(other), hash, 'what was there stays');
  await other.evaluate((fragment) => (location.hash = fragment), link.split('#')[1]);
  await hashIs(other, hash);
  assert.equal(await other.evaluate(() => window.stays), true);
  // What is changed from here on is no longer what the address tells.
  await other.locator('[data-node="packer-2"]').click();
  await other.keyboard.press('Delete');
  await other.waitForFunction(() => location.hash === '');
});

test('a link that is none says so, and the page is there', async (t) => {
  for (const [fragment, sentence] of [
    ['s=1AAAA', 'damaged'],
    ['s=9AAAA', 'newer version'],
    [`s=1${'A'.repeat(70_000)}`, '65536'],
  ]) {
    const { page } = await openPage(t, { lang: 'en', fragment });
    await page.locator('.notice').filter({ hasText: sentence }).waitFor();
    assert.ok((await page.locator('.node').count()) > 0);
  }
});

test('every snippet has the link, and titles stay text', async (t) => {
  const { page } = await openPage(t, { lang: 'en' });
  await page.locator('.node').first().waitFor();
  await page.getByLabel('Title').fill('<b>"x"</b>');
  await page.keyboard.press('Enter');
  const dialog = await share(page);
  const places = dialog.locator('select').first();
  const names = await places.locator('option').allInnerTexts();
  assert.equal(names.length, 8);
  for (const name of names) {
    await places.selectOption(name);
    const text = await dialog.locator('textarea').inputValue();
    assert.ok(/1[A-Za-z0-9_-]{20,}/.test(text), name);
    assert.ok(!text.includes('<b>'), name);
  }
  // In another page there is little room.
  await places.selectOption('HTML iframe');
  assert.match(await dialog.locator('textarea').inputValue(), /ui=player/);
  await dialog.locator('select').nth(1).selectOption('The stage alone');
  assert.match(await dialog.locator('textarea').inputValue(), /ui=bare&amp;run=1/);
  await dialog.locator('select').nth(1).selectOption('Everything');
  assert.doesNotMatch(await dialog.locator('textarea').inputValue(), /ui=|run=/);
});

test('pictures carry the run: dropped on the page they go on from there', async (t) => {
  const { page } = await crashed(t, { query: { run: '0', t: '5' } });
  const hash = await hashOf(page);
  const dialog = await share(page);
  const files = {};
  await dialog.getByLabel('How long the animation is').selectOption('the last 3 s');
  for (const name of ['Stage as SVG', 'Stage as PNG', 'Charts as SVG', 'Charts as PNG', 'Animation as GIF']) {
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 4 * DEADLINE }),
      dialog.getByRole('button', { name, exact: true }).click(),
    ]);
    files[name] = await readFile(await download.path());
  }
  assert.match(files['Stage as SVG'].toString(), /^<svg [^>]+>\s*<metadata><run xmlns="urn:mq-playground:run">1/);
  assert.equal(files['Stage as PNG'].subarray(1, 4).toString(), 'PNG');
  assert.equal(files['Animation as GIF'].subarray(0, 6).toString(), 'GIF89a');
  await page.keyboard.press('Escape');
  for (const [name, type] of [
    ['Stage as SVG', 'image/svg+xml'],
    ['Stage as PNG', 'image/png'],
    ['Charts as SVG', 'image/svg+xml'],
    ['Charts as PNG', 'image/png'],
  ]) {
    const { page: other } = await openPage(t, { lang: 'en', query: { run: '0' } });
    await other.locator('.node').first().waitFor();
    await other.evaluate(
      ([bytes, type]) => {
        const carried = new DataTransfer();
        carried.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], 'picture', { type }));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
      },
      [files[name].toString('base64'), type],
    );
    await hashIs(other, hash);
  }
});

test('paper shows the diagram, the charts, the link and its code', async (t) => {
  const { page } = await openPage(t, { lang: 'en', query: { run: '0', t: '20' } });
  await page.waitForFunction(() => document.querySelector('.transport-clock')?.innerText === '0:20.000');
  await page.evaluate(() => {
    window.print = () => {
      window.printed = document.querySelector('.sheet').innerHTML;
      window.dispatchEvent(new Event('afterprint'));
    };
  });
  const dialog = await share(page);
  await dialog.getByRole('button', { name: 'Print …' }).click();
  const paper = await (await page.waitForFunction(() => window.printed)).jsonValue();
  assert.equal(paper.match(/<img /g).length, 2);
  assert.match(paper, /#s=1/);
  assert.match(paper, /share-code/);
  await page.locator('.sheet').waitFor({ state: 'detached' });
});

test('a player is the stage and playback, bare is the stage alone; bad values are named', async (t) => {
  const { page } = await openPage(t, { lang: 'en', query: { ui: 'player', run: '0', t: '12.5' } });
  await page.locator('.node').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.transport-clock').innerText.includes('0:12.500'));
  assert.equal(await page.locator('.header, .panel').count(), 0);
  const { page: bare } = await openPage(t, { lang: 'en', query: { ui: 'bare' } });
  await bare.locator('.node').first().waitFor();
  assert.equal(await bare.locator('.header, .panel, .bottom').count(), 0);
  await screenshot(bare, 'share-bare');
  const { page: bad } = await openPage(t, {
    lang: 'en',
    query: { ui: 'huge', edit: 'some', t: '-3', run: 'yes', speed: '0', seed: 'x', motion: '7' },
  });
  for (const name of ['ui', 'edit', 't', 'run', 'speed', 'seed', 'motion']) {
    await bad.locator('.notice').filter({ hasText: new RegExp(`\\b${name}\\b`) }).first().waitFor();
  }
  assert.ok((await bad.locator('.node').count()) > 0);
});

test('what may be edited is up to the page that embeds', async (t) => {
  const host = await openHost(t, { lang: 'en', query: { edit: 'settings' } });
  const { playground } = host;
  await playground.locator('.node').first().waitFor();
  assert.equal(await playground.locator('.panel.is-palette').isVisible(), false);
  await playground.locator('[data-node="packer-2"]').click();
  await playground.locator('body').press('Delete');
  await playground.locator('.notice').first().waitFor();
  assert.equal(await playground.locator('[data-node="packer-2"]').count(), 1);
  await playground.locator('[data-node="packer-2"] .node-fault').click();
  await playground.locator('[data-node="packer-2"].is-down').waitFor();
  // The page that embeds may do what it keeps from others.
  await host.ask({ type: 'command', command: { type: 'remove', ids: ['packer-2'] } });
  await playground.locator('[data-node="packer-2"]').waitFor({ state: 'detached' });
});

test('a run goes from page to page by messages', async (t) => {
  const host = await openHost(t, { lang: 'en' });
  await host.ask({ type: 'load', scenario });
  await host.ask({ type: 'play', until_us: 3_000_000 });
  await host.waitForMessage({ type: 'changed', what: 'time' });
  await host.ask({ type: 'seek', time_us: 3_000_000 });
  await host.ask({ type: 'command', command: { type: 'crash', node: 'c' } });
  await host.ask({ type: 'seek', time_us: 5_000_000 });
  // It was playing, and it would go on.
  await host.ask({ type: 'pause' });
  await host.ask({ type: 'seek', time_us: 5_000_000 });
  const state = await host.ask({ type: 'getState' });
  const exported = {};
  for (const format of ['scenario', 'link', 'svg', 'png', 'csv']) {
    const reply = await host.ask({ type: 'export', format });
    assert.deepEqual([reply.type, reply.format], ['exported', format]);
    exported[format] = reply.data;
  }
  assert.equal(exported.scenario.nodes.length, 3);
  assert.ok(exported.link.startsWith(host.address.split('?')[0]));
  assert.match(exported.png, /^data:image\/png;base64,iVBOR/);
  assert.match(exported.csv, /^time_s,/);
  await host.ask({ type: 'reset' });
  await host.ask({ type: 'load', link: exported.link });
  const again = await host.ask({ type: 'getState' });
  assert.deepEqual([again.trace_hash, again.time_us], [state.trace_hash, 5_000_000]);
  const refused = await host.send({ type: 'load', link: exported.link.slice(0, -9) });
  assert.deepEqual([refused.type, refused.code], ['error', 'bad_link']);
  const height = await host.waitForMessage({ type: 'resize' });
  assert.ok(height.height >= 240 && height.height <= 960);
});

test('what cannot be seen rests, and goes on when it can', async (t) => {
  const host = await openHost(t, { lang: 'en', query: { run: '1' } });
  const { page, playground } = host;
  await playground.locator('.node').first().waitFor();
  await host.waitForMessage({ type: 'changed', what: 'time' });
  await page.evaluate(() => {
    const frame = document.querySelector('iframe');
    const room = document.createElement('div');
    room.style.height = '5000px';
    frame.before(room);
  });
  // It has noticed when it counts no more frames between two answers.
  const time = async () => (await host.ask({ type: 'getState' })).time_us;
  let [before, now] = [-1, await time()];
  while (before !== now) {
    // A frame of the host lies in between.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    [before, now] = [now, await time()];
  }
  assert.equal((await host.ask({ type: 'getState' })).playing, true, 'it was not paused, it rests');
  assert.equal(await time(), now);
  const from = (await host.received()).length;
  await page.evaluate(() => document.querySelector('iframe').scrollIntoView());
  await host.waitForMessage({ type: 'changed', what: 'time' }, from);
  assert.ok((await time()) > now);
});

test('the wheel is the host page’s until the stage has the focus', async (t) => {
  const host = await openHost(t, { lang: 'en' });
  const { page, playground } = host;
  await playground.locator('.node').first().waitFor();
  await page.evaluate(() => {
    const room = document.createElement('div');
    room.style.height = '5000px';
    document.body.append(room);
    window.scrolled = new Promise((resolve) => addEventListener('scroll', resolve, { once: true }));
  });
  const place = () => playground.locator('[data-node="queue"]').evaluate((node) => node.getBoundingClientRect().top);
  const before = await place();
  const box = await page.locator('iframe').boundingBox();
  const stage = await playground.locator('[data-node="queue"]').evaluate((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
  await page.mouse.move(box.x + stage.x, box.y + stage.y);
  await page.mouse.wheel(0, 100);
  await page.evaluate(() => window.scrolled);
  assert.equal(await place(), before, 'the stage stays');
  await page.evaluate(() => scrollTo(0, 0));
  await page.mouse.click(box.x + stage.x, box.y + stage.y);
  await page.mouse.wheel(0, 100);
  await playground.waitForFunction((before) => document.querySelector('[data-node="queue"]').getBoundingClientRect().top !== before, before);
  assert.equal(await page.evaluate(() => scrollY), 0);
});

test('what is played with in a player takes the place of nobody’s own, and says where the whole page is', async (t) => {
  const { page } = await openPage(t, { lang: 'en', query: { ui: 'player', run: '0' } });
  await page.locator('.node').first().waitFor();
  await page.locator('[data-node="queue"]').click();
  await page.keyboard.press('Delete');
  await page.locator('.notice').first().waitFor();
  assert.equal(await page.locator('[data-node="queue"]').count(), 1, 'without the tools nothing is taken apart');
  await page.locator('[data-node="packer-1"] .node-fault').click();
  await page.locator('[data-node="packer-1"].is-down').waitFor();
  const [whole] = await Promise.all([page.context().waitForEvent('page'), page.locator('.whole-page').click()]);
  await whole.locator('[data-node="packer-1"].is-down').waitFor();
  assert.match(whole.url(), /#s=1/);
});

test('a picture without a run says so', async (t) => {
  const { page } = await openPage(t, { lang: 'en' });
  await page.locator('.node').first().waitFor();
  for (const [name, type] of [
    ['out.gif', 'image/gif'],
    ['out.png', 'image/png'],
  ]) {
    await page.evaluate(
      ([name, type]) => {
        const carried = new DataTransfer();
        carried.items.add(new File(['nothing'], name, { type }));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
      },
      [name, type],
    );
    await page.locator('.notice').filter({ hasText: `“${name}” carries no run` }).waitFor();
  }
});

test('nothing plays for long that nobody has asked for', async (t) => {
  const host = await openHost(t, { lang: 'en', query: { lesson: 'what-is-mq', step: 'crash' } });
  const { playground } = host;
  await playground.locator('.node').first().waitFor();
  const playing = async () => (await host.ask({ type: 'getState' })).playing;
  if (await playing()) {
    await playground.locator('.transport-play[aria-label="Play"]').waitFor();
    assert.equal(await playing(), false);
  }
});
