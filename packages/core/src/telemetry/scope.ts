import manifest from '../../package.json' with { type: 'json' };

/** The instrumentation scope of the events of this package. */
export const SCOPE_NAME = '@outspan/core';
/** Its version. */
export const SCOPE_VERSION: string = manifest.version;
