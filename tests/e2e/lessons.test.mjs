// Lessons as people do them: the four of the seed from beginning to end with a real pointer, and their figures, which are
// the engine's; what is kept; what is dropped on the page; the teacher's view; making one; and an embedding page that is told.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { accessibilityProblems, drag, middle, screenshot, usePlayground } from './support.mjs';

const { openPage, openHost } = usePlayground();

const LESSONS = fileURLToPath(new URL('../../static/lessons/', import.meta.url));

/** Someone in a lesson; `place` is the page or the frame that the playground is in. */
function learner(place) {
  const step = async (id) => place.locator(`[data-step="${id}"]`).waitFor();
  const done = async () => place.locator('[data-done]').waitFor();
  const next = async () => place.locator('[data-next]').click();
  const choose = async (number) => {
    await place.locator('.lesson-choice').nth(number - 1).click();
    await place.locator('.lesson-answer').click();
  };
  const guess = async (number) => {
    await place.locator('.lesson-number input').fill(String(number));
    await place.locator('.lesson-answer').click();
  };
  const play = async () => place.locator('.transport-play').click();
  const select = async (node, lane = '.lane:not(.is-beside)') => place.locator(`${lane} [data-node="${node}"]`).click();
  const fault = async (name) =>
    place.locator('.panel.is-inspector').getByRole('button', { name, exact: true }).first().click();
  /** The numbers in a part of the text, by the names of their figures. */
  const figures = async (part = '[data-done]') => {
    const shown = await place.locator(`${part} .lesson-figure`).evaluateAll((all) =>
      all.map((one) => [one.dataset.figure, one.textContent]),
    );
    return Object.fromEntries(shown.map(([name, text]) => [name, Number(text.replaceAll(',', ''))]));
  };
  const otherLane = async () => place.getByRole('button', { name: 'Work on this lane' }).click();
  return { step, done, next, choose, guess, play, select, fault, figures, otherLane };
}

test('the first lesson, by mouse', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  const { step, done, next, choose, play, select, fault, figures } = learner(page);
  await page.getByRole('button', { name: 'Lessons' }).click();
  await page.locator('[data-lesson="what-is-mq"]').click();
  await step('predict');
  await choose(1);
  await done();
  await next();
  await step('fifo');
  await play();
  await done();
  await next();
  await step('predict-crash');
  await choose(3);
  await next();
  await step('crash');
  await select('consumer');
  await fault('Crash');
  await done();
  const crashed = await figures();
  assert.ok(crashed['nodes.queue.ready'] >= 8);
  assert.equal(crashed['nodes.queue.dropped'], 0);
  await next();
  await step('restart');
  await select('consumer');
  await fault('Restart');
  await play();
  await done();
  assert.equal((await figures())['nodes.queue.dropped'], 0);
  await next();
  await step('copies');
  await play();
  await done();
  const copies = await figures();
  for (const system of ['inventory', 'payment', 'logistics']) assert.ok(copies[`nodes.${system}.processed`] >= 3);
  await next();
  await step('transfer');
  await choose(2);
  await page.locator('.lesson-verdict.is-wrong').waitFor();
  await choose(1);
  await done();
  await next();
  await step('end');
  await screenshot(page, 'lesson-end');
  // The answer was right, but not at once.
  await page.getByText('0 % of the questions right the first time').waitFor();
  await page.getByRole('button', { name: 'Play freely' }).click();
  await page.locator('.lesson').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Lessons' }).click();
  await page.locator('[data-lesson="what-is-mq"].is-finished').waitFor();
});

