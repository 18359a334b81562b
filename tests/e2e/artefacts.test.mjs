// What is taken along: the one file, from a disk and in a frame without an origin; the site in a frame; packages on a learning
// platform; pages of lessons; and the site without a network.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import test, { before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { CONTENT_TYPES, accessibilityProblems, site, startServer, usePlayground } from './support.mjs';

const { openHost, openEmpty } = usePlayground();

const SINGLE = 'artefacts/mq-playground.html';
const LESSON = 'what-is-mq';

before(() => {
  if (!existsSync(path.join(site, SINGLE))) {
    throw new Error('there are no artefacts in dist: run `cargo xtask artefacts` first');
  }
});

/** A producer that sends ten messages a second to one consumer, which is quick. */
const SCENARIO = {
  mq_scenario: 1,
  seed: 1,
  nodes: [
    { id: 'producer', kind: 'producer', at: [80, 160], settings: { pattern: { constant: { per_s: 10 } } } },
    { id: 'queue', kind: 'queue', at: [360, 160] },
    { id: 'consumer', kind: 'consumer', at: [680, 160], settings: { handler: [{ work: { ms: { constant: 10 } } }] } },
  ],
  edges: [
    { id: 'in', from: 'producer', to: 'queue', kind: 'publish' },
    { id: 'out', from: 'queue', to: 'consumer', kind: 'subscribe' },
  ],
};

/** Waits until the clock on the page shows something else than it does now. */
async function clockMoves(place) {
  const clock = place.locator('.transport-clock');
  const now = await clock.textContent();
  await place.locator(`.transport-clock:not(:text-is("${now}"))`).waitFor();
}

/** What may be asked for when one file is opened: itself, and what it holds. */
const ofItself = (address) => /^(file|data|blob):/.test(address);

test('the one file runs from a disk and asks for nothing else', async (t) => {
  const { page, requests } = await openEmpty(t, { width: 1440, height: 900 });
  await page.goto(`${pathToFileURL(path.join(site, SINGLE))}?lang=en`);
  await page.locator('.node-consumer').first().waitFor();
  // By itself, as the site does when somebody opens it.
  await clockMoves(page);
  assert.deepEqual(requests.filter((address) => !ofItself(address)), []);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  const scripts = /script-src ([^;]*)/.exec(policy)[1];
  assert.doesNotMatch(scripts, /unsafe-inline|'self'|https?:|blob:|data:/);
});

test('the one file has lessons and scenarios in it', async (t) => {
  const { page, requests } = await openEmpty(t, { width: 1440, height: 900 });
  await page.goto(`${pathToFileURL(path.join(site, SINGLE))}?lang=en&lesson=${LESSON}`);
  await page.locator('[data-step="predict"]').waitFor();
  const files = await page.locator('script[type="application/json"][data-file]').evaluateAll((all) =>
    all.map((element) => [element.dataset.file, element.textContent]),
  );
  const names = files.map(([name]) => name);
  for (const folder of ['lessons', 'scenarios/gallery', 'scenarios/examples']) {
    for (const name of await readdir(path.join(site, folder))) {
      assert.ok(names.includes(`${folder}/${name}`), `${folder}/${name}`);
    }
  }
  for (const [name, text] of files) {
    assert.equal(text, await readFile(path.join(site, name), 'utf8'), name);
  }
  assert.deepEqual(requests.filter((address) => !ofItself(address)), []);
});

for (const [where, options] of [
  ['the one file in a frame without an origin', { file: SINGLE, sandbox: 'allow-scripts' }],
  ['the one file in a frame of another origin', { file: SINGLE }],
  ['the site in a frame of another origin', {}],
]) {
  test(`${where} is driven by messages alone`, async (t) => {
    const host = await openHost(t, { width: 1280, height: 800, lang: 'en', ...options });
    assert.equal(host.ready.protocol, 1);
    await host.ask({ type: 'load', scenario: SCENARIO });
    await host.ask({ type: 'setSpeed', speed: 20 });
    const news = (await host.received()).length;
    await host.ask({ type: 'play', until_us: 10_000_000 });
    let state;
    for (let seen = news; ; ) {
      state = await host.ask({ type: 'getState' });
      if (!state.playing && state.time_us === 10_000_000) break;
      seen = (await host.received()).length;
      await host.waitForMessage({ type: 'changed' }, seen);
    }
    assert.deepEqual([state.ledger.made, state.ledger.acked], [100, 100]);
    assert.equal(state.nodes.producer.published, 100);
    assert.equal(typeof state.trace_hash, 'string');
    const refused = await host.send({ type: 'load', scenario: { mq_scenario: 1, nodes: 'none' } });
    assert.equal(refused.type, 'error');
  });
}

