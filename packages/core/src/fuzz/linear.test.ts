import { LINEAR } from './linear.ts';
import { suiteOf } from './suite.ts';

// A file of its own: counting makes all code of its process slow.
suiteOf('linear', 'Fuzz', LINEAR);
