// A real RabbitMQ on this computer, for the tests that need one: on free ports that only this computer reaches, with nothing in it.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Debian's package and others put RabbitMQ's own scripts. */
const SCRIPTS = ['/usr/lib/rabbitmq/bin', '/opt/rabbitmq/sbin'].find((place) => existsSync(path.join(place, 'rabbitmq-server')));

/** Why there is none, or nothing. */
export const NO_BROKER = SCRIPTS ? false : 'no RabbitMQ is installed: the tests against a real broker are skipped';

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((resolve) => {
      const server = createServer();
      server.listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Starts one that the page of this origin may ask; `stop` ends it and takes its folder away. */
export async function startBroker(origin) {
  const target = fileURLToPath(new URL('../../target/tmp/', import.meta.url));
  await mkdir(target, { recursive: true });
  const folder = await mkdtemp(path.join(target, 'live-broker-'));
  const [amqp, management, stomp, distribution] = await freePorts(4);
  const file = (name) => path.join(folder, name);
  await writeFile(file('rabbitmq.conf'), [
    `listeners.tcp.1 = 127.0.0.1:${amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${management}`,
    `management.cors.allow_origins.1 = ${origin}`,
    'web_stomp.tcp.ip = 127.0.0.1',
    `web_stomp.tcp.port = ${stomp}`,
    // Shorter than usual, so that what a minute of silence does is seen sooner.
    'web_stomp.cowboy_opts.idle_timeout = 15000',
    'stomp.listeners.tcp = none',
    'collect_statistics_interval = 1000',
    '',
  ].join('\n'));
  await writeFile(file('enabled_plugins'), '[rabbitmq_management,rabbitmq_web_stomp].\n');
  const env = {
    ...process.env,
    HOME: folder,
    RABBITMQ_NODENAME: `live-${process.pid}@localhost`,
    RABBITMQ_CONFIG_FILE: file('rabbitmq'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
    RABBITMQ_MNESIA_BASE: file('data'),
    RABBITMQ_LOG_BASE: file('log'),
    RABBITMQ_PID_FILE: file('pid'),
    RABBITMQ_DIST_PORT: String(distribution),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
  const server = spawn(path.join(SCRIPTS, 'rabbitmq-server'), { env, stdio: 'ignore' });
  const gone = new Promise((resolve) => server.once('exit', resolve));
  const control = (...words) => run(path.join(SCRIPTS, 'rabbitmqctl'), words, { env });
  await control('wait', '--timeout', '120', file('pid'));

  const ask = async (method, what, body) => {
    const answer = await fetch(`http://127.0.0.1:${management}/api/${what}`, {
      method,
      headers: { authorization: `Basic ${btoa('guest:guest')}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${what}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    api: `http://127.0.0.1:${management}`,
    stomp: `ws://127.0.0.1:${stomp}/ws`,
    ask,
    control,
    async stop() {
      await control('stop', file('pid')).catch(() => server.kill('SIGKILL'));
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
