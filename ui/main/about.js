// @ts-check
import { el } from '../elements.js';
import { about as words, say } from '../strings.js';
import { alt, primary } from '../theme.js';

/** @param {import('../types').View} view */
export function aboutPage({ version }) {
  const emblem = el('img', { class: 'app', src: 'icon.png', alt: '', width: 64, height: 64 });
  const rows = words
    .list(primary, alt)
    .map(([keys, does]) => el('tr', {}, el('th', { scope: 'row' }, ...keysOf(keys)), el('td', {}, does)));
  return [
    el(
      'div',
      { class: 'about', 'data-key': 'about' },
      emblem,
      el(
        'div',
        {},
        el('h1', {}, say.appName),
        el('p', { class: 'selectable' }, words.version(version)),
        el('p', { class: 'muted' }, words.what),
      ),
    ),
    el(
      'p',
      { class: 'licence', 'data-key': 'licence' },
      el('strong', {}, words.licence),
      ` ${words.licences}`,
    ),
    el('h2', { class: 'part', id: 'shortcuts', 'data-key': 'shortcuts' }, words.shortcuts),
    el(
      'div',
      { class: 'card flush', 'data-key': 'keys' },
      el('table', { class: 'keys', 'aria-labelledby': 'shortcuts' }, el('tbody', {}, ...rows)),
    ),
  ];
}

/**
 * Each key in its own frame.
 * @param {string} keys
 */
function keysOf(keys) {
  return keys
    .split(', ')
    .flatMap((combination, at) => [
      ...(at > 0 ? [' '] : []),
      ...(combination.startsWith('Page') ? [combination] : combination.split(' ')).map((key) =>
        key === '…' ? ' … ' : el('kbd', {}, key),
      ),
    ]);
}