test('decoupling: both shops, a stalled system, and a fourth one by a wire', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { lesson: 'decoupling' } });
  const { page, playground } = host;
  const { step, done, next, choose, play, select, fault, figures, otherLane } = learner(playground);
  const state = () => host.ask({ type: 'getState' });
  await step('predict');
  await choose(3);
  await next();
  await step('crash');
  await select('inventory');
  await fault('Crash');
  await otherLane();
  await select('inventory');
  await fault('Crash');
  await done();
  await screenshot(page, 'lesson-lanes');
  const shops = await figures();
  assert.ok(shops['nodes.client.failed'] >= 10);
  assert.equal(shops['nodes.client.succeeded_per_s|0'], 0);
  assert.equal(shops['beside.nodes.client.failed'], 0);
  await next();
  await step('publish');
  await play();
  await done();
  await next();
  await step('stall');
  await select('inventory');
  await fault('Stall');
  await playground.locator('[data-when="backlog"]').waitFor();
  await fault('Resume');
  await done();
  const stalled = await figures();
  assert.equal(stalled['nodes.client.failed'], 0);
  assert.equal(stalled['nodes.inventory-queue.dropped'], 0);
  assert.ok(stalled['nodes.inventory-queue.depth_max'] >= 40);
  await next();
  for (const [name, from, failed] of [
    ['add-direct', 'orders', true],
    ['add-mq', 'exchange', false],
  ]) {
    await step(name);
    await playground.locator(`[data-node="${from}"]`).hover();
    const handle = await middle(playground.locator(`[data-node="${from}"] [data-handle="out"]`));
    await drag(page, handle, await middle(playground.locator('[data-node="points"]')));
    await done();
    const { nodes } = await state();
    assert.equal(nodes.client.failed > 0, failed, `${name}: ${nodes.client.failed} failed`);
    await next();
  }
  await step('transfer');
  await choose(2);
  await done();
  await next();
  const { lesson, score } = await host.waitForMessage({ type: 'completed' });
  assert.deepEqual([lesson, score], ['decoupling', 100]);
  const goals = (await host.received()).filter((message) => message.type === 'goal').map((message) => message.step);
  assert.deepEqual(goals, ['predict', 'crash', 'publish', 'stall', 'add-direct', 'add-mq', 'transfer']);
});

test('asynchronous: 920 ms and 25 ms are read off the page', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { lesson: 'async' } });
  const { page, playground } = host;
  const { step, done, next, guess, play, select, figures, otherLane } = learner(playground);
  await step('predict');
  await guess('800');
  await done();
  assert.equal((await figures())['answer.predict'], 800);
  await next();
  await step('measure');
  await play();
  await done();
  const measured = (await figures())['nodes.client.response_ms.mean'];
  const engine = (await host.ask({ type: 'getState' })).nodes.client.response_ms;
  assert.deepEqual([measured, engine.mean, engine.p50, engine.max], [920, 920, 920, 920]);
  await next();
  await step('predict-mq');
  await guess('25');
  await next();
  await step('both');
  await play();
  await done();
  const both = await figures();
  assert.equal(both['nodes.client.response_ms.mean'], 920);
  assert.equal(both['beside.nodes.client.response_ms.mean'], 25);
  await otherLane();
  const mq = (await host.ask({ type: 'getState' })).nodes.client.response_ms;
  assert.deepEqual([mq.mean, mq.max], [25, 25]);
  await next();
  await step('break');
  for (const lane of ['A', 'B']) {
    if (lane === 'B') await otherLane();
    await select('logistics');
    const line = playground.locator('.code-line.is-step', { hasText: 'work 300 ms' });
    // The line that is open in one lane is open in the other one, too.
    if ((await line.getAttribute('aria-expanded')) === 'false') await line.click();
    const field = playground.locator('.code-form input[inputmode=decimal]').first();
    await field.fill('2000');
    await field.press('Enter');
    await playground.locator('.code-line.is-step', { hasText: 'work 2000 ms' }).waitFor();
  }
  await done();
  await screenshot(page, 'lesson-break');
  await next();
  await step('end');
});

