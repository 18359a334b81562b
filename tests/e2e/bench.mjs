// Measures the built site in a headless browser and prints a table, and JSON lines if asked to:
//
//   node bench.mjs [--dist ../../dist] [--counts 0,1000,10000,50000] [--ratios 1,2] [--seconds 6] [--engine] [--seek] [--stage] [--json]
//
// `--stage` opens the page itself with a scenario of 300 nodes and 600 edges, which runs while the stage is pushed about
// and zoomed by the wheel, and adds up what the browser's own trace says about scripts in each frame.
//
// What the page measures itself is the wall time of its own work in a frame. Beside it stands the processor time of the
// page's main thread per frame, everything the browser does there included, as the browser counts it. No test: what is
// fast enough depends on the machine.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { largeScenario } from './large.mjs';

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
    counts: { type: 'string', default: '0,1000,10000,50000' },
    ratios: { type: 'string', default: '1,2' },
    seconds: { type: 'string', default: '6' },
    repetitions: { type: 'string', default: '1' },
    engine: { type: 'boolean', default: false },
    seek: { type: 'boolean', default: false },
    stage: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const numbers = (list) => list.split(',').filter(Boolean).map(Number);
const site = path.resolve(options.dist);
const seconds = Number(options.seconds);

if (!existsSync(path.join(site, 'index.html'))) {
  throw new Error(`there is no built site in ${site}: run \`cargo xtask build\` first`);
}

const CONTENT_TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const file = path.join(site, pathname === '/' ? 'index.html' : decodeURIComponent(pathname));
  try {
    if (!file.startsWith(site + path.sep)) throw new Error('outside');
    const content = await readFile(file);
    response.writeHead(200, { 'content-type': CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream' });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}/`;

const candidates = [process.env.CHROME, '/usr/bin/chromium', '/usr/bin/google-chrome'];
const executablePath = candidates.find((candidate) => candidate && existsSync(candidate));

/** Opens the page in a browser of its own, so that no measurement stands in another one's way. */
async function measure(parameters, work) {
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const context = await browser.newContext({
      // A site that the browser keeps is downloaded a second time, behind what is measured.
      serviceWorkers: 'block',
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: Number(parameters.ratio ?? 1),
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`the page says: ${error}`));
    await page.goto(`${origin}?${new URLSearchParams(parameters)}`);
    return await work(page);
  } finally {
    await browser.close();
  }
}

const state = (page, wanted) =>
  page.waitForFunction((wanted) => document.getElementById('bench-results')?.dataset.state === wanted, wanted, {
    timeout: 120_000,
    polling: 100,
  });
const results = async (page) => JSON.parse(await page.locator('#bench-results').textContent());

async function measurePainter(n, ratio) {
  return measure({ bench: 'painter', n, ratio, seconds: seconds + 1 }, async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const look = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      const frames = await page.evaluate(() => window.benchFrames);
      return { ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])), frames };
    };
    await state(page, 'measuring');
    const before = await look();
    await page.waitForTimeout(seconds * 1000);
    const after = await look();
    await state(page, 'done');
    const perFrame = (name) => ((after[name] - before[name]) * 1000) / (after.frames - before.frames);
    const [own] = await results(page);
    return { ...own, main_thread_ms: perFrame('TaskDuration'), script_cpu_ms: perFrame('ScriptDuration') };
  });
}

const pad = (value, width, digits) => (digits === undefined ? String(value) : value.toFixed(digits)).padStart(width);
if (!options.json && options.counts) {
  console.log('messages  ratio     fps   main thread   own work: mean    p95    p99   (ms per frame)');
}
for (let repetition = 0; repetition < Number(options.repetitions); repetition += 1) {
  for (const ratio of numbers(options.ratios)) {
    for (const n of numbers(options.counts)) {
      const row = await measurePainter(n, ratio);
      const { mean, p95, p99 } = row.script_ms;
      console.log(
        options.json
          ? JSON.stringify(row)
          : `${pad(row.dots, 8)}  ${pad(ratio, 5)}  ${pad(row.fps, 6, 1)}  ${pad(row.main_thread_ms, 12, 2)}  ` +
              `${pad(mean, 15, 2)}  ${pad(p95, 5, 2)}  ${pad(p99, 5, 2)}`,
      );
    }
  }
}
if (options.engine) {
  const rows = await measure({ bench: 'engine' }, async (page) => {
    await state(page, 'done');
    return results(page);
  });
  for (const row of rows) {
    console.log(
      options.json
        ? JSON.stringify(row)
        : `${row.scenario}: ${row.ns_per_event.toFixed(1)} ns per event (least ${row.least_ns_per_event.toFixed(1)}), ${row.events} events`,
    );
  }
}

