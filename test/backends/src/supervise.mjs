/**
 * Runs one server for as long as the test process lives: when stdin closes, however that came about (a worker that was killed cannot say goodbye),
 * the server is ended. Usage: node supervise.mjs <binary> [argument …]
 */
import { spawn } from 'node:child_process';

const [binary, ...args] = process.argv.slice(2);
if (binary === undefined) throw new Error('usage: supervise.mjs <binary> [argument …]');
const server = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = () => {
  server.kill('SIGTERM');
  setTimeout(() => server.kill('SIGKILL'), 3_000).unref();
};
process.stdin.on('end', end).on('error', end).resume();
process.on('SIGTERM', end).on('SIGINT', end);
server.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
server.on('exit', (code) => process.exit(code ?? 1));
