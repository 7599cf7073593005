import type { Span, TimeInput } from '@opentelemetry/api';
import { guard } from '../guard.ts';

/** Another instrumentation's span, held back from ending until it was told what we know. */
export class SharedSpan {
  #written = false;
  #ended = false;
  #endTime: TimeInput | undefined;
  readonly #end: () => void;

  /** @param ended its owner ended it */
  constructor(span: Span, ended: () => void) {
    // oxlint-disable-next-line typescript/unbound-method -- kept to be applied to this very span
    const { end } = span;
    this.#end = () => {
      span.end = end;
      Reflect.apply(end, span, [this.#endTime]);
    };
    span.end = (time) => {
      this.#ended = true;
      this.#endTime = time;
      guard('sharing an HTTP span', ended);
      if (this.#written) this.#end();
    };
  }

  /** All is written: the span may end, and does so if its owner ended it already. */
  written(): void {
    this.#written = true;
    if (this.#ended) this.#end();
  }
}
