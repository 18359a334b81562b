// Looks on while pages begin, and writes which functions of the program they call: `cargo xtask first-part`. The program is the one
// that was built last, made to tell its calls; the page is the built site's.

import { execFileSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, findBrowser, serveSite, site, siteAddress, startServer } from './support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const copies = path.join(root, 'target', 'program-parts');
const programParts = (command, input) =>
  execFileSync('cargo', ['run', '--quiet', '--package', 'program-parts', '--', command], { cwd: root, input });

/** What the list is made of. A page has begun when it has shown this many pictures. */
const PICTURES = 300;
const BEGINNINGS = [
  { lang: 'en', theme: 'light', width: 1440, height: 900 },
  { lang: 'zh-CN', theme: 'dark', width: 390, height: 844, touch: true },
  { query: { ui: 'player', scenario: 'work-queue' }, width: 900, height: 600 },
  { query: { ui: 'bare' }, width: 900, height: 600 },
];

programParts('telling');
const name = (await readdir(site)).find((file) => file.endsWith('_bg.wasm')).replace(/_bg\.wasm$/, '');
const page = (await readFile(path.join(site, 'index.html'), 'utf8'))
  // Its files are others than the page expects.
  .replaceAll(/ integrity="[^"]*"/g, '');
const served = {
  [`${name}_bg.wasm`]: { path: path.join(copies, 'telling.wasm'), contentType: 'application/wasm' },
  [`${name}.js`]: { path: path.join(copies, 'telling.js'), contentType: 'text/javascript' },
};
const server = await startServer(serveSite);
const browser = await chromium.launch({ executablePath: findBrowser(), args: CHROMIUM_FLAGS });
const called = new Set();
try {
  for (const { width, height, touch, ...where } of BEGINNINGS) {
    const context = await browser.newContext({ viewport: { width, height }, hasTouch: touch ?? false });
    for (const [file, response] of Object.entries(served)) {
      await context.route(`**/${file}`, (route) => route.fulfill(response));
    }
    await context.route(
      (address) => address.pathname.endsWith('/path/'),
      (route) => route.fulfill({ body: page, contentType: 'text/html; charset=utf-8' }),
    );
    const tab = await context.newPage();
    await tab.goto(siteAddress(server.origin, where));
    const begins = () => tab.evaluate(
      (pictures) =>
        new Promise((resolve) => {
          let shown = 0;
          const count = () => {
            shown += globalThis.called === undefined ? 0 : 1;
            if (shown < pictures) requestAnimationFrame(count);
            else resolve([...globalThis.called]);
          };
          count();
        }),
      PICTURES,
    );
    const numbers = new Set(await begins());
    // What was kept is opened again.
    await tab.reload();
    (await begins()).forEach((number) => numbers.add(number));
    numbers.forEach((number) => called.add(number));
    console.log(`${numbers.size} functions at the beginning of ${JSON.stringify({ ...where, width, height })}`);
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
programParts('list', [...called].join('\n'));
console.log(`${called.size} functions in program-parts/first-part.txt`);
