// @ts-check
// The line at the bottom: which profile a switch writes, and the keys.
import { act } from '../bridge.js';
import { byId, el, name, settle } from '../elements.js';
import { icon } from '../icons.js';
import { switcher as words } from '../strings.js';
import { isMac } from '../theme.js';
import { isChoosing } from './lease.js';

const primary = isMac ? '⌘' : 'Ctrl';
export const alt = isMac ? '⌥' : 'Alt';

/**
 * @param {import('../types').View} view
 * @param {string | null} page What the console opens at, if that is not its home.
 */
export function drawHints(view, page) {
  // The choice of a time stands there.
  if (isChoosing()) return;
  const { hints } = words;
  settle(
    byId('hints'),
    name(words.switches(view.settings.defaultProfile), 'target muted'),
    hint(hints.switch, '↵'),
    forAWhile(),
    page === null ? hint(hints.console, primary, '↵') : pageHint(page),
    hint(hints.exports, isMac ? '⇧' : 'Shift', '↵'),
    gear(),
  );
}

/** Suggested where the selected role is production. */
function forAWhile() {
  const shown = hint(words.hints.lease, alt, '↵');
  shown.classList.add('for-a-while');
  return shown;
}

/**
 * It may be long: all of it is in the tooltip.
 * @param {string} page
 */
function pageHint(page) {
  const opens = hint(words.opens(page), primary, '↵');
  opens.classList.add('page');
  opens.title = words.opens(page);
  return opens;
}

/** The settings, for the mouse. */
function gear() {
  const title = words.withKeys(words.settings, `${primary} ,`);
  const onclick = () => act({ type: 'show', window: 'main' });
  return el(
    'button',
    { type: 'button', class: 'quiet only-icon', title, 'aria-label': title, onclick },
    icon('settings'),
  );
}

/** @param {string} label @param {...string} keys */
function hint(label, ...keys) {
  return el('span', { class: 'hint' }, ...keys.map((key) => el('kbd', {}, key)), el('span', {}, label));
}