test('peak shaving: when the backlog is empty is read off the page', async (t) => {
  const host = await openHost(t, { width: 1440, height: 900, lang: 'en', query: { lesson: 'peak-shaving' } });
  const { page, playground } = host;
  const { step, done, next, choose, guess, play, select, figures } = learner(playground);
  await step('predict');
  await choose(2);
  await next();
  await step('direct');
  await play();
  await done();
  assert.ok((await figures())['nodes.database.crashes'] >= 2);
  await next();
  await step('predict-mq');
  await guess('20');
  await next();
  await step('mq');
  await host.ask({ type: 'setSpeed', speed: 20 });
  await play();
  await done();
  await screenshot(page, 'lesson-peak');
  assert.equal((await figures('[data-when="empty"]'))['moment.empty|s'], 60);
  const shown = await figures();
  assert.equal(shown['nodes.database.rate_max_per_s'], 1000);
  assert.equal(shown['nodes.database.crashes'], 0);
  // The engine says the same: at 60 s more is there than comes in a fifth of a second, a moment later it is not.
  await host.ask({ type: 'pause' });
  const depthAt = async (time_us) => {
    await host.ask({ type: 'seek', time_us });
    const { nodes } = await host.ask({ type: 'getState' });
    return nodes['database-queue'].ready + nodes['database-queue'].unacked;
  };
  assert.ok((await depthAt(59_990_000)) > 200);
  assert.ok((await depthAt(60_050_000)) <= 200);
  await next();
  await step('break');
  await select('worker');
  const field = playground.getByRole('textbox', { name: 'Pulls at once' });
  await field.fill('2000');
  await field.press('Enter');
  await play();
  await done();
  await next();
  await step('transfer');
  await guess('120');
  await done();
  await next();
  await step('end');
});

test('a hint, and then the solution is done before one’s eyes', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'zh-CN', theme: 'dark', query: { lesson: 'what-is-mq', step: 'crash' } });
  const { step, done } = learner(page);
  await step('crash');
  await page.getByRole('button', { name: '提示', exact: true }).click();
  await page.locator('.lesson-hint').waitFor();
  await page.getByRole('button', { name: '演示给我看' }).click();
  await page.locator('[data-node="consumer"].is-down.is-selected').waitFor();
  await done();
  await screenshot(page, 'lesson-shown-zh');
});

test('how far somebody is, is kept, stands in the address, and comes back', async (t) => {
  const { page } = await openPage(t, { width: 390, height: 844, touch: true, lang: 'en', query: { lesson: 'what-is-mq' } });
  const { step, done, next, choose } = learner(page);
  await step('predict');
  await choose(2);
  await done();
  await next();
  await step('fifo');
  assert.equal(new URL(page.url()).searchParams.get('step'), '2');
  await screenshot(page, 'lesson-phone');
  await page.reload();
  await step('fifo');
  assert.equal(await page.locator('.lesson-mark.is-passed').count(), 1);
  // Another scenario ends it; the list knows how far it was.
  await page.getByRole('button', { name: 'Leave the lesson' }).click();
  await page.locator('.lesson').waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).searchParams.get('lesson'), null);
  await page.getByRole('button', { name: 'Lessons' }).click();
  await page.getByText('1 of 7 steps').waitFor();
  await screenshot(page, 'lessons-phone');
});

test('what a step does not allow is refused, and said', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en', query: { lesson: 'async' } });
  await learner(page).step('predict');
  await page.locator('[data-node="orders"]').click();
  await page.keyboard.press('Delete');
  await page.getByText('switched off here').waitFor();
  assert.equal(await page.locator('[data-node="orders"]').count(), 1);
});

test('an address with no such lesson or step says so', async (t) => {
  const { page } = await openPage(t, { lang: 'en', query: { lesson: 'nothing' } });
  await page.getByText('The page has no lesson with the name nothing').waitFor();
  await page.locator('.node-consumer').first().waitFor();
  const other = await openPage(t, { lang: 'en', query: { lesson: 'async', step: 'ninety' } });
  await other.page.getByText('The lesson has no step ninety').waitFor();
  await learner(other.page).step('predict');
});

/** Drops real files or folders where the pointer is, as a file manager does. */
async function dropFiles(page, files) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
}

