// @ts-check
// The band that says that all of this is made up.
import { el } from '../elements.js';
import { demo as words } from '../strings.js';

/** @param {import('../types').Demo} demo */
export function demoBand({ user, password, environment }) {
  const pair = (/** @type {string} */ label, /** @type {string} */ value) =>
    el('span', { class: 'pair' }, el('span', { class: 'muted' }, label), el('code', {}, value));
  return el(
    'div',
    { class: 'demo' },
    el('p', {}, el('strong', {}, words.title), ` ${words.text}`),
    el('p', {}, pair(words.user, user), pair(words.password, password)),
    el(
      'details',
      {},
      el('summary', {}, words.terminal),
      el('p', { class: 'muted' }, words.terminalMore),
      el('pre', { tabindex: '0' }, environment),
    ),
  );
}
