/** URLs past this are forgotten, the oldest first: an application calls few, unless ids are part of them. */
const MAX_URLS = 256;

/** Parsed URLs by what they were made from. Parsing one costs more than all else that is done when a call starts, and the same come again and again. */
export class UrlCache {
  readonly #known = new Map<string, URL | undefined>();

  /**
   * @param key what the URL is made from
   * @param parse makes it, the first time
   * @returns the same object for the same key, which must not be changed; undefined where there is no URL
   */
  of(key: string, parse: () => URL | undefined): URL | undefined {
    const known = this.#known.get(key);
    if (known !== undefined || this.#known.has(key)) return known;
    const url = parse();
    if (this.#known.size >= MAX_URLS) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(key, url);
    return url;
  }
}