if (options.seek) {
  const [row] = await measure({ bench: 'seek' }, async (page) => {
    await state(page, 'done');
    return results(page);
  });
  console.log(
    options.json
      ? JSON.stringify(row)
      : `seek anywhere in an hour of ${row.messages} messages: median ${row.median_ms.toFixed(1)} ms, 95 of 100 below ` +
          `${row.p95_ms.toFixed(1)}, most ${row.most_ms.toFixed(1)}; the hour itself ${row.run_ms.toFixed(0)} ms; ` +
          `${row.checkpoints} states in ${row.checkpoint_mib.toFixed(1)} MiB`,
  );
}

// ---- the stage ----

/** The outermost pieces of a page's script in a trace: whatever calls from the browser into the page. */
const CALLS = new Set(['FunctionCall', 'EvaluateScript', 'RunMicrotasks', 'TimerFire', 'FireAnimationFrame', 'EventDispatch', 'v8.run']);

/** Script of each frame in milliseconds, from a trace of the browser. A frame is what lies between two of its beginnings. */
function scriptPerFrame(trace) {
  const events = JSON.parse(trace).traceEvents;
  const main = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const counts = new Map();
  const mine = events.filter(({ pid, tid }) => main.has(`${pid} ${tid}`));
  // Of several pages' threads the one that draws frames is meant.
  for (const { name, pid, tid } of mine) {
    if (name === 'FireAnimationFrame') counts.set(`${pid} ${tid}`, (counts.get(`${pid} ${tid}`) ?? 0) + 1);
  }
  const [thread] = [...counts].sort(([, one], [, other]) => other - one)[0];
  const own = mine.filter(({ pid, tid }) => `${pid} ${tid}` === thread);
  const begins = own
    .filter(({ name, ph }) => name === 'AnimationFrame' && ph === 'b')
    .map(({ ts }) => ts)
    .sort((one, other) => one - other);
  const calls = own.filter(({ name, ph }) => ph === 'X' && CALLS.has(name)).sort((one, other) => one.ts - other.ts);
  const frames = Array(Math.max(begins.length - 1, 0)).fill(0);
  let [end, frame] = [0, 0];
  for (const { ts, dur } of calls) {
    // What another one has called is counted with that one.
    if (ts < end) continue;
    end = ts + dur;
    while (frame < frames.length && begins[frame + 1] <= ts) frame += 1;
    if (frame < frames.length && ts >= begins[0]) frames[frame] += dur / 1000;
  }
  return frames;
}

/** The wheel is turned all the time, to and fro every second, as a hand on a trackpad does. */
async function turnWheel(page, seconds, turn) {
  await page.evaluate(() => {
    if (window.stageFrames !== undefined) return;
    window.stageFrames = 0;
    const count = () => {
      window.stageFrames += 1;
      requestAnimationFrame(count);
    };
    count();
  });
  if (turn === 'rest') {
    await page.waitForTimeout(seconds * 1000);
    return;
  }
  const { x, y, width, height } = await page.locator('.stage').boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  if (turn === 'zoom') await page.keyboard.down('Control');
  const began = performance.now();
  for (;;) {
    const since = (performance.now() - began) / 1000;
    if (since > seconds) break;
    const way = Math.floor(since) % 2 === 0 ? 1 : -1;
    await (turn === 'zoom' ? page.mouse.wheel(0, 6 * way) : page.mouse.wheel(24 * way, 12 * way));
  }
  if (turn === 'zoom') await page.keyboard.up('Control');
}

