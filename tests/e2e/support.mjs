// What every end-to-end test needs: the built site under a sub-path, a browser, pages that notice whatever goes wrong,
// and a host page of another origin that embeds the playground and speaks its message protocol.
//
// Nothing here waits for a time to pass: only for things to happen, up to a deadline.

import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The folder of the built site. */
export const site = path.join(root, 'dist');
const screenshots = path.join(root, 'target', 'screenshots');

/** Not the root of the server, as on the static hosts that most people use. */
const SITE_PATH = '/some/path/';

/** In milliseconds. Generous, because the machine may be doing other things; a test that measures says so itself. */
export const DEADLINE = 30_000;

// Without the `disable` flags Chromium tries to reach its makers' servers, which would hide what the page itself asks for.
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const CONTENT_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Registers a server and a browser for the tests of one file, to be called once at its top level.
 *
 * - `openPage(t, options)` opens the playground by itself,
 * - `openHost(t, options)` opens it embedded in a page of another origin,
 * - `openWritten(t, write, options)` opens a page of that other origin that the test has written itself.
 *
 * `t` is the test's context: at its end the page is closed, and the test fails if anything went wrong in it.
 */
export function usePlayground() {
  let browser;
  let siteServer;
  let hostServer;

  before(async () => {
    if (!existsSync(path.join(site, 'index.html'))) {
      throw new Error('there is no built site in dist: run `cargo xtask build` first');
    }
    siteServer = await startServer(serveSite);
    hostServer = await startServer(serveHost);
    browser = await chromium.launch({ executablePath: findBrowser(), args: CHROMIUM_FLAGS });
  });

  after(async () => {
    await browser?.close();
    await siteServer?.close();
    await hostServer?.close();
  });

  /** A page that is not there yet, with an eye on all that happens in it. */
  async function newPage(t, options) {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      deviceScaleFactor: options.pixelRatio ?? 1,
      locale: options.browserLanguage ?? 'en-US',
      hasTouch: options.touch ?? false,
      reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
      colorScheme: options.browserTheme ?? 'light',
      // A site with artefacts has itself kept by the browser, which would be downloads behind the back of every other test.
      serviceWorkers: options.offline ? 'allow' : 'block',
    });
    context.setDefaultTimeout(DEADLINE);
    const watch = watchForProblems(context, [siteServer.origin, hostServer.origin, ...(options.origins ?? [])]);
    // A hook of the test, because a failing one fails the test.
    t.after(async () => {
      // What closing the page interrupts is no problem of the page's.
      const problems = [...watch.problems];
      await context.close();
      const unexpected = problems.filter(
        (problem) => !(options.expectedProblems ?? []).some((pattern) => pattern.test(problem)),
      );
      if (unexpected.length > 0) {
        // A test that has failed already shows its own failure alone.
        t.diagnostic(unexpected.join('\n'));
        throw new Error(`the page had problems:\n  ${unexpected.join('\n  ')}`);
      }
    });
    return { context, page: await context.newPage(), watch };
  }

  /**
   * Options: `width`, `height`, `pixelRatio`, `touch`, `lang`, `theme` (as in the address), `query` (more of the
   * address's parameters, as an object), `fragment`, `browserLanguage`, `browserTheme`, `reducedMotion`,
   * `expectedProblems` (patterns of what may go wrong), `file` (another page of the site).
   *
   * Returns `page` (Playwright's), `address`, `requests` (all addresses asked for), `problems`, and `allow`, which takes origins that the page
   * may ask from then on.
   */
  async function openPage(t, options = {}) {
    const { page, watch } = await newPage(t, options);
    const address = siteAddress(siteServer.origin, options);
    await page.goto(address);
    return { page, address, ...watch };
  }

  /**
   * The same options, and `sandbox` (the frame's attribute of that name). Returns besides: `playground` (Playwright's frame, with the same locators as a page), `ready`
   * (the message), `received` (all messages so far), `send`, `ask` and `waitForMessage`.
   */
  async function openHost(t, options = {}) {
    const { page, watch } = await newPage(t, options);
    const address = siteAddress(siteServer.origin, options);
    const sandbox = options.sandbox === undefined ? '' : `&sandbox=${encodeURIComponent(options.sandbox)}`;
    await page.goto(`${hostServer.origin}/?embed=${encodeURIComponent(address)}${sandbox}`);
    let lastId = 0;

    const explain = () => `problems so far: ${JSON.stringify(watch.problems)}`;

    /**
     * The first message whose fields have the given values, also of those that came already; `from` leaves out that
     * many of the earliest ones: `(await received()).length` is for a message that is yet to come.
     */
    const waitForMessage = (fields, from = 0) =>
      within(
        `a message with ${JSON.stringify(fields)}`,
        page.evaluate(([fields, from]) => window.waitForMessage(fields, from), [fields, from]),
        explain,
      );

    /** Sends a message and gives the reply with the same id, whichever it is. */
    const send = (message) => {
      lastId += 1;
      const whole = { mq: 1, id: `test-${lastId}`, ...message };
      return within(
        `the reply to ${JSON.stringify(whole).slice(0, 200)}`,
        page.evaluate((whole) => window.send(whole), whole),
        explain,
      );
    };

    /** The same, for a message that has to be accepted. */
    const ask = async (message) => {
      const reply = await send(message);
      if (reply.type === 'error') {
        throw new Error(`${message.type} was refused: ${reply.code}: ${reply.message}`);
      }
      return reply;
    };

    const ready = await waitForMessage({ type: 'ready' });
    const element = await page.waitForSelector('iframe');
    return {
      page,
      address,
      ...watch,
      playground: await element.contentFrame(),
      ready,
      received: () => page.evaluate(() => window.received),
      waitForMessage,
      send,
      ask,
    };
  }

  /**
   * A page of its own with nothing in it yet, its context, and the address of the site; `origins` are those that it may ask for something, besides the
   * site's; with `offline` the browser may keep a site.
   */
  async function openEmpty(t, options = {}) {
    const { context, page, watch } = await newPage(t, options);
    return { context, page, address: siteAddress(siteServer.origin, options), ...watch };
  }

  /**
   * `write` is given the address of the site and gives the files of the page, as an object of names and contents;
   * `index.html` is opened. The same options as far as they are about the browser. Returns `page`, `site` (its address),
   * `requests` and `problems`.
   */
  async function openWritten(t, write, options = {}) {
    const { page, watch } = await newPage(t, options);
    const address = siteServer.origin + SITE_PATH;
    const folder = `/written-${written.size}/`;
    for (const [name, content] of Object.entries(write(address))) {
      written.set(folder + name, content);
    }
    await page.goto(`${hostServer.origin}${folder}index.html`);
    return { page, site: address, ...watch };
  }

  return { openPage, openHost, openEmpty, openWritten };
}

