const DEPLOYMENT = /\/deployments\/([^/]+)\//;

/** Azure's name of a deployment, which stands for the model where a request names none. */
export function deploymentIn(url: URL | undefined): string | undefined {
  const name = DEPLOYMENT.exec(url?.pathname ?? '')?.[1];
  return name === undefined ? undefined : decodeSegment(name);
}

/** A path segment as it was meant; as it is, where its escapes make no sense. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