test('pages of lessons say what sites that show links look for', async (t) => {
  const folder = path.join(site, 'lesson', LESSON);
  for (const lang of ['en', 'zh-CN']) {
    const { page } = await openEmpty(t);
    await page.goto(String(pathToFileURL(path.join(folder, `${lang}.html`))));
    const title = await page.locator('h1').textContent();
    const meta = (name) => page.locator(`meta[property="${name}"], meta[name="${name}"]`).getAttribute('content');
    assert.equal(await meta('og:title'), title);
    assert.equal(await meta('twitter:title'), title);
    assert.ok((await meta('og:description')).length > 10);
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    assert.equal(await page.locator('link[hreflang]').count(), 2);
    const oembed = JSON.parse(await readFile(path.join(folder, `${lang}.oembed.json`), 'utf8'));
    assert.deepEqual([oembed.type, oembed.version, oembed.title], ['rich', '1.0', title]);
    assert.match(oembed.html, new RegExp(`lesson=${LESSON}&amp;lang=${lang}`));
    assert.ok((await page.locator('ol > li').count()) >= 3);
    assert.deepEqual(await accessibilityProblems(page), []);
    const picture = path.join(folder, `${lang}.png`);
    if (existsSync(picture)) {
      const bytes = await readFile(picture);
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1200, 630]);
      await page.waitForFunction(() => document.querySelector('img').naturalWidth === 1200);
    }
  }
});

/** The files of a zip file, by their names. */
async function unzip(file) {
  const bytes = await readFile(file);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const local = bytes.readUInt32LE(at + 42);
    const begins = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(begins, begins + size);
    files.set(bytes.toString('utf8', at + 46, at + 46 + name), method === 8 ? inflateRawSync(packed) : packed);
    at += 46 + name + extra + comment;
  }
  return files;
}

// A learning platform as far as a package sees it: its interface, which writes down what it is asked.
const PLATFORM = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A learning platform</title>
<link rel="icon" href="data:,">
<style>html, body { height: 100%; margin: 0 } iframe { border: 0; width: 100%; height: 95% }</style>
<body>
<script>
  window.calls = [];
  window.model = {};
  const call = (name, answer) => (...values) => {
    window.calls.push([name, ...values]);
    return answer(...values);
  };
  const get = (name) => window.model[name] ?? '';
  const set = (name, value) => {
    window.model[name] = value;
    return 'true';
  };
  const yes = () => 'true';
  window.provide = (edition, model) => {
    window.calls = [];
    window.model = model;
    const names = edition === 'scorm12'
      ? ['LMSInitialize', 'LMSGetValue', 'LMSSetValue', 'LMSCommit', 'LMSFinish', 'LMSGetLastError']
      : ['Initialize', 'GetValue', 'SetValue', 'Commit', 'Terminate', 'GetLastError'];
    const answers = [yes, get, set, yes, yes, () => '0'];
    window[edition === 'scorm12' ? 'API' : 'API_1484_11'] =
      Object.fromEntries(names.map((name, place) => [name, call(name, answers[place])]));
  };
  window.launch = () => {
    document.querySelector('iframe')?.remove();
    const frame = document.createElement('iframe');
    frame.src = 'package/index.html';
    document.body.append(frame);
  };
  window.leave = () => document.querySelector('iframe').remove();
</script>
</body>
</html>
`;

// Says what it is told to, as the playground would, and keeps what it hears.
const ACTOR = `<!doctype html><title>An actor</title><link rel="icon" href="data:,"><script>
  window.heard = [];
  addEventListener('message', (event) => window.heard.push(event.data));
  window.say = (message) => parent.postMessage({ mq: 1, ...message }, '*');
  say({ type: 'ready', version: '0', protocol: 1 });
