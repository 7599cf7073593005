/** A path segment as it was meant; as it is, where its escapes make no sense. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
