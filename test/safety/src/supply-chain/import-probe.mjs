/**
 * Imports an entry of a package in a process of its own and prints what that did: `node import-probe.mjs import @outspan/core`.
 * Beside the network, processes, threads and files written: whatever another module could notice afterwards.
 */
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import { hasSubscribers } from 'node:diagnostics_channel';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import module, { createRequire, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import workerThreads from 'node:worker_threads';

const [how = '', entry = ''] = process.argv.slice(2);

/** What reaches out of the process. */
const OUTWARD = [
  ...outward('net', net.Socket.prototype, ['connect']),
  ...outward('net', net.Server.prototype, ['listen']),
  ...outward('dgram', dgram, ['createSocket']),
  ...outward('dns', dns, ['lookup', 'resolve', 'resolve4', 'resolve6']),
  ...outward('dns.promises', dns.promises, ['lookup', 'resolve', 'resolve4', 'resolve6']),
  ...outward('child_process', childProcess, ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']),
  ...outward('worker_threads', workerThreads, ['Worker']),
  ...outward('fs', fs, ['writeFile', 'writeFileSync', 'appendFileSync', 'mkdirSync', 'mkdtempSync', 'createWriteStream', 'rmSync', 'unlinkSync']),
];

function outward(/** @type {string} */ where, /** @type {object} */ holder, /** @type {readonly string[]} */ names) {
  return names.map((name) => ({ holder, name, what: `${where}.${name}` }));
}

/** Whom a socket connects to: node:net passes its options on in a list. */
function target(name, [first]) {
  const [options] = Array.isArray(first) ? first : [first];
  return name === 'connect' && typeof options === 'object' ? ` ${options.host ?? options.path}:${options.port ?? ''}` : '';
}

/** @type {string[]} */
const reached = [];
for (const { holder, name, what } of OUTWARD) {
  const original = holder[name];
  holder[name] = new Proxy(original, {
    apply: (callee, self, args) => (reached.push(`${what}${target(name, args)}`), Reflect.apply(callee, self, args)),
    construct: (callee, args) => (reached.push(`new ${what}`), Reflect.construct(callee, args)),
  });
}
syncBuiltinESMExports();

const CHANNELS = ['undici:request:create', 'undici:client:connected', 'http.client.request.start', 'http.client.request.error', 'http.server.request.start', 'tracing:http.client:start', 'module.require.start'];

/** What another module could notice, as lines of text. */
function world() {
  const lines = (what, names) => names.map((name) => `${what} ${String(name)}`);
  return new Set([
    ...lines('global', Reflect.ownKeys(globalThis)),
    ...[Object, Array, Promise, Function, Map, Error].flatMap((one) => lines(`${one.name}.prototype`, Reflect.ownKeys(one.prototype))),
    ...lines('variable', Object.entries(process.env)),
    ...lines('listener', process.eventNames().map((name) => `${process.listenerCount(name)} of ${String(name)}`)),
    ...lines('subscriber', CHANNELS.filter(hasSubscribers)),
    // The pipe is standard output.
    ...lines('active', process.getActiveResourcesInfo().filter((resource) => resource !== 'PipeWrap')),
  ]);
}

// oxlint-disable typescript/unbound-method -- compared by identity, never called
/** What may have been replaced. */
function pieces() {
  return {
    fetch: globalThis.fetch,
    Promise: globalThis.Promise,
    'http.request': http.request,
    'https.request': https.request,
    'http.createServer': http.createServer,
    'Module._load': module._load,
    require: module.prototype.require,
    prepareStackTrace: Error.prepareStackTrace,
    'process.emit': process.emit,
    'process.exit': process.exit,
    'console.log': console.log,
  };
}

await new Promise(setImmediate);
const before = { world: world(), pieces: pieces() };
if (how === 'import') await import(entry);
else createRequire(import.meta.url)(entry);
await new Promise(setImmediate);
const after = { world: world(), pieces: pieces() };

const changed = [...[...after.world].filter((line) => !before.world.has(line)), ...[...before.world].filter((line) => !after.world.has(line)).map((line) => `no ${line}`)];
const replaced = Object.keys(before.pieces).filter((name) => before.pieces[name] !== after.pieces[name]);
const done = { outward: [...reached], changed: [...changed, ...replaced.map((name) => `another ${name}`)] };
// Until the very end: what an entry leaves for later is seen as well.
process.on('exit', () => fs.writeSync(1, JSON.stringify({ ...done, later: reached.slice(done.outward.length) })));