</script>`;

/**
 * Puts a package on a platform; `actor`: with something in the playground's place that says what a test wants. Returns `launch`,
 * which opens it with what the platform has kept so far and gives the playground's frame.
 */
async function onPlatform(t, { edition, lang = 'en', actor = false, change = (files) => files, bare = false }) {
  const zip = path.join(site, 'artefacts', 'scorm', `${LESSON}-${lang}-${edition}.zip`);
  const files = change(await unzip(zip));
  if (actor) files.set('mq-playground.html', Buffer.from(ACTOR));
  const server = await startServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const content = pathname === '/' ? PLATFORM : files.get(pathname.replace(/^\/package\//, ''));
    const type = CONTENT_TYPES[path.extname(pathname)] ?? CONTENT_TYPES['.html'];
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': type }).end(content);
  });
  t.after(() => server.close());
  const { page, ...watch } = await openEmpty(t, { width: 1440, height: 900, origins: [server.origin] });
  const lines = [];
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(server.origin);
  const launch = async (model = {}) => {
    if (!bare) await page.evaluate(([edition, model]) => window.provide(edition, model), [edition, model]);
    await page.evaluate(() => window.launch());
    const outer = page.frameLocator('iframe');
    await outer.locator('iframe#playground[src]').waitFor();
    return outer.frameLocator('iframe#playground');
  };
  const model = () => page.evaluate(() => window.model);
  const calls = () => page.evaluate(() => window.calls);
  /** Waits until the platform has a value. */
  const until = (name, value) =>
    page.waitForFunction(([name, value]) => window.model[name] === value, [name, value]);
  const leave = () => page.evaluate(() => window.leave());
  /** What the actor says. */
  const say = (playground, message) => playground.locator('html').evaluate((_, message) => window.say(message), message);
  return { ...watch, files, page, lines, launch, model, calls, until, leave, say, server };
}

const NAMES = {
  scorm12: {
    calls: ['LMSInitialize', 'LMSCommit', 'LMSFinish'],
    status: 'cmi.core.lesson_status',
    location: 'cmi.core.lesson_location',
    score: 'cmi.core.score',
    time: 'cmi.core.session_time',
    exit: 'cmi.core.exit',
    clock: /^\d{4}:\d{2}:\d{2}\.\d{2}$/,
  },
  scorm2004: {
    calls: ['Initialize', 'Commit', 'Terminate'],
    status: 'cmi.completion_status',
    location: 'cmi.location',
    score: 'cmi.score',
    time: 'cmi.session_time',
    exit: 'cmi.exit',
    clock: /^PT\d+H\d+M\d+\.\d{2}S$/,
  },
};

for (const [edition, names] of Object.entries(NAMES)) {
  const [initialize, commit, finish] = names.calls;
  const count = (calls, name) => calls.filter(([called]) => called === name).length;

  test(`${edition}: what is reached is written down, and comes back`, async (t) => {
    const lms = await onPlatform(t, { edition, actor: true });
    let playground = await lms.launch();
    await playground.locator('html').waitFor();
    await lms.say(playground, { type: 'goal', lesson: LESSON, step: 'predict', passed: true });
    await lms.until('cmi.suspend_data', '{"v":1,"passed":["predict"],"step":"fifo"}');
    // What is not of this lesson or no step of it changes nothing; nor does what another window says.
    await lms.say(playground, { type: 'goal', lesson: 'async', step: 'crash', passed: true });
    await lms.say(playground, { type: 'goal', lesson: LESSON, step: 'no-such-step', passed: true });
    await lms.page.evaluate((lesson) => {
      const goal = { mq: 1, type: 'goal', lesson, step: 'crash', passed: true };
      document.querySelector('iframe').contentWindow.postMessage(goal, '*');
    }, LESSON);
    await lms.say(playground, { type: 'goal', lesson: LESSON, step: 'fifo', passed: true });
    await lms.until('cmi.suspend_data', '{"v":1,"passed":["predict","fifo"],"step":"predict-crash"}');
    let model = await lms.model();
    assert.equal(model[names.status], 'incomplete');
    assert.equal(model[names.location], 'predict-crash');
    let calls = await lms.calls();
    assert.deepEqual(calls[0], [initialize, '']);
    assert.equal(count(calls, commit), 3, 'at the beginning and at each goal');
    await lms.leave();
    calls = await lms.calls();
    assert.deepEqual([count(calls, initialize), count(calls, finish)], [1, 1]);
    assert.deepEqual(calls.at(-1), [finish, '']);
    model = await lms.model();
    assert.match(model[names.time], names.clock);
    assert.equal(model[names.exit], 'suspend');

    playground = await lms.launch(model);
    await playground.locator('html').evaluate(
      () =>
        new Promise((resolve) => {
          if (window.heard.length > 0) resolve();
          addEventListener('message', resolve, { once: true });
        }),
    );
    assert.deepEqual(await playground.locator('html').evaluate(() => window.heard), [
      { mq: 1, type: 'load', id: 'resume', lesson: LESSON, step: 'predict-crash', passed: ['predict', 'fifo'] },
    ]);
    await lms.say(playground, { type: 'completed', lesson: LESSON, score: 75 });
    await lms.until(names.status, 'completed');
    model = await lms.model();
    const score = ['raw', 'min', 'max'].map((part) => model[`${names.score}.${part}`]);
    assert.deepEqual(score, ['75', '0', '100']);
    if (edition === 'scorm2004') {
      assert.equal(model['cmi.score.scaled'], '0.75');
      assert.equal(model['cmi.success_status'], 'unknown');
    }
    // Doing it again does not take anything away.
    await lms.leave();
    playground = await lms.launch(await lms.model());
    await playground.locator('html').waitFor();
    await lms.say(playground, { type: 'completed', lesson: LESSON, score: 50 });
    await lms.page.waitForFunction((commit) => window.calls.filter(([name]) => name === commit).length >= 2, commit);
    model = await lms.model();
    assert.deepEqual([model[names.status], model[`${names.score}.raw`]], ['completed', '75']);
  });

  test(`${edition}: the lesson itself, on the platform`, async (t) => {
    const lms = await onPlatform(t, { edition });
    let playground = await lms.launch();
    await playground.locator('[data-step="predict"]').waitFor();
    await playground.locator('.lesson-choice').first().click();
    await playground.locator('.lesson-answer').click();
    await lms.until('cmi.suspend_data', '{"v":1,"passed":["predict"],"step":"fifo"}');
    await lms.leave();
    playground = await lms.launch(await lms.model());
    await playground.locator('[data-step="fifo"]').waitFor();
    await playground.locator('.lesson-mark.is-passed').waitFor();
    await playground.locator('.lesson-mark').last().click();
    await playground.locator('[data-next]').click();
    await lms.until(names.status, 'completed');
    assert.match((await lms.model())[`${names.score}.raw`], /^\d+$/);
  });

  test(`${edition}: suspend data that cannot be read is left aside, with a line that says so`, async (t) => {
    for (const data of ['{broken', '7', '[]', '{"v":2,"passed":[]}', '{"v":1}']) {
      const lms = await onPlatform(t, { edition, actor: true });
      const playground = await lms.launch({ 'cmi.suspend_data': data });
      await playground.locator('html').waitFor();
      await lms.say(playground, { type: 'goal', lesson: LESSON, step: 'crash', passed: true });
      await lms.until('cmi.suspend_data', '{"v":1,"passed":["crash"],"step":"restart"}');
      assert.ok(lms.lines.some((line) => line.includes('suspend data is not used')), `${data}: ${lms.lines.join('\n')}`);
    }
  });

  test(`${edition}: what is looked through is not counted`, async (t) => {
    const lms = await onPlatform(t, { edition, actor: true });
    const mode = edition === 'scorm12' ? 'cmi.core.lesson_mode' : 'cmi.mode';
    const playground = await lms.launch({ [mode]: 'review' });
    await playground.locator('html').waitFor();
    await lms.say(playground, { type: 'completed', lesson: LESSON, score: 75 });
    await lms.leave();
    assert.deepEqual((await lms.calls()).filter(([name]) => /SetValue/.test(name)), []);
    assert.equal((await lms.calls()).at(-1)[0], finish);
  });
}

test('SCORM 1.2: suspend data that would be too long is shortened, with a line that says so', async (t) => {
  const steps = Array.from({ length: 300 }, (_, number) => `a-step-with-a-long-name-${number}`);
  const change = (files) => {
    const page = files.get('index.html').toString();
    const settings = /(<script type="application\/json" id="settings">)(.*?)(<\/script>)/;
    const changed = page.replace(settings, (_, begin, text, end) => {
      return begin + JSON.stringify({ ...JSON.parse(text), steps }) + end;
    });
    return new Map([...files, ['index.html', Buffer.from(changed)]]);
  };
  const lms = await onPlatform(t, { edition: 'scorm12', actor: true, change });
  const playground = await lms.launch();
  await playground.locator('html').waitFor();
  for (const step of steps) await lms.say(playground, { type: 'goal', lesson: LESSON, step, passed: true });
  await lms.until('cmi.core.lesson_location', steps.at(-1));
  const text = (await lms.model())['cmi.suspend_data'];
  assert.ok(text.length <= 4096 && text.length > 4000, `${text.length} characters`);
  assert.equal(JSON.parse(text).passed.at(-1), steps.at(-1));
  assert.ok(lms.lines.some((line) => line.includes('fit into')), lms.lines.at(-1));
});

test('a package without a platform works, and says that nothing is recorded', async (t) => {
  const lms = await onPlatform(t, { edition: 'scorm12', lang: 'zh-CN', bare: true });
  await lms.launch();
  await lms.page.frameLocator('iframe').getByText('没有找到学习平台').waitFor();
  // Below a page of another origin, whose interface could not be asked for if it had one.
  const around = await startServer((_, response) => {
    const frame = `<iframe src="${lms.server.origin}/package/index.html"></iframe>`;
    response.writeHead(200, { 'content-type': CONTENT_TYPES['.html'] });
    response.end(`<!doctype html><title>Around</title><link rel="icon" href="data:,">${frame}`);
  });
  t.after(() => around.close());
  const { page } = await openEmpty(t, { origins: [lms.server.origin, around.origin] });
  await page.goto(around.origin);
  await page.frameLocator('iframe').getByText('没有找到学习平台').waitFor();
});

/** The site on a server of its own that can be changed and can go away. */
async function changingSite(t) {
  const changed = new Map();
  const state = { down: false };
  const read = async (name) => changed.get(name) ?? (await readFile(path.join(site, name)));
  const server = await startServer(async (request, response) => {
    if (state.down) {
      request.socket.destroy();
      return;
    }
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/beside.html') {
      response.writeHead(200, { 'content-type': CONTENT_TYPES['.html'] });
      response.end('<!doctype html><title>Beside the site</title><link rel="icon" href="data:,">');
      return;
    }
    const name = pathname.replace(/^\/site\//, '') || 'index.html';
    const there = pathname.startsWith('/site/') && (changed.has(name) || existsSync(path.join(site, name)));
    const headers = { 'content-type': CONTENT_TYPES[path.extname(name)] ?? 'application/octet-stream', 'cache-control': 'no-cache' };
    response.writeHead(there ? 200 : 404, headers).end(there ? await read(name) : undefined);
  });
  t.after(() => server.close());
  /** Changes files; `told` ones also in the list of the worker, which gets another version. */
  const change = async (version, files, told = Object.keys(files)) => {
    let worker = (await read('service-worker.js')).toString().replace(/VERSION = '[^']*'/, `VERSION = '${version}'`);
    for (const [name, edit] of Object.entries(files)) {
      const text = edit((await read(name)).toString());
      const hash = createHash('sha256').update(text).digest('base64');
      if (told.includes(name)) changed.set(name, text);
      const listed = name === 'index.html' ? './' : name;
      worker = worker.replace(new RegExp(`("${listed.replaceAll('.', '\\.')}": )"[^"]*"`), `$1"sha256-${hash}"`);
    }
    changed.set('service-worker.js', worker);
  };
  const add = (name, text) => changed.set(name, text);
  return { address: `${server.origin}/site/`, origin: server.origin, add, change, state };
}

