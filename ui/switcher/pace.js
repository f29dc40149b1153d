// @ts-check
// How fast the list follows the keys, for whoever measures it.

/** @type {number | null} */
let since = null;

/** @param {number} when Of the event, on the clock of `performance.now`. */
export function typed(when) {
  since ??= when;
}

/**
 * The list of a query is drawn; it is painted when the next frame is over.
 * @param {string} query
 */
export function painted(query) {
  const began = since;
  since = null;
  requestAnimationFrame(() =>
    setTimeout(() => {
      const { dataset } = document.documentElement;
      performance.mark('painted');
      dataset.painted = query;
      if (began !== null) dataset.keystrokeMs = (performance.now() - began).toFixed(1);
    }),
  );
}
