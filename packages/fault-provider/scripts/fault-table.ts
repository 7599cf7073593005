import { readFile, writeFile } from 'node:fs/promises';
import { withFaultTable } from '../src/faults/readme.ts';

const readme = new URL('../README.md', import.meta.url);
await writeFile(readme, withFaultTable(await readFile(readme, 'utf8')));