const kept = (page) => page.evaluate(async () => (await navigator.serviceWorker.ready).active.state);
const started = (page) => page.locator('.transport-clock').waitFor();
/** Which version of the page and of a file beside it is seen. */
const versions = (page) =>
  page.evaluate(async () => {
    const list = await (await fetch('lessons/index.json')).json();
    return [document.documentElement.dataset.version ?? '1', list.version ?? '1'];
  });
const VERSION_2 = {
  'index.html': (html) => html.replace('<html ', '<html data-version="2" '),
  'lessons/index.json': (json) => JSON.stringify({ ...JSON.parse(json), version: '2' }),
};

test('without a network the site is there, with its lessons and scenarios', async (t) => {
  const { address, origin, state } = await changingSite(t);
  const { page, context } = await openEmpty(t, { offline: true, origins: [origin], width: 1440, height: 900 });
  await page.goto(`${address}?lang=en`);
  await started(page);
  await kept(page);
  state.down = true;
  await context.setOffline(true);
  await page.reload();
  await started(page);
  await page.getByRole('button', { name: 'Lessons' }).click();
  await page.locator(`[data-lesson="${LESSON}"]`).click();
  await page.locator('[data-step="predict"]').waitFor();
  assert.equal(await page.evaluate(() => Boolean(navigator.serviceWorker.controller)), true);
});

