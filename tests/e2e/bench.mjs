// Measures the built site in a headless browser and prints a table, and JSON lines if asked to:
//
//   node bench.mjs [--dist ../../dist] [--counts 0,1000,10000,50000] [--ratios 1,2] [--seconds 6] [--engine] [--json]
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

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
    counts: { type: 'string', default: '0,1000,10000,50000' },
    ratios: { type: 'string', default: '1,2' },
    seconds: { type: 'string', default: '6' },
    repetitions: { type: 'string', default: '1' },
    engine: { type: 'boolean', default: false },
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
server.close();
