import { NUMBERS } from './numbers.ts';
import { suiteOf } from './suite.ts';

suiteOf('numbers', 'Time and numbers', NUMBERS);
