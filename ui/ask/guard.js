// @ts-check
// This window comes in front of somebody who may be typing or clicking elsewhere. For a moment, whatever arrives was
// not meant for it.

/** Milliseconds; the program has the same rule for answers. */
export const MOMENT = 700;

export class Guard {
  #keysFrom = Infinity;
  #clicksFrom = Infinity;

  /** Something else is in front now. */
  begin() {
    this.#keysFrom = performance.now() + MOMENT;
    this.#clicksFrom = this.#keysFrom;
  }

  /** The keyboard has come here, by a click or by itself. */
  beginKeys() {
    this.#keysFrom = performance.now() + MOMENT;
  }

  /** Somebody is still typing what they were typing elsewhere. */
  keyWasPressed() {
    if (!this.mayPress()) this.beginKeys();
  }

  mayPress() {
    return performance.now() >= this.#keysFrom;
  }

  mayClick() {
    return performance.now() >= this.#clicksFrom;
  }
}