test('a new version takes over as a whole, and not while a page of the old one is open', async (t) => {
  const { address, origin, change } = await changingSite(t);
  const { page, context } = await openEmpty(t, { offline: true, origins: [origin] });
  await page.goto(address);
  await started(page);
  await kept(page);
  await page.reload();
  await started(page);
  assert.deepEqual(await versions(page), ['1', '1']);
  await change('2', VERSION_2);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const found = new Promise((resolve) => registration.addEventListener('updatefound', resolve, { once: true }));
    await registration.update();
    await found;
    const worker = registration.installing ?? registration.waiting;
    while (worker.state !== 'installed') {
      await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
    }
  });
  assert.deepEqual(await versions(page), ['1', '1'], 'the page that is open');
  await page.reload();
  await started(page);
  assert.deepEqual(await versions(page), ['1', '1'], 'loaded again while the new one waits');
  // Of the same origin, but none of the site's: it sees when the new one takes over.
  const next = await context.newPage();
  await next.goto(`${origin}/beside.html`);
  await page.close();
  await next.waitForFunction(async (address) => {
    const registration = await navigator.serviceWorker.getRegistration(address);
    return registration?.active?.state === 'activated' && !registration.waiting;
  }, address);
  await next.goto(address);
  await started(next);
  assert.deepEqual(await versions(next), ['2', '2'], 'when no page of the old one was open');
  await kept(next);
  await next.waitForFunction(async () => (await caches.keys()).length === 1);
});

