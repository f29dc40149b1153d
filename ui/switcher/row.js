// @ts-check
// One row of the list. Rows are recycled: the same elements are filled again while the list is scrolled.
import { attribute, el, name } from '../elements.js';
import { icon } from '../icons.js';
import { say, switcher as words } from '../strings.js';
import { primary } from '../theme.js';
import { ago } from '../times.js';
import { highlight } from './highlight.js';

/** @typedef {import('../types').GrantView} GrantView */
/** @typedef {import('../types').PageView} PageView */

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
 * @param {import('../types').RowView} shown
 * @param {string[]} query The words to emphasise.
 * @param {boolean} withPortal
 */
export function fillRow(row, { grant, page }, query, withPortal) {
  row.classList.remove('empty');
  row.classList.toggle('production', grant.production);
  attribute(row, 'data-colour', grant.colour ?? (grant.production ? 'red' : null));
  const lines = page ? pageLines(page, grant, query, withPortal) : grantLines(grant, query, withPortal);
  const [first = [], second = []] = lines;
  row.replaceChildren(
    el('i', { class: 'bar' }),
    el('span', { class: 'line' }, ...first),
    el('span', { class: 'line under' }, ...second),
  );
}

/** @param {GrantView} grant @param {string[]} query @param {boolean} withPortal */
const grantLines = (grant, query, withPortal) => [
  [accountName(grant, query), ...chips(grant)],
  [...identity(grant, query, withPortal), lastUsed(grant.lastUsed)],
];

/**
 * What it is called, and below it where that is and as whom it is opened.
 * @param {PageView} page
 * @param {GrantView} grant
 * @param {string[]} query
 * @param {boolean} withPortal
 */
function pageLines(page, grant, query, withPortal) {
  const what = page.name ? words.bookmark : words.opened;
  const title = emphasised(page.name ?? page.title, query, 'account');
  if (page.url) title.title = page.url;
  const mark = el('span', { class: 'mark' }, icon(page.name ? 'bookmark' : 'clock'));
  const role = page.roles > 1 ? name(words.chooses(page.roles), 'role') : identity(grant, query, false)[0];
  const under = [
    page.name && emphasised(page.title, query, 'title'),
    accountName(grant, query, 'of'),
    role && el('span', { class: 'as' }, role),
    withPortal && name(grant.id.portal, 'portal'),
    lastUsed(page.openedAt),
  ];
  const chips = [grant.production && productionChip(), page.key !== null && keyChip(page.key)];
  return [
    [mark, el('span', { class: 'unseen' }, what), title, ...chips.filter((chip) => chip !== false)],
    under.filter((part) => part !== false && part !== null && part !== undefined && part !== ''),
  ];
}

/** @param {string} text @param {string[]} query @param {string} kind */
function emphasised(text, query, kind) {
  const node = name(text, kind);
  node.replaceChildren(...highlight(text, query));
  return node;
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
const accountName = (grant, query, kind = 'account') =>
  emphasised(grant.accountName || say.unnamed(grant.id.accountId), query, kind);

/** @param {GrantView} grant @param {string[]} query @param {boolean} withPortal */
function identity(grant, query, withPortal) {
  const role = emphasised(say.role(grant), query, 'role');
  if (grant.chain) role.title = grant.chain.role;
  const id = el('span', { class: 'id digits' }, ...highlight(grant.id.accountId, query));
  return withPortal ? [role, id, name(grant.id.portal, 'portal')] : [role, id];
}

/** @param {GrantView} grant */
function chips(grant) {
  const extra = grant.tags.length - TAGS;
  const more = el('span', { class: 'chip', title: grant.tags.slice(TAGS).join(', ') }, say.more(extra));
  return [
    grant.production && productionChip(),
    ...grant.tags.slice(0, TAGS).map((tag) => name(tag, 'chip tag')),
    extra > 0 && more,
    ...grant.profiles.slice(0, 2).map(profileChip),
    grant.pin !== null && pinChip(grant.pin),
  ].filter((chip) => chip !== false);
}

const productionChip = () => el('span', { class: 'chip production' }, icon('warning'), say.production);

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
  if (pin <= KEYS) shown.append(`${primary} ${pin}`);
  else shown.append(icon('pin'));
  return el('span', { class: 'pin' }, label, shown);
}

/** @param {number} key */
const keyChip = (key) =>
  el('span', { class: 'pin' }, el('kbd', { title: words.keyOpens }, `${primary} ${key}`));

/** @param {string | null} time */
function lastUsed(time) {
  if (!time) return '';
  const used = ago(time);
  return el('span', { class: 'used', title: words.lastUsed(used) }, used);
}
