// @ts-check
// The question that a grant with such a mark asks before it is used.
import { act } from '../bridge.js';
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { ask } from '../question.js';
import { question as words, say } from '../strings.js';
import { isMac } from '../theme.js';
import { hoursMinutes } from '../times.js';
import { alt } from './hints.js';

/** @typedef {import('../types').Question} Question */

/**
 * What is asked now, as text, and how to take it back.
 * @type {{ key: string, close: () => void } | null}
 */
let open = null;

/**
 * Shows the question of a view, or takes back what stands no longer.
 * @param {Question | null} question
 */
export function confirm(question) {
  const parts = question && [question.grant.id, question.action, question.profile, question.minutes, question.page];
  const key = parts && JSON.stringify(parts);
  if (open?.key === key) return;
  open?.close();
  open = question && key ? { key, close: show(question) } : null;
}

/** @param {Question} question */
function show({ grant, profile, action, minutes, page, byLink }) {
  const account = grant.accountName || say.unnamed(grant.id.accountId);
  const asks = words.asks[action] ?? words.asks.switch;
  const time = minutes === null ? '' : words.time(hoursMinutes(minutes));
  const heading = el('h2', { dir: 'auto' }, asks?.(words.grant(say.role(grant), account), profile, time) ?? '');
  const danger = grant.production ? [words.production] : [];
  const why = byLink ? [words.byLink, ...danger].join(' ') : (danger[0] ?? words.marked);
  const warned = el('p', { class: 'warned more' }, icon('warning'), why);
  const identity = el('p', { class: 'muted digits' }, grant.id.accountId, ' · ', name(grant.id.portal));
  const isForGood = action === 'switch' && minutes === null && grant.production;
  const shorter = isForGood && words.shorter(`${alt} ↵`);
  const keys = el('p', { class: 'muted keys' }, words.keys(isMac ? '⌘ ↵' : 'Ctrl ↵'), shorter);
  if (grant.production) warned.classList.add('production');
  return ask({
    body: [warned, heading, identity, ...(page ? [el('p', { class: 'page', dir: 'ltr' }, page)] : []), keys],
    no: say.cancel,
    yes: words.yes[action] ?? words.goOn,
    kind: grant.production ? 'danger' : 'primary',
    sudden: byLink,
    answered: (yes) => {
      open = null;
      act({ type: 'answer', yes });
    },
  });
}
