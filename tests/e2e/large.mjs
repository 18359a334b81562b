// A large scenario, for measurements and tests: thirty departments of a company, each with ten nodes and twenty edges.
//
//   node large.mjs > large.json
//
// What one department has finished it publishes to the next, so that it is one system and not thirty.

import { pathToFileURL } from 'node:url';

const DEPARTMENTS = 30;
const PER_ROW = 6;

/** Two producers, an exchange, three queues, three consumers and a database, with the edges between them. */
function department(number) {
  const name = (what) => `${what}-${number}`;
  const [column, row] = [number % PER_ROW, Math.floor(number / PER_ROW)];
  const at = (x, y) => [column * 1560 + x, row * 720 + y];
  const next = `events-${(number + 1) % DEPARTMENTS}`;
  const kinds = ['paid', 'sent', 'returned'];
  const producers = ['web', 'shop'].map((shop, index) => ({
    id: name(shop), kind: 'producer', at: at(0, 80 + 200 * index),
    settings: {
      pattern: { poisson: { per_s: 3 } },
      message: { routing_keys: kinds.map((kind) => ({ key: `order.${kind}`, weight: 1 })) },
    },
  }));
  const exchange = { id: name('events'), kind: 'exchange', at: at(280, 180), settings: { type: 'topic' } };
  const queues = kinds.map((kind, index) => ({ id: name(kind), kind: 'queue', at: at(640, 200 * index) }));
  const consumers = kinds.map((kind, index) => ({
    id: name(`${kind}-worker`), kind: 'consumer', at: at(960, 200 * index),
    settings: {
      prefetch_count: 5,
      handler: [
        { work: { ms: { exponential: 60 } } },
        { call: { target: name('store') } },
        // What comes as news makes no more news: it would grow from round to round.
        ...(index === 0 ? [{ publish: { target: next, routing_key: 'news' } }] : []),
      ],
    },
  }));
  const database = { id: name('store'), kind: 'database', at: at(1240, 200), settings: { capacity_per_s: 200 } };
  const edge = (kind, from, to, more) => ({ id: `${from}>${to}${more?.routing_key ?? ''}`, kind, from, to, ...more });
  const edges = [
    ...producers.map(({ id }) => edge('publish', id, exchange.id, { latency_ms: 40 })),
    ...queues.map(({ id }, index) => edge('bind', exchange.id, id, { routing_key: `order.${kinds[index]}` })),
    ...queues.map(({ id }) => edge('bind', exchange.id, id, { routing_key: 'all.#' })),
    ...queues.map(({ id }, index) => edge('subscribe', id, consumers[index].id, { latency_ms: 5 })),
    edge('subscribe', queues[0].id, consumers[1].id, { latency_ms: 5 }),
    edge('subscribe', queues[1].id, consumers[2].id, { latency_ms: 5 }),
    ...consumers.map(({ id }) => edge('call', id, database.id, { latency_ms: 2 })),
    edge('publish', consumers[0].id, next, { latency_ms: 20 }),
    edge('bind', exchange.id, queues[1].id, { routing_key: 'news' }),
    edge('bind', exchange.id, queues[2].id, { routing_key: 'audit.*' }),
    edge('bind', exchange.id, queues[1].id, { routing_key: 'order.#.urgent' }),
  ];
  return { nodes: [...producers, exchange, ...queues, ...consumers, database], edges };
}

/** The scenario, with 300 nodes and 600 edges. */
export function largeScenario() {
  const departments = Array.from({ length: DEPARTMENTS }, (_, number) => department(number));
  return {
    mq_scenario: 1,
    title: 'A large company',
    seed: 1,
    nodes: departments.flatMap(({ nodes }) => nodes),
    edges: departments.flatMap(({ edges }) => edges),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(JSON.stringify(largeScenario(), null, 2));
}
