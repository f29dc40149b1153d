// @ts-check
// The line at the bottom: which profile a switch writes, and the keys.
import { act } from '../bridge.js';
import { byId, el, name, settle } from '../elements.js';
import { icon } from '../icons.js';
import { say, switcher as words } from '../strings.js';
import { alt, isMac, primary } from '../theme.js';
import { isTaken } from './line.js';

/** @typedef {import('../types').View} View */
/**
 * @typedef {object} Found
 * @property {number} total
 * @property {string | null} page What the console opens at, if that is not its home.
 * @property {boolean} notAPage What was pasted leads nowhere.
 */

/**
 * @param {View} view
 * @param {Found} found
 * @param {import('../types').RowView | null} row What is selected.
 */
export function drawHints(view, found, row) {
  if (isTaken()) return;
  const ofRow = () => (row?.page ? pageHints(row.page, row.grant) : grantHints(view, found));
  settle(byId('hints'), ...(found.total === 0 ? [el('span', { class: 'target' })] : ofRow()), gear());
}

/** @param {View} view @param {Found} found */
function grantHints(view, { page, notAPage }) {
  return [
    name(words.switches(view.settings.defaultProfile), 'target muted'),
    hint(words.hints.switch, '↵'),
    ...(page === null && !notAPage ? usualHints() : pastedHints(page)),
  ];
}

const usualHints = () => [
  forAWhile(),
  hint(words.hints.console, primary, '↵'),
  hint(words.hints.exports, isMac ? '⇧' : 'Shift', '↵'),
];

/** @param {string | null} page */
const pastedHints = (page) =>
  page === null ? [name(words.notAPage, 'muted')] : [pageHint(page), hint(words.hints.keep, primary, 'D')];

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
export function hint(label, ...keys) {
  return el('span', { class: 'hint' }, ...keys.map((key) => el('kbd', {}, key)), el('span', {}, label));
}
