import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads a module from here.
 *
 * @param {string} specifier
 * @param {string} form
 * @returns {Promise<unknown>}
 */
export function load(specifier, form) {
  return form === 'cjs' ? Promise.resolve(require(specifier)) : import(specifier);
}
