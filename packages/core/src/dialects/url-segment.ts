const DEPLOYMENT = /\/deployments\/([^/]+)\//;

/** Azure's name of a deployment, which stands for the model where a request names none. */
export function deploymentIn(url: URL | undefined): string | undefined {
  const name = DEPLOYMENT.exec(url?.pathname ?? '')?.[1];
  return name === undefined ? undefined : decodeSegment(name);
}

/** A path without the slashes at its end. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

/** A path by its last two parts: what is before them may be a proxy's. It may have a query, which does not count. */
export function lastParts(path: string): string {
  const question = path.indexOf('?');
  return (question < 0 ? path : path.slice(0, question)).split('/').slice(-2).join('/');
}

/** A path segment as it was meant; as it is, where its escapes make no sense. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