async function measureStage() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
    await context.addInitScript((scenario) => localStorage.setItem('mq-playground.scenario', scenario), JSON.stringify(largeScenario()));
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`the page says: ${error}`));
    await page.goto(`${origin}?run=1`);
    await page.waitForFunction(() => document.querySelectorAll('.node').length === 300, undefined, { timeout: 60_000 });
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const look = async () => {
      const { metrics } = await cdp.send('Performance.getMetrics');
      const frames = await page.evaluate(() => window.stageFrames ?? 0);
      return { ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])), frames };
    };
    const zoomTo = async (percent) => {
      await page.evaluate((percent) => {
        const stage = document.querySelector('.stage');
        const { left, top, width, height } = stage.getBoundingClientRect();
        for (let turns = 0; turns < 200; turns += 1) {
          const zoom = new DOMMatrix(stage.querySelector('.stage-world').style.transform).a;
          if (Math.abs(Math.log(zoom / (percent / 100))) < 0.02) return;
          const deltaY = Math.max(-40, Math.min(40, 400 * Math.log2(zoom / (percent / 100)) / 6));
          stage.dispatchEvent(new WheelEvent('wheel', {
            bubbles: true, cancelable: true, ctrlKey: true, deltaY, clientX: left + width / 2, clientY: top + height / 2,
          }));
        }
      }, percent);
      await turnWheel(page, 1.5, 'rest');
    };
    const rows = [];
    // What the browser translates and lays out once belongs to no frame.
    await turnWheel(page, 3, 'rest');
    for (const [name, percent, turn] of [
      ['everything in view, at rest', 12, 'rest'],
      ['everything in view, pushed', 12, 'pan'],
      ['everything in view, zoomed', 12, 'zoom'],
      ['half size, at rest', 50, 'rest'],
      ['half size, pushed', 50, 'pan'],
      ['full size, at rest', 100, 'rest'],
      ['full size, pushed', 100, 'pan'],
      ['full size, zoomed', 100, 'zoom'],
    ]) {
      await zoomTo(percent);
      const before = await look();
      await browser.startTracing(page, { categories: ['devtools.timeline', '__metadata'] });
      await turnWheel(page, seconds, turn);
      const after = await look();
      const frames = scriptPerFrame((await browser.stopTracing()).toString()).sort((one, other) => one - other);
      const perFrame = (metric) => ((after[metric] - before[metric]) * 1000) / (after.frames - before.frames);
      const below = (part) => frames[Math.min(Math.floor(frames.length * part), frames.length - 1)];
      rows.push({
        bench: 'stage', what: name, fps: (after.frames - before.frames) / seconds,
        script_ms: { mean: frames.reduce((sum, one) => sum + one, 0) / frames.length, p95: below(0.95), p99: below(0.99), most: frames.at(-1) },
        script_cpu_ms: perFrame('ScriptDuration'), style_ms: perFrame('RecalcStyleDuration'), layout_ms: perFrame('LayoutDuration'),
        main_thread_ms: perFrame('TaskDuration'),
      });
    }
    return rows;
  } finally {
    await browser.close();
  }
}

if (options.stage) {
  if (!options.json) {
    console.log('300 nodes, 600 edges                fps   script: mean    p95    p99   most     style  layout  main thread   (ms per frame)');
  }
  for (const row of await measureStage()) {
    const { mean, p95, p99, most } = row.script_ms;
    console.log(
      options.json
        ? JSON.stringify(row)
        : `${row.what.padEnd(32)}  ${pad(row.fps, 5, 1)}  ${pad(mean, 13, 2)}  ${pad(p95, 5, 2)}  ${pad(p99, 5, 2)}  ${pad(most, 5, 1)}  ` +
            `${pad(row.style_ms, 8, 2)}  ${pad(row.layout_ms, 6, 2)}  ${pad(row.main_thread_ms, 11, 2)}`,
    );
  }
}
server.close();
