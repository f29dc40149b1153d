// @ts-check
// The line at the bottom: which profile a switch writes, and the keys.
import { act } from '../bridge.js';
import { byId, el, name, settle } from '../elements.js';
import { icon } from '../icons.js';
import { say, switcher as words } from '../strings.js';
import { isMac } from '../theme.js';
import { isTaken } from './line.js';

const primary = isMac ? '⌘' : 'Ctrl';
export const alt = isMac ? '⌥' : 'Alt';

/**
 * @param {import('../types').View} view
 * @param {string | null} page What the console opens at, if that is not its home.
 * @param {import('../types').RowView | null} row What is selected.
 */
export function drawHints(view, page, row) {
  if (isTaken()) return;
  const shown = row?.page ? pageHints(row.page, row.grant) : grantHints(view, page);
  settle(byId('hints'), ...shown, gear());
}

/** @param {import('../types').View} view @param {string | null} page */
function grantHints(view, page) {
  const { hints } = words;
  return [
    name(words.switches(view.settings.defaultProfile), 'target muted'),
    hint(hints.switch, '↵'),
    ...(page === null
      ? [forAWhile(), hint(hints.console, primary, '↵'), hint(hints.exports, isMac ? '⇧' : 'Shift', '↵')]
      : [pageHint(page), hint(hints.keep, primary, 'D')]),
  ];
}

/** @param {import('../types').PageView} page @param {import('../types').GrantView} grant */
function pageHints(page, grant) {
  const { hints } = words;
  const who = page.roles > 1 ? words.opensOne(page.roles) : words.opensAs(say.role(grant));
  return [
    name(who, 'target muted'),
    hint(hints.open, '↵'),
    hint(page.name ? hints.forget : hints.keep, primary, 'D'),
    hint(hints.link, primary, 'L'),
  ];
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