/** Saves what is seen as target/screenshots/<name>.png and gives the file's path. */
export async function screenshot(page, name, options = {}) {
  await mkdir(screenshots, { recursive: true });
  const file = path.join(screenshots, `${name}.png`);
  await page.screenshot({ path: file, ...options });
  return file;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe has to say against a page or frame, one line per finding; nothing if all is well. */
export async function accessibilityProblems(frame) {
  // Evaluated, not added as a script: that would be up to the page's own content security policy.
  await frame.evaluate(axe);
  const { violations } = await frame.evaluate(() => window.axe.run());
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`),
  );
}

/** Chromium: the one that CHROME names (`cargo xtask test` sets it), or one in a usual place. */
export function findBrowser() {
  const candidates = [
    process.env.CHROME,
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  const found = candidates.find((candidate) => candidate && existsSync(candidate));
  if (!found) {
    throw new Error('there is no Chromium or Google Chrome: name one by the variable CHROME');
  }
  return found;
}

export function siteAddress(origin, { lang, theme, query = {}, fragment = '', file = '' }) {
  const address = new URL(SITE_PATH + file, origin);
  for (const [name, value] of Object.entries({ lang, theme, ...query })) {
    if (value !== undefined) {
      address.searchParams.set(name, value);
    }
  }
  address.hash = fragment;
  return address.href;
}

/** A server on a free port of this computer. */
export async function startServer(handle) {
  const server = createServer((request, response) => {
    Promise.resolve(handle(request, response)).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        // The browser keeps its connections open for a next request that never comes.
        server.closeAllConnections();
      }),
  };
}

/** As a plain static host: no file outside the sub-path, no page in place of a missing file. */
export async function serveSite(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const wanted = decodeURIComponent(pathname);
  const inside = wanted.startsWith(SITE_PATH) ? wanted.slice(SITE_PATH.length) : undefined;
  const file = path.join(site, inside || 'index.html');
  if (inside === undefined || !file.startsWith(site + path.sep)) {
    response.writeHead(404).end();
    return;
  }
  let content;
  try {
    content = await readFile(file);
  } catch {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream',
    'cache-control': 'no-store',
  });
  response.end(content);
}

/** What tests have written: contents, or `{ body, headers }`, by the path in the address. */
const written = new Map();

function serveHost(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (written.has(pathname)) {
    response.writeHead(200, {
      'content-type': CONTENT_TYPES[path.extname(pathname)] ?? 'application/octet-stream',
      ...written.get(pathname).headers,
    });
    response.end(written.get(pathname).body ?? written.get(pathname));
    return;
  }
  if (pathname !== '/') {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': CONTENT_TYPES['.html'] });
  response.end(HOST_PAGE);
}

// The listener is there before the frame, so that no message is lost. No icon, so that none is asked for.
const HOST_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page with the playground in it</title>
<link rel="icon" href="data:,">
<style>html, body { height: 100%; margin: 0 } iframe { border: 0; width: 100%; height: 100%; display: block }</style>
<body>
<script>
  const parameters = new URLSearchParams(location.search);
  const address = parameters.get('embed');
  const sandbox = parameters.get('sandbox');
  const frame = document.createElement('iframe');
  frame.title = 'Playground';
  if (sandbox !== null) frame.setAttribute('sandbox', sandbox);
  window.received = [];
  const waiting = new Set();

  const fits = (message, fields) =>
    Object.entries(fields).every(([name, value]) => message[name] === value);

  window.addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow || event.data?.mq !== 1) return;
    window.received.push(event.data);
    for (const one of waiting) {
      if (fits(event.data, one.fields)) {
        waiting.delete(one);
        one.resolve(event.data);
      }
    }
  });

  window.waitForMessage = (fields, from = 0) => {
    const already = window.received.slice(from).find((message) => fits(message, fields));
    if (already) return Promise.resolve(already);
    return new Promise((resolve) => waiting.add({ fields, resolve }));
  };

  window.send = (message) => {
    // A frame in a sandbox has no origin that could be named.
    frame.contentWindow.postMessage(message, sandbox === null ? new URL(address).origin : '*');
    return window.waitForMessage({ id: message.id });
  };

  frame.src = address;
  document.body.append(frame);
</script>
</body>
</html>
`;

/** Notes every request and everything that a person with the developer tools open would see as wrong. */
function watchForProblems(context, origins) {
  const requests = [];
  const problems = [];
  context.on('request', (request) => {
    const address = new URL(request.url());
    requests.push(address.href);
    if (/^https?:|^wss?:/.test(address.protocol) && !origins.includes(address.origin)) {
      problems.push(`a request to another origin: ${address.href}`);
    }
  });
  context.on('response', (response) => {
    if (response.status() >= 400) {
      problems.push(`${response.status()} for ${response.url()}`);
    }
  });
  // Chromium calls a request aborted when a page that reads its body piece by piece lets go of it, even after the last
  // piece. The program is loaded like that; one that had not arrived whole would not start, which every test notices.
  const answered = new Set();
  context.on('response', (response) => answered.add(response.url()));
  context.on('requestfailed', (request) => {
    const aborted = request.failure()?.errorText === 'net::ERR_ABORTED';
    // A page that is loaded anew lets go of its icon, which the browser fetches when it has nothing else to do.
    // A page that is left early lets go of the rest of its program.
    const left = /\/icon\.svg$|_later\.wasm$/.test(request.url());
    if (aborted && (answered.has(request.url()) || left)) return;
    problems.push(`a failed request: ${request.url()}: ${request.failure()?.errorText}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error') {
      problems.push(`console: ${message.text()}`);
    }
  });
  context.on('weberror', (event) => {
    problems.push(`uncaught: ${event.error().stack ?? event.error()}`);
  });
  context.on('page', (page) => {
    page.on('crash', () => problems.push('the page crashed'));
    page.on('websocket', (socket) => {
      if (!origins.includes(new URL(socket.url()).origin)) problems.push(`a web socket: ${socket.url()}`);
    });
  });
  return { requests, problems, allow: (...more) => origins.push(...more) };
}

/** A deadline for what Playwright would wait for without end. */
async function within(what, promise, explain) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`waited ${DEADLINE / 1000} s for ${what}; ${explain()}`)),
      DEADLINE,
    );
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** A document with nothing in it. */
export const EMPTY = { mq_scenario: 1, title: 'Empty', nodes: [], edges: [] };

/** The middle of an element, in the coordinates of the page. */
export async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

/** Presses, moves in steps as a hand does, and lets go; with keys held meanwhile. */
export async function drag(page, from, to, held = []) {
  for (const key of held) await page.keyboard.down(key);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  for (const key of held) await page.keyboard.up(key);
}

/** Waits until the state fulfils a condition, looking again whenever the page says that something changed. */
export async function waitForState(host, what, condition) {
  for (;;) {
    const news = (await host.received()).length;
    const state = await host.ask({ type: 'getState' });
    if (condition(state)) return state;
    await host.waitForMessage({ type: 'changed' }, news).catch((error) => {
      throw new Error(`waiting for ${what}: ${error.message}`);
    });
  }
}
