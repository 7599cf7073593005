// One child by fork, which inherits Node's arguments, and one by spawn, which inherits the environment. `FORK_ARGV` replaces what fork inherits.
import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('esm.mjs', import.meta.url));
const [first = '', second = ''] = (process.env.BASE_URLS ?? '').split(',');
const own = process.env.FORK_ARGV;
fork(app, { env: { ...process.env, BASE_URLS: first }, ...(own !== undefined && { execArgv: [] }) });
spawn(process.execPath, [app], { env: { ...process.env, BASE_URLS: second }, stdio: 'inherit' });
