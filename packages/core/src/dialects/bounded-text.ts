/** Text of a stream, kept up to a number of bytes. */
export class BoundedText {
  text = '';
  #room: number;

  constructor(bytes: number) {
    this.#room = bytes;
  }

  /** Appends what fits, whole characters only. */
  append(text: string): void {
    if (this.#room <= 0) return;
    // No UTF-16 unit takes more than three bytes, so most pieces fit without being measured.
    if (text.length * 3 <= this.#room) {
      this.text += text;
      this.#room -= utf8Length(text);
      return;
    }
    let kept = 0;
    for (const character of text) {
      const bytes = utf8Length(character);
      if (bytes > this.#room) {
        this.#room = 0;
        break;
      }
      this.#room -= bytes;
      kept += character.length;
    }
    this.text += text.slice(0, kept);
  }
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A surrogate is half of a character of four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}
