// @ts-check
import { el } from '../elements.js';
import { portals as words } from '../strings.js';
import { importable } from './portals.js';

/**
 * The first run: what there is to import; the form stands below.
 * @param {import('../types').View} view
 */
export function welcomePage(view) {
  return [
    el(
      'div',
      { class: 'about', 'data-key': 'welcome' },
      el('img', { class: 'app', src: 'icon.png', alt: '', width: 64, height: 64 }),
      el('div', {}, el('h1', {}, words.welcome), el('p', { class: 'muted' }, words.welcomeMore)),
    ),
    ...importable(view),
  ];
}
