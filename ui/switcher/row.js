// @ts-check
// One row of the list. Rows are recycled: the same elements are filled again while the list is scrolled.
import { attribute, el, name } from '../elements.js';
import { icon } from '../icons.js';
import { say, switcher as words } from '../strings.js';
import { isMac } from '../theme.js';
import { ago } from '../times.js';
import { highlight } from './highlight.js';

/** @typedef {import('../types').GrantView} GrantView */

/** Tags beyond these are counted. */
const TAGS = 2;
/** Pins beyond this one have no key. */
const KEYS = 9;

/**
 * An empty row.
 * @returns {HTMLElement}
 */
export const makeRow = () => el('div', { class: 'row', role: 'option', 'aria-selected': 'false' });

/**
 * @param {HTMLElement} row
 * @param {GrantView} grant
 * @param {string[]} query The words to emphasise.
 * @param {boolean} withPortal
 */
export function fillRow(row, grant, query, withPortal) {
  row.classList.remove('empty');
  row.classList.toggle('production', grant.production);
  attribute(row, 'data-colour', grant.colour ?? (grant.production ? 'red' : null));
  row.replaceChildren(
    el('i', { class: 'bar' }),
    el('span', { class: 'line' }, accountName(grant, query), ...chips(grant)),
    el('span', { class: 'line under' }, ...identity(grant, query, withPortal), lastUsed(grant)),
  );
}

/**
 * A row whose grant is not here yet.
 * @param {HTMLElement} row
 */
export function emptyRow(row) {
  row.className = 'row empty';
  row.removeAttribute('data-colour');
  row.replaceChildren(el('span', { class: 'unseen' }, words.loading), el('i', { class: 'ghost' }));
}

/** @param {GrantView} grant @param {string[]} query */
function accountName(grant, query) {
  const shown = grant.accountName || say.unnamed(grant.id.accountId);
  const node = name(shown, 'account');
  node.replaceChildren(...highlight(shown, query));
  return node;
}

/** @param {GrantView} grant @param {string[]} query @param {boolean} withPortal */
function identity(grant, query, withPortal) {
  const role = name(say.role(grant), 'role');
  role.replaceChildren(...highlight(say.role(grant), query));
  if (grant.chain) role.title = grant.chain.role;
  const id = el('span', { class: 'id digits' }, ...highlight(grant.id.accountId, query));
  return withPortal ? [role, id, name(grant.id.portal, 'portal')] : [role, id];
}

/** @param {GrantView} grant */
function chips(grant) {
  const extra = grant.tags.length - TAGS;
  const more = el('span', { class: 'chip', title: grant.tags.slice(TAGS).join(', ') }, say.more(extra));
  return [
    grant.production && el('span', { class: 'chip production' }, icon('warning'), say.production),
    ...grant.tags.slice(0, TAGS).map((tag) => name(tag, 'chip tag')),
    extra > 0 && more,
    ...grant.profiles.slice(0, 2).map(profileChip),
    grant.pin !== null && pinChip(grant.pin),
  ].filter((chip) => chip !== false);
}

/** @param {string} profile */
export function profileChip(profile) {
  const shown = el('bdi', { class: 'clip' }, profile);
  return el(
    'span',
    { class: 'chip active', title: words.activeIn(profile) },
    el('i', { class: 'live' }),
    shown,
  );
}

/** @param {number} pin */
function pinChip(pin) {
  const label = el('span', { class: 'unseen' }, words.pinnedAs(pin));
  const shown = el('kbd', { 'aria-hidden': true, title: words.pinnedAs(pin) });
  if (pin <= KEYS) shown.append(`${isMac ? '⌘' : 'Ctrl'} ${pin}`);
  else shown.append(icon('pin'));
  return el('span', { class: 'pin' }, label, shown);
}

/** @param {GrantView} grant */
function lastUsed(grant) {
  if (!grant.lastUsed) return '';
  const used = ago(grant.lastUsed);
  return el('span', { class: 'used', title: words.lastUsed(used) }, used);
}
