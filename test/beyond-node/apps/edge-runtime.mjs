/** For Vercel's edge runtime, which runs a script. It has no context manager: none of Node's modules is there. */
import { run } from './run.mjs';

globalThis.perform = async (task) => JSON.stringify({ result: await run(JSON.parse(task)), unhandled: [] });