test('half a new version is none: what is there stays', async (t) => {
  const { address, origin, change } = await changingSite(t);
  const { page } = await openEmpty(t, { offline: true, origins: [origin], expectedProblems: [/integrity/] });
  await page.goto(address);
  await started(page);
  await kept(page);
  // The worker is new already, and of its files only one is.
  await change('2', VERSION_2, ['index.html']);
  const end = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const found = new Promise((resolve) => registration.addEventListener('updatefound', resolve, { once: true }));
    registration.update().catch(() => {});
    await found;
    const worker = registration.installing;
    while (worker && worker.state === 'installing') {
      await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
    }
    return [worker?.state, Boolean(registration.waiting), (await caches.keys()).length];
  });
  assert.deepEqual(end, ['redundant', false, 1]);
  await page.reload();
  await started(page);
  assert.deepEqual(await versions(page), ['1', '1']);
});

test('nothing is kept from within another page', async (t) => {
  const { address, origin, add } = await changingSite(t);
  const { page } = await openEmpty(t, { offline: true, origins: [origin] });
  add('around.html', '<!doctype html><title>Around</title><link rel="icon" href="data:,"><iframe src="./"></iframe>');
  await page.goto(`${address}around.html`);
  await page.frameLocator('iframe').locator('.transport-clock').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
});
