// @ts-check
// The table of AWS profiles that Rolecall wrote.
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { say, sessions as words } from '../strings.js';
import { isOver, left } from '../times.js';
import { button, iconButton } from './button.js';

/** @typedef {import('../types').ProfileView} ProfileView */

/**
 * @param {import('../types').View} view
 * @returns {Node[]}
 */
export function profilesTable({ profiles, grants }) {
  const title = el('h2', { class: 'part', 'data-key': 'profiles', id: 'profiles' }, words.active);
  const open = button(words.openSwitcher, { type: 'show', window: 'switcher' }, { drawing: 'search' });
  if (profiles.length === 0) {
    const text = el('p', { class: 'muted' }, words.noProfiles);
    return grants > 0 ? [title, el('div', { class: 'card row', 'data-key': 'none' }, text, open)] : [];
  }
  const { columns } = words;
  const heads = [columns.profile, columns.account, columns.until];
  const head = el(
    'tr',
    {},
    ...heads.map((text) => el('th', { scope: 'col' }, text)),
    el('th', { scope: 'col' }, el('span', { class: 'unseen' }, columns.actions)),
  );
  const body = el('tbody', {}, ...profiles.map(row));
  const table = el(
    'table',
    { class: 'profiles', 'aria-labelledby': 'profiles' },
    el('thead', {}, head),
    body,
  );
  return [title, el('div', { class: 'card flush', 'data-key': 'table' }, table)];
}

/** @param {ProfileView} profile */
function row({ name: profile, grant, known, region, expiresAt, mode, lease }) {
  const account = grant.accountName || say.unnamed(grant.id.accountId);
  const badge = el('span', { class: 'chip production' }, icon('warning'), say.production);
  const colour = grant.colour ?? (grant.production ? 'red' : null);
  const lost = el('span', { class: 'chip warned' }, words.unlisted);
  return el(
    'tr',
    { 'data-key': profile },
    el(
      'th',
      { scope: 'row' },
      name(profile),
      el('div', { class: 'muted mode', title: words.modeTips[mode] }, words.modes[mode]),
    ),
    el(
      'td',
      { class: 'grant', 'data-colour': colour },
      el(
        'div',
        { class: 'line' },
        el('span', { class: 'line named' }, colour && el('i', { class: 'dot' }), name(account, 'account')),
        grant.production && badge,
      ),
      el('div', { class: 'line muted' }, name(say.role(grant)), !known && lost),
      lease && el('div', { class: 'line leased' }, icon('clock'), el('bdi', {}, leaseOf(lease))),
    ),
    el(
      'td',
      { class: 'digits' },
      el('div', { class: 'clip' }, region ?? el('span', { class: 'muted' }, words.noRegion)),
      el('div', { class: 'muted clip' }, credentials(expiresAt)),
    ),
    el(
      'td',
      { class: 'tools' },
      lease && iconButton(`${words.goBack}: ${profile}`, 'undo', { type: 'endLease', profile }),
      iconButton(`${say.openConsole}: ${profile}`, 'console', { type: 'console', grant: grant.id, destination: null }),
      iconButton(`${say.copyExports}: ${profile}`, 'copy', { type: 'copyExports', grant: grant.id }),
    ),
  );
}

/** @param {import('../types').LeaseView} lease */
function leaseOf({ until, back }) {
  const account = back && (back.accountName || say.unnamed(back.id.accountId));
  return words.lease(left(until), back ? `${account} / ${say.role(back)}` : words.nowhere);
}

/** @param {string | null} expiresAt */
function credentials(expiresAt) {
  if (!expiresAt) return words.noCredentials;
  if (isOver(expiresAt)) return words.overCredentials;
  return say.leftIs(left(expiresAt));
}
