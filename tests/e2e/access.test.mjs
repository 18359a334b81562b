// For everyone: keys alone, what is spoken, less motion, the outline; and that axe finds nothing wherever one is.

import assert from 'node:assert/strict';
import test from 'node:test';
import { largeScenario } from './large.mjs';
import { accessibilityProblems, EMPTY, screenshot, usePlayground, waitForState } from './support.mjs';

const { openHost, openPage } = usePlayground();

/** What has the focus, in a few words. */
const focused = (frame) =>
  frame.evaluate(() => {
    const { activeElement: element } = document;
    const part = element?.closest('[data-node], [data-edge]');
    return {
      tag: element?.tagName,
      name: element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '',
      node: part?.getAttribute('data-node') ?? null,
      edge: part?.getAttribute('data-edge') ?? null,
      kinds: [...(element?.classList ?? [])],
    };
  });

/** Presses a key until what has the focus fulfils a condition. */
async function pressUntil(page, frame, key, condition, most = 80) {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press(key);
    const now = await focused(frame);
    if (condition(now)) return now;
  }
  throw new Error(`${key} never led there; last: ${JSON.stringify(await focused(frame))}`);
}

/** Waits until something is spoken that fits. */
const hears = (frame, pattern) =>
  frame.waitForFunction(
    ([source, flags]) => new RegExp(source, flags).test(document.querySelector('.live')?.textContent ?? ''),
    [pattern.source, pattern.flags],
  );

const isLost = ({ tag }) => tag === 'BODY' || tag === undefined;

test('with keys alone: built, crashed, drained, undone', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: EMPTY });
  await playground.locator('.stage-empty').waitFor();
  await page.locator('iframe').focus();
  // Past the panels, to the palette.
  await pressUntil(page, playground, 'Tab', ({ name }) => name === 'Skip to: Add', 6).catch(async () => {
    await pressUntil(page, playground, 'Tab', ({ kinds }) => kinds.includes('palette-entry'));
  });
  if ((await focused(playground)).kinds.includes('button')) await page.keyboard.press('Enter');
  for (const kind of ['producer', 'queue', 'consumer']) {
    if (!(await focused(playground)).kinds.includes(`is-${kind}`)) {
      await pressUntil(page, playground, 'Tab', ({ kinds }) => kinds.includes('palette-entry') && kinds.includes(`is-${kind}`)).catch(
        () => pressUntil(page, playground, 'Shift+Tab', ({ kinds }) => kinds.includes('palette-entry') && kinds.includes(`is-${kind}`)),
      );
    }
    await page.keyboard.press('Enter');
    await playground.locator(`.node-${kind}`).waitFor();
    await hears(playground, /added\.$/);
  }
  const toNode = (kind) => pressUntil(page, playground, 'Tab', ({ node, kinds }) => node && kinds.includes(`node-${kind}`));
  await toNode('producer');
  for (const [from, to] of [['producer', 'queue'], ['queue', 'consumer']]) {
    if (from !== 'producer') await toNode(from);
    await page.keyboard.press('c');
    await hears(playground, new RegExp(`Connect .* with .*${to}`, 'i'));
    await page.keyboard.press('Enter');
    await hears(playground, /is connected to/);
  }
  assert.equal(await playground.locator('.edge').count(), 2);
  // Alt and arrows follow the edges, there and back.
  const at = async (kind) => assert.ok((await focused(playground)).kinds.includes(`node-${kind}`), `on the ${kind}`);
  await at('queue');
  await page.keyboard.press('Alt+ArrowRight');
  await at('consumer');
  await page.keyboard.press('Alt+ArrowLeft');
  await page.keyboard.press('Alt+ArrowLeft');
  await at('producer');
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Alt+ArrowRight');
  await at('consumer');
  // Time, from wherever one is.
  await playground.locator('.transport-play').focus();
  await page.keyboard.press('Enter');
  await hears(playground, /Running/);
  await waitForState(host, 'messages', ({ ledger }) => ledger.acked > 2);
  await pressUntil(page, playground, 'Shift+Tab', ({ kinds }) => kinds.includes('node-consumer'), 200);
  await page.keyboard.press('x');
  await hears(playground, /crashed\.$/);
  await waitForState(host, 'a backlog', ({ ledger }) => ledger.ready > 12);
  await hears(playground, /\d+, rising/);
  await page.keyboard.press('x');
  await waitForState(host, 'the backlog to drain', ({ ledger }) => ledger.ready === 0);
  // Removing does not lose the focus, and neither does taking it back.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await playground.locator('.node-consumer').waitFor({ state: 'detached' });
  await at('queue');
  await hears(playground, /removed\.$/);
  await page.keyboard.press('Control+z');
  await hears(playground, /Undone: 1 node and 1 connection back/);
  await at('queue');
});

