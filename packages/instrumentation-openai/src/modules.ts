/** Every way in which an application can import the class, without the file extension. The class itself is in `client`. */
const CLIENT_MODULES = ['client', 'index', 'azure', 'bedrock'] as const;

/** Transports that leave no HTTP exchange to trace, over openai 5, 6 and 7. None of them is loaded by `openai` itself. */
const SOCKET_MODULES = [
  'realtime/ws',
  'realtime/websocket',
  'realtime/translations/ws',
  'beta/realtime/ws',
  'beta/realtime/websocket',
  'resources/responses/ws',
  'resources/beta/responses/ws',
  'resources/live/ws',
  'resources/live/forks/ws',
  'resources/live/sideband/ws',
] as const;

export const PACKAGE = 'openai';

/** The files of the package that hold the class: hooked wherever all modules are, and in CommonJS. */
export const CLIENT_FILES: readonly string[] = files(['client']);

/** The specifiers that import the class: hooked where only named specifiers are. */
export const CLIENT_SPECIFIERS: readonly string[] = specifiers(CLIENT_MODULES);

/** The same for the transports that are not covered. */
export const SOCKET_FILES: readonly string[] = files(SOCKET_MODULES);
export const SOCKET_SPECIFIERS: readonly string[] = specifiers(SOCKET_MODULES);

/** Where the class is in a CommonJS application that has loaded it already. */
export const LOADED_CLIENT: RegExp = /[\\/]node_modules[\\/]openai[\\/]client\.js$/;

function files(modules: readonly string[]): string[] {
  return modules.flatMap((path) => [`${PACKAGE}/${path}.js`, `${PACKAGE}/${path}.mjs`]);
}

function specifiers(modules: readonly string[]): string[] {
  return modules.flatMap((path) => [`${PACKAGE}/${path}`, `${PACKAGE}/${path}.mjs`]);
}
