// @ts-check
import { act } from '../bridge.js';
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { ask } from '../question.js';
import { mainWindow, portals as words, say } from '../strings.js';
import { button } from './button.js';
import { ownBrowser } from './console.js';

/** @typedef {import('../types').View} View */

/**
 * The portals; the form for another one stands below.
 * @param {View} view
 */
export function portalsPage(view) {
  const list = el(
    'ul',
    { class: 'card flush list', 'data-key': 'list', tabindex: '-1' },
    ...view.portals.map(portal),
  );
  return [
    el('h1', { 'data-key': 'title' }, mainWindow.portals),
    view.portals.length > 0 && list,
    ...importable(view),
  ];
}

/** @param {import('../types').PortalView} portal */
function portal({ name: portal, startUrl, region, browser }) {
  return el(
    'li',
    { 'data-key': portal },
    el(
      'div',
      { class: 'grow' },
      el('h2', {}, name(portal)),
      el('p', { class: 'muted clip selectable', title: startUrl }, startUrl),
      browser && el('p', { class: 'muted' }, ownBrowser(browser)),
    ),
    el('span', { class: 'chip digits' }, region),
    button(words.remove, () => confirmRemoval(portal), {
      kind: 'quiet',
      drawing: 'trash',
      spoken: words.removeNamed(portal),
    }),
  );
}

/** @param {string} portal */
function confirmRemoval(portal) {
  const heading = el('h2', { dir: 'auto' }, words.removeAsks(portal));
  const more = el('p', { class: 'more muted' }, words.removeMore);
  const answered = (/** @type {boolean} */ yes) => yes && act({ type: 'removePortal', portal });
  ask({ body: [heading, more], no: say.cancel, yes: words.remove, kind: 'danger', answered });
}

/**
 * Portals that the AWS config knows already.
 * @param {View} view
 */
export function importable({ importable }) {
  if (importable.length === 0) return [];
  const rows = importable.map((found) =>
    el(
      'li',
      { 'data-key': found.startUrl },
      icon('door'),
      el(
        'div',
        { class: 'grow' },
        el('h3', {}, name(found.name)),
        el('p', { class: 'muted clip', title: found.startUrl }, found.startUrl),
      ),
      el('span', { class: 'chip digits' }, found.region),
      button(
        words.import,
        { type: 'addPortal', ...found },
        { kind: 'primary', spoken: words.importNamed(found.name) },
      ),
    ),
  );
  return [
    el('h2', { class: 'part', 'data-key': 'found' }, words.found),
    el('p', { class: 'muted', 'data-key': 'found-more' }, words.foundMore),
    el('ul', { class: 'card flush list', 'data-key': 'importable', tabindex: '-1' }, ...rows),
  ];
}