test('a folder that is dropped on the page is tried out; one with mistakes says where', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  await page.locator('.node-consumer').first().waitFor();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lesson-'));
  for (const file of await readdir(path.join(LESSONS, 'async'))) {
    await writeFile(path.join(folder, file), await readFile(path.join(LESSONS, 'async', file)));
  }
  const english = path.join(folder, 'en.md');
  await writeFile(english, (await readFile(english, 'utf8')).replace('# Async', '# My own async <img src=x onerror=alert(1)> '));
  await dropFiles(page, [folder]);
  await page.getByText('en.md:1:').waitFor();
  await page.getByText('HTML is not shown').waitFor();
  assert.equal(await page.locator('.lesson').count(), 0);
  await writeFile(english, (await readFile(english, 'utf8')).replace('<img src=x onerror=alert(1)>', '&lt;b&gt;'));
  await dropFiles(page, [folder]);
  await learner(page).step('predict');
  assert.match(await page.locator('.lesson-title').textContent(), /^My own async <b>/);
  // What is tried out keeps nothing: it has the same id as a lesson that was shipped.
  assert.equal(await page.evaluate(() => Object.keys(localStorage).some((key) => key.includes('lesson.'))), false);
});

test('a lesson is made of what is on the stage, tried out, saved and opened again', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en' });
  const { step, done, next, choose } = learner(page);
  await page.locator('.node-consumer').first().waitFor();
  await page.getByRole('button', { name: 'Lessons' }).click();
  await page.getByRole('button', { name: 'Make a lesson of this' }).click();
  const dialog = page.locator('dialog.making');
  await dialog.getByLabel('Title').fill('Backlogs');
  await dialog.getByLabel('What it is about').fill('A *small* lesson.');
  await dialog.getByLabel('Heading').fill('Crash one');
  await dialog.getByLabel('What to do or think about').fill('Crash a consumer.');
  await dialog.getByLabel('Hint').fill('Press it.');
  await dialog.getByLabel('What to say then').fill('It is {{nodes.queue.ready}}.');
  await dialog.locator('select').first().selectOption('nodes.queue.depth_max');
  const bound = dialog.getByRole('textbox', { name: 'Done when' });
  await bound.fill('5');
  await bound.press('Tab');
  await dialog.getByRole('button', { name: 'Record the solution' }).click();
  await page.locator('.node-consumer').first().press('x');
  await page.locator('.node-consumer.is-down').waitFor();
  await page.getByRole('button', { name: 'Stop recording' }).click();
  await dialog.getByText('1 thing is recorded').waitFor();
  await dialog.getByRole('button', { name: 'Add a step' }).click();
  const second = dialog.locator('.making-step').nth(1);
  await second.getByLabel('Heading').fill('Why?');
  await second.getByLabel('What to do or think about').fill('Say why.');
  // By keys, as a person does: a new line is there before there is something on it.
  await second.getByLabel('Choices, one in a line').pressSequentially('It is slow\n*It is down');
  await second.getByLabel('What to say then').fill('Yes.');
  await screenshot(page, 'lesson-making');
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as a file' }).click();
  const file = await (await download).path();
  const lesson = JSON.parse(await readFile(file, 'utf8'));
  assert.equal(lesson.steps[0].solution.find((act) => act.do).do.type, 'crash');
  await dialog.getByRole('button', { name: 'Try it out' }).click();
  await step('step-1');
  const named = path.join(await mkdtemp(path.join(os.tmpdir(), 'lesson-')), 'mine.lesson.json');
  await writeFile(named, JSON.stringify(lesson));
  await page.getByRole('button', { name: 'Leave the lesson' }).click();
  await dropFiles(page, [named]);
  await step('step-1');
  await page.locator('.node-consumer').first().press('x');
  await page.locator('.node-consumer').nth(1).press('x');
  await done();
  await next();
  await choose(2);
  await done();
});