test('the outline lists, selects, breaks, connects and removes', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await playground.locator('.outline-toggle').focus();
  await page.keyboard.press('Enter');
  const lines = playground.locator('.outline-line');
  await lines.first().waitFor();
  const { nodes } = await host.ask({ type: 'getState' });
  assert.equal(await playground.locator('.outline-line[aria-level="1"]').count(), Object.keys(nodes).length);
  assert.equal(await playground.locator('.outline-line[aria-level="2"]').count(), await playground.locator('.edge').count());
  await page.keyboard.press('Tab');
  assert.match((await focused(playground)).name, /^Producer|Orders/);
  await page.keyboard.press('ArrowDown');
  assert.ok((await focused(playground)).kinds.includes('is-edge'));
  await playground.locator('.edge.is-selected').waitFor({ state: 'attached' });
  await page.keyboard.press('End');
  await playground.locator('.node-consumer.is-selected').waitFor();
  await page.keyboard.press('x');
  await playground.locator('.outline-line.is-down[aria-selected="true"]').waitFor();
  await hears(playground, /crashed\.$/);
  await page.keyboard.press('x');
  await playground.locator('.outline-line.is-down').waitFor({ state: 'detached' });
  // What is selected on the stage is selected here.
  await playground.locator('.node-queue').click({ position: { x: 60, y: 14 } });
  await playground.locator('.outline-line.is-queue[aria-selected="true"][tabindex="0"]').waitFor();
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'outline');
  // A node folds its edges away, and shows them again.
  const level2 = await playground.locator('.outline-line[aria-level="2"]').count();
  await playground.locator('.outline-line.is-queue[tabindex="0"]').focus();
  await page.keyboard.press('ArrowLeft');
  await playground.waitForFunction(
    (before) => document.querySelectorAll('.outline-line[aria-level="2"]').length < before,
    level2,
  );
  await page.keyboard.press('ArrowRight');
  await playground.waitForFunction(
    (before) => document.querySelectorAll('.outline-line[aria-level="2"]').length === before,
    level2,
  );
  // Removing keeps the focus in the list; Enter leads to the stage.
  await page.keyboard.press('End');
  await page.keyboard.press('Delete');
  await playground.waitForFunction(() => document.activeElement?.classList.contains('outline-line'));
  await page.keyboard.press('Enter');
  assert.ok((await focused(playground)).node ?? (await focused(playground)).edge);
});

test('while nothing is worth a word, nothing is said', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { speed: 10 } });
  const { playground } = host;
  const calm = {
    mq_scenario: 1,
    title: 'Calm',
    nodes: [
      { id: 'p', kind: 'producer', at: [0, 0], settings: { pattern: { constant: { per_s: 2 } } } },
      { id: 'q', kind: 'queue', at: [280, 0] },
      { id: 'c', kind: 'consumer', at: [600, 0], settings: { handler: [{ work: { ms: { constant: 5 } } }] } },
    ],
    edges: [
      { id: '1', kind: 'publish', from: 'p', to: 'q' },
      { id: '2', kind: 'subscribe', from: 'q', to: 'c' },
    ],
  };
  await host.ask({ type: 'load', scenario: calm });
  await playground.evaluate(() => {
    window.heard = [];
    new MutationObserver(() => window.heard.push(document.querySelector('.live').textContent)).observe(
      document.querySelector('.live'),
      { childList: true, subtree: true, characterData: true },
    );
  });
  await host.ask({ type: 'play' });
  // More than two summaries could have been: they come by real time, here two hundred messages later.
  await waitForState(host, 'twelve seconds', ({ ledger }) => ledger.acked > 240);
  assert.deepEqual(await playground.evaluate(() => window.heard), []);
});

for (const [how, options] of [
  ['the system asks', { reducedMotion: true }],
  ['the address asks', { query: { motion: 0 } }],
]) {
  test(`less motion where ${how} for it`, async (t) => {
    const { page } = await openPage(t, { width: 1440, height: 900, ...options });
    await page.locator('.node-consumer').nth(1).waitFor();
    await page.waitForFunction(() => document.documentElement.dataset.motion === 'less');
    // Nothing glides and nothing fades.
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration.split(',').some((duration) => parseFloat(duration) > 0) || animationName !== 'none';
      }).length,
    );
    assert.equal(moving, 0);
    // Figures go on, and edges are filled: along each one the picture is the same everywhere.
    const clock = page.locator('.transport-clock');
    const first = await clock.textContent();
    await page.waitForFunction((first) => document.querySelector('.transport-clock').textContent !== first, first);
    await screenshot(page, `less-motion-${options.query ? 'address' : 'system'}`);
  });
}

