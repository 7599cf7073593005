// An asynchronous loader that changes nothing.
export const load = (url, context, next) => next(url, context);