test('a class is shown one thing after the other, and answers when they are asked for', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'en', query: { lesson: 'what-is-mq' } });
  const { step } = learner(page);
  await step('predict');
  await page.getByRole('button', { name: 'Present' }).click();
  await page.locator('.shell.is-presenting').waitFor();
  assert.equal(await page.locator('.lesson-body').count(), 0);
  await page.keyboard.press('PageDown');
  await page.locator('.lesson-body').waitFor();
  assert.equal(await page.locator('.lesson-question').count(), 0);
  await page.keyboard.press('Space');
  await page.locator('.lesson-question').waitFor();
  assert.equal(await page.locator('.lesson-choice.is-right').count(), 0);
  const size = await page.locator('.lesson-body p').first().evaluate((p) => parseFloat(getComputedStyle(p).fontSize));
  assert.ok(size >= 22, `${size} px`);
  await screenshot(page, 'lesson-presented');
  await page.keyboard.press('a');
  await page.locator('.lesson-choice.is-right').waitFor();
  await page.keyboard.press('ArrowRight');
  await step('fifo');
  assert.equal(await page.locator('.lesson-body').count(), 0);
  // The space bar belongs to the clicker: time stands.
  await page.keyboard.press('Space');
  await page.locator('.lesson-body').waitFor();
  assert.equal(await page.locator('.transport-clock').textContent(), '0:04.000');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('PageUp');
  await step('predict');
  await page.keyboard.press('Escape');
  await page.locator('.shell.is-presenting').waitFor({ state: 'detached' });
});

test('a sheet is printed: diagrams, questions, room for answers', async (t) => {
  const { page } = await openPage(t, { width: 1440, height: 900, lang: 'zh-CN', query: { lesson: 'async' } });
  await learner(page).step('predict');
  // What is printed is looked at as it is on paper; a browser without a head prints nothing by itself.
  await page.emulateMedia({ media: 'print' });
  await page.getByRole('button', { name: '打印练习页' }).dispatchEvent('click');
  const sheet = page.locator('.sheet');
  await sheet.waitFor();
  assert.equal(await sheet.locator('figure svg').count(), 2);
  assert.equal(await sheet.locator('.sheet-steps > li').count(), 5);
  assert.equal(await page.locator('.shell').isVisible(), false);
  await screenshot(page, 'lesson-sheet', { fullPage: true });
});

test('an embedding page opens lessons, and is told of goals', async (t) => {
  const host = await openHost(t, { width: 1280, height: 800, lang: 'en' });
  const { step } = learner(host.playground);
  const unknown = await host.send({ type: 'load', lesson: 'nothing' });
  assert.deepEqual([unknown.type, unknown.code], ['error', 'unknown_lesson']);
  await host.ask({ type: 'load', lesson: 'what-is-mq', step: 'crash' });
  await step('crash');
  await host.ask({ type: 'play' });
  await host.ask({ type: 'command', command: { type: 'crash', node: 'consumer' } });
  const goal = await host.waitForMessage({ type: 'goal' });
  assert.deepEqual([goal.lesson, goal.step, goal.passed], ['what-is-mq', 'crash', true]);
  // What is not allowed in a step is not allowed to a page either.
  const refused = await host.send({ type: 'command', command: { type: 'remove', ids: ['consumer'] } });
  assert.equal(refused.code, 'rejected');
});

for (const theme of ['light', 'dark']) {
  for (const lang of ['en', 'zh-CN']) {
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ]) {
      test(`axe finds nothing in a lesson: ${theme}, ${lang}, ${width}×${height}, while running`, async (t) => {
        const query = { lesson: 'decoupling', step: 'crash' };
        const { page } = await openPage(t, { width, height, theme, lang, touch: width < 500, query });
        await learner(page).step('crash');
        assert.deepEqual(await accessibilityProblems(page), [], 'two lanes');
        await page.locator('.lesson-mark').first().click();
        await learner(page).step('predict');
        assert.deepEqual(await accessibilityProblems(page), [], 'a question');
        await page.locator('.header-lessons').click();
        await page.locator('[data-lesson]').first().waitFor();
        assert.deepEqual(await accessibilityProblems(page), [], 'the list');
        await screenshot(page, `lessons-${theme}-${lang}-${width}`);
      });
    }
  }
}
