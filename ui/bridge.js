// @ts-check
// The only place that knows how pages reach the program.

/** @typedef {import('./types').View} View */
/** @typedef {import('./types').Action} Action */
/** @typedef {import('./types').Found} Found */

/**
 * @typedef {object} Tauri
 * @property {{ invoke: (command: string, args?: object) => Promise<any> }} core
 * @property {{ listen: (event: string, heard: (event: { payload: any }) => void) => Promise<unknown> }} event
 */

/** @type {Tauri} */
const tauri = /** @type {any} */ (window).__TAURI__;

/**
 * Shows every view, beginning with the current one.
 * @param {(view: View) => void} show
 */
export async function follow(show) {
  let heard = false;
  await tauri.event.listen('view', ({ payload }) => {
    heard = true;
    show(payload);
  });
  const first = await tauri.core.invoke('view');
  // An answer that is overtaken by an event is of yesterday.
  if (!heard) show(first);
}

/**
 * Asks for something. How it went comes with a later view, as its notice.
 * @param {Action} action
 */
export function act(action) {
  const done = tauri.core.invoke('act', { action });
  done.catch((/** @type {unknown} */ error) => console.error(action.type, error));
}

/**
 * @param {string} query
 * @param {number} from
 * @param {number} count
 * @returns {Promise<Found>}
 */
export function search(query, from, count) {
  return tauri.core.invoke('search', { query, from, count });
}

/**
 * Which programs asked for credentials, the latest first.
 * @returns {Promise<import('./types').AccessView[]>}
 */
export function accesses() {
  return tauri.core.invoke('accesses');
}

/**
 * A key as a `keydown` names it.
 * @typedef {{ key: string, ctrl: boolean, shift: boolean, alt: boolean }} EarlyKey
 */

/**
 * What was pressed before this page was there to hear it. After this question, keys come here.
 * @returns {Promise<EarlyKey[]>}
 */
export function earlyKeys() {
  return tauri.core.invoke('early_keys');
}

/** Puts this window away. */
export function hide() {
  const done = tauri.core.invoke('hide');
  done.catch((/** @type {unknown} */ error) => console.error('hide', error));
}

/**
 * Makes the header of a sign-in high or low.
 * @param {string} portal
 * @param {boolean} expanded
 */
export function expand(portal, expanded) {
  const done = tauri.core.invoke('expand', { portal, expanded });
  done.catch((/** @type {unknown} */ error) => console.error('expand', error));
}

/**
 * The window was shown again after it had been put away.
 * @param {() => void} heard
 */
export function onShown(heard) {
  void tauri.event.listen('shown', heard);
}
