import { HEADERS } from './headers.ts';
import { HOSTILE } from './hostile.ts';
import { PREFIXES } from './prefixes.ts';
import { SPLITS } from './splits.ts';
import { suiteOf } from './suite.ts';

suiteOf('fuzz', 'Fuzz', [...SPLITS, ...PREFIXES, ...HEADERS, ...HOSTILE]);
