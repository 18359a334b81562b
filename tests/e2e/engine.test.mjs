// The engine in the browser against the headless program: the same figures and the same trace, at every speed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { usePlayground } from './support.mjs';

const { openHost } = usePlayground();

const root = fileURLToPath(new URL('../../', import.meta.url));
const OVERLOAD = 'static/scenarios/examples/overload.json';

/** What the headless program says of a run. */
function headless(scenario, duration) {
  const output = execFileSync(
    'cargo',
    ['run', '--quiet', '--bin', 'mqp', '--', 'run', scenario, '--for', duration, '--json'],
    { cwd: root, encoding: 'utf8', env: { ...process.env, RUSTFLAGS: '' } },
  );
  return JSON.parse(output);
}

const read = (scenario) => JSON.parse(readFileSync(`${root}${scenario}`, 'utf8'));

/** Plays up to an instant and gives the state there. */
async function playUntil(host, time_us) {
  await host.ask({ type: 'play', until_us: time_us });
  for (;;) {
    const news = (await host.received()).length;
    const state = await host.ask({ type: 'getState' });
    if (!state.playing) return state;
    await host.waitForMessage({ type: 'changed' }, news);
  }
}

test('100 messages/s against 50 for 20 s: the same as the headless program, at every speed', async (t) => {
  const expected = headless(OVERLOAD, '20s');
  assert.equal(expected.nodes.producer.published, 2000);
  assert.equal(expected.ledger.acked, 999);
  const host = await openHost(t);
  for (const speed of [1, 10, 100]) {
    await host.ask({ type: 'load', scenario: read(OVERLOAD) });
    await host.ask({ type: 'setSpeed', speed });
    const { playing, speed: reported, mq, type, id, ...state } = await playUntil(host, 20_000_000);
    assert.equal(reported, speed);
    assert.deepEqual(state, expected, `at ${speed}×`);
  }
});

test('a tab that is hidden for a while goes on at the same simulated time', async (t) => {
  const expected = headless(OVERLOAD, '20s');
  const host = await openHost(t);
  await host.ask({ type: 'load', scenario: read(OVERLOAD) });
  await host.ask({ type: 'setSpeed', speed: 10 });
  await host.ask({ type: 'play', until_us: 20_000_000 });
  await host.waitForMessage({ type: 'changed', what: 'time' });
  // The page believes to be hidden: that is what `visibilitychange` and `document.hidden` say.
  await host.playground.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const hidden = await host.ask({ type: 'getState' });
  assert.equal(hidden.playing, true);
  // Many frames later the clock still stands where it stood.
  const frames = () =>
    host.playground.evaluate(
      () =>
        new Promise((resolve) => {
          let left = 40;
          const next = () => (left-- > 0 ? requestAnimationFrame(next) : resolve());
          next();
        }),
    );
  await frames();
  assert.equal((await host.ask({ type: 'getState' })).time_us, hidden.time_us);
  await host.playground.evaluate(() => {
    delete document.hidden;
    delete document.visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const { playing, speed, mq, type, id, ...state } = await playUntil(host, 20_000_000);
  assert.deepEqual(state, expected);
});

test('seeking back and forth, edits and faults give the same trace as never having looked', async (t) => {
  const host = await openHost(t);
  const go = async () => {
    await host.ask({ type: 'load', scenario: read('static/scenarios/first.json') });
    await host.ask({ type: 'pause' });
    await host.ask({ type: 'seek', time_us: 3_000_000 });
    const consumer = Object.entries((await host.ask({ type: 'getState' })).nodes).find(([, node]) => node.kind === 'consumer')[0];
    await host.ask({ type: 'command', command: { type: 'crash', node: consumer } });
    await host.ask({ type: 'step', events: 5 });
    await host.ask({ type: 'command', command: { type: 'restart', node: consumer } });
  };
  await go();
  await host.ask({ type: 'seek', time_us: 9_000_000 });
  const straight = await host.ask({ type: 'getState' });
  await host.ask({ type: 'seek', time_us: 1_000_000 });
  await host.ask({ type: 'seek', time_us: 4_500_000 });
  await host.ask({ type: 'seek', time_us: 3_000_000 });
  await host.ask({ type: 'seek', time_us: 9_000_000 });
  const wandered = await host.ask({ type: 'getState' });
  assert.equal(wandered.trace_hash, straight.trace_hash);
  assert.deepEqual(wandered.nodes, straight.nodes);
});

test('bad messages are answered with an error and change nothing', async (t) => {
  const host = await openHost(t);
  await host.ask({ type: 'pause' });
  const before = await host.ask({ type: 'getState' });
  for (const [message, code] of [
    [{ type: 'dance' }, 'unknown_type'],
    [{ type: 'seek', time_us: 'noon' }, 'bad_value'],
    [{ type: 'setSpeed', speed: 0 }, 'bad_value'],
    [{ type: 'load', scenario: { mq_scenario: 1, nodes: [{ id: 'a', kind: 'queue', settings: { lenght: 3 } }] } }, 'rejected'],
    [{ type: 'command', command: { type: 'crash', node: 'nobody' } }, 'rejected'],
    [{ type: 'command', command: { type: 'connect', from: 'nobody', to: 'queue' } }, 'rejected'],
  ]) {
    const reply = await host.send(message);
    assert.equal(reply.type, 'error', JSON.stringify(message));
    assert.equal(reply.code, code, JSON.stringify(message));
  }
  const { id: _, ...after } = await host.ask({ type: 'getState' });
  delete before.id;
  assert.deepEqual(after, before);
});

test('hostile labels stay text', async (t) => {
  const host = await openHost(t);
  const label = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await host.ask({
    type: 'load',
    scenario: { mq_scenario: 1, title: label, nodes: [{ id: label.slice(0, 30), kind: 'queue', label, at: [0, 0] }] },
  });
  await host.playground.getByText('<img src=x', { exact: false }).first().waitFor();
  assert.equal(await host.playground.locator('img[src="x"], [onerror]').count(), 0);
  assert.doesNotMatch(await host.playground.title(), /^[12]$/);
});