test('every control can be hit: 24 px with a mouse, 44 px with a finger', async (t) => {
  for (const touch of [false, true]) {
    const { page } = await openPage(t, { width: touch ? 390 : 1440, height: touch ? 844 : 900, touch });
    await page.locator('.node-consumer').nth(1).waitFor();
    const small = await page.evaluate((least) => {
      const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.skip, .stage-world');
      return [...document.querySelectorAll('button, select, summary, a[href], input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file])')]
        .filter(shown)
        .map((element) => {
          const { width, height } = element.getBoundingClientRect();
          return { what: `${element.tagName} ${element.className} ${element.getAttribute('aria-label') ?? ''}`, width, height };
        })
        .filter(({ width, height }) => width > 0 && (width < least - 0.5 || height < least - 0.5));
    }, touch ? 44 : 24);
    assert.deepEqual(small, [], touch ? 'with a finger' : 'with a mouse');
  }
});

for (const theme of ['light', 'dark']) {
  for (const lang of ['en', 'zh-CN']) {
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ]) {
      test(`axe finds nothing in what can be opened: ${theme}, ${lang}, ${width}×${height}, while running`, async (t) => {
        const { page } = await openPage(t, { width, height, theme, lang, touch: width < 500 });
        await page.locator('.node-consumer').nth(1).waitFor();
        const check = async (what) => assert.deepEqual(await accessibilityProblems(page), [], what);
        await page.locator('.node-queue').press('Enter');
        await check('a node is selected');
        await page.locator('.node-queue').press('Shift+F10');
        await page.locator('[role=menu]').waitFor();
        await check('the menu');
        await page.keyboard.press('Escape');
        assert.ok(!isLost(await focused(page)), 'the menu gives the focus back');
        await page.locator('.outline-toggle').press('Enter');
        await page.locator('.outline-line').first().waitFor();
        await check('the outline');
        await screenshot(page, `outline-${theme}-${lang}-${width}`);
        await page.locator('.outline-toggle').press('Enter');
        await page.locator('.node-consumer').first().press('x');
        await page.locator('.node-consumer.is-down').waitFor();
        await check('a crashed consumer');
        if (width < 500) {
          for (const tab of [0, 1]) {
            await page.locator('.tab').nth(tab).press('Enter');
            await check(`sheet ${tab}`);
            await page.locator('.tab').nth(tab).press('Enter');
          }
        }
        await page.keyboard.press('Control+k');
        await page.locator('dialog[open]').waitFor();
        await check('the list of commands');
        await page.keyboard.press('Escape');
        await page.locator('dialog[open]').waitFor({ state: 'detached' });
        await page.locator('.header-scenarios').press('Enter');
        await page.locator('dialog[open] .gallery-card').first().waitFor();
        await check('the scenarios');
        await screenshot(page, `scenarios-${theme}-${lang}-${width}`);
        await page.keyboard.press('Escape');
        await page.locator('dialog[open]').waitFor({ state: 'detached' });
        await page.locator('.header button').last().press('Enter');
        await page.locator('dialog[open]').waitFor();
        await check('the help');
        await page.keyboard.press('Escape');
        await page.locator('dialog[open]').waitFor({ state: 'detached' });
        assert.ok(!isLost(await focused(page)), 'the help gives the focus back');
      });
    }
  }
}

test('what is far away can be reached by keys and is drawn when one gets there', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en' });
  const { page, playground } = host;
  await host.ask({ type: 'load', scenario: largeScenario() });
  await playground.waitForFunction(() => document.querySelectorAll('.node').length === 300);
  // Zoomed in, most of it is away.
  await playground.locator('.node').first().focus();
  for (let presses = 0; presses < 14; presses += 1) await page.keyboard.press('Control+=');
  await playground.waitForFunction(() => document.querySelectorAll('.node.is-away').length > 100);
  assert.ok(await playground.evaluate(() => [...document.querySelectorAll('.node, svg.edge')].every((part) => part.tabIndex === 0 && part.getAttribute('aria-label'))));
  await playground.locator('.outline-toggle').focus();
  await page.keyboard.press('Enter');
  await playground.locator('.outline-line').first().waitFor();
  assert.equal(await playground.locator('.outline-line').count(), 300, 'a crowd shows no edges by itself');
  await page.keyboard.press('Tab');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const now = await focused(playground);
  assert.ok(now.node, `on a node, and not on ${JSON.stringify(now)}`);
  await playground.waitForFunction(() => !document.activeElement.classList.contains('is-away'));
  await playground.locator('.minimap.is-useful').waitFor();
  assert.deepEqual(await accessibilityProblems(playground), []);
  await screenshot(page, 'large');
});
