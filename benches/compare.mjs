// Compares the engine with a hand-written loop (or anything else) in the same minute, natively and in wasm:
//
//   cargo build --release --example engine_speed
//   cargo build --release --example engine_speed --target wasm32-unknown-unknown
//   ANCHOR="path/to/program" ANCHOR_WASM="path/to/module.wasm" node benches/compare.mjs [rounds]
//
// The native anchor is called as `program mm1-rich REPETITIONS` and `program fan-rich REPETITIONS` and prints a line
// with `min … ms` for 1,000,000 messages of M/M/1 (2 events each) or 300,000 publishes of the fan (4 events each).
// The wasm anchor exports `run(algorithm, messages, seed)`, 6 being M/M/1 and 11 the fan. Both are optional.
// TARGET is the folder of the builds (default: target). Times are the least of many short runs, taken in turns, because
// machines have other things to do.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const rounds = Number(process.argv[2] ?? 10);
const target = process.env.TARGET ?? 'target';
const { ANCHOR, ANCHOR_WASM } = process.env;
const kinds = [
  { name: 'mm1', which: 0, algorithm: 6, messages: 1_000_000, eventsEach: 2 },
  { name: 'fan', which: 1, algorithm: 11, messages: 300_000, eventsEach: 4 },
];
const least = {};
const note = (key, value) => {
  least[key] = Math.min(least[key] ?? Infinity, value);
};

function native() {
  const program = `${target}/release/examples/engine_speed`;
  for (const kind of existsSync(program) ? kinds : []) {
    note(`native ${kind.name} engine`, Number(execFileSync(program, [kind.name, '10'], { encoding: 'utf8' })));
    if (ANCHOR) {
      const text = execFileSync(ANCHOR, [`${kind.name}-rich`, '2'], { encoding: 'utf8' });
      const milliseconds = Number(/min\s+([\d.]+) ms/.exec(text)[1]);
      note(`native ${kind.name} anchor`, (milliseconds * 1e6) / kind.messages / kind.eventsEach);
    }
  }
}

// The library's page part asks for functions of the browser; a run of the engine calls none of them.
async function load(path) {
  const module = await WebAssembly.compile(readFileSync(path));
  const imports = {};
  for (const wanted of WebAssembly.Module.imports(module)) {
    imports[wanted.module] ??= {};
    imports[wanted.module][wanted.name] = () => {
      throw new Error(`${wanted.name} is not there`);
    };
  }
  return (await WebAssembly.instantiate(module, imports)).exports;
}

const processor = (work) => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1e3;
};

const enginePath = process.env.ENGINE_WASM ?? `${target}/wasm32-unknown-unknown/release/examples/engine_speed.wasm`;
const engine = existsSync(enginePath) ? await load(enginePath) : undefined;
const anchor = ANCHOR_WASM ? await load(ANCHOR_WASM) : undefined;

function wasm() {
  for (const kind of kinds) {
    const events = 200_000;
    const messages = events / kind.eventsEach;
    for (let repetition = 0; repetition < 5; repetition += 1) {
      if (engine) note(`wasm ${kind.name} engine`, processor(() => engine.run(kind.which, events)) / events);
      if (anchor) note(`wasm ${kind.name} anchor`, processor(() => anchor.run(kind.algorithm, messages, 1)) / events);
    }
  }
}

for (let round = 0; round < rounds; round += 1) {
  native();
  wasm();
  // Leaves the machine's wasm compiler time to finish its better code.
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (const place of ['native', 'wasm']) {
  for (const { name } of kinds) {
    const [ours, theirs] = [least[`${place} ${name} engine`], least[`${place} ${name} anchor`]];
    if (ours === undefined) continue;
    const beside = theirs === undefined ? '' : `   anchor ${theirs.toFixed(1)}   ratio ${(ours / theirs).toFixed(2)}`;
    console.log(`${place.padEnd(6)} ${name}   engine ${ours.toFixed(1)} ns/event${beside}`);
  }
}
