// @ts-check
// The question that a grant with such a mark asks before it is used.
import { act } from '../bridge.js';
import { el, name, settle } from '../elements.js';
import { icon } from '../icons.js';
import { ask } from '../question.js';
import { question as words, say } from '../strings.js';
import { alt, primary } from '../theme.js';
import { hoursMinutes } from '../times.js';

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
  parts?.push(...(question?.choices ?? []).map(({ id }) => id.roleName));
  const key = parts && JSON.stringify(parts);
  if (open?.key === key) return;
  open?.close();
  open = question && key ? { key, close: show(question) } : null;
}

/** @param {Question} question */
const show = (question) => (question.choices.length > 1 ? showChoice(question) : showOne(question));

/** @param {Question} question */
function showOne({ grant, profile, action, minutes, page, byLink }) {
  const account = grant.accountName || say.unnamed(grant.id.accountId);
  const asks = words.asks[action] ?? words.asks.switch;
  const time = minutes === null ? '' : words.time(hoursMinutes(minutes));
  const heading = el('h2', { dir: 'auto' }, asks?.(words.grant(say.role(grant), account), profile, time) ?? '');
  const warned = warning(grant, byLink, words.marked);
  const identity = el('p', { class: 'muted digits' }, grant.id.accountId, ' · ', name(grant.id.portal));
  const isForGood = action === 'switch' && minutes === null && grant.production;
  const shorter = isForGood && words.shorter(`${alt} ↵`);
  const keys = el('p', { class: 'muted keys' }, words.keys(`${primary} ↵`), shorter);
  return ask({
    body: [warned, heading, identity, ...address(page), keys],
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

/**
 * Why it is asked.
 * @param {import('../types').GrantView} grant
 * @param {boolean} byLink
 * @param {string} otherwise
 */
function warning(grant, byLink, otherwise) {
  const danger = grant.production ? [words.production] : [];
  const why = byLink ? [words.byLink, ...danger].join(' ') : (danger[0] ?? otherwise);
  const kind = grant.production ? 'warned more production' : 'warned more';
  return el('p', { class: kind }, icon('warning'), why);
}

/** @param {string | null} page */
const address = (page) => (page ? [el('p', { class: 'page', dir: 'ltr' }, page)] : []);

/**
 * Several roles could open a page: the person says which.
 * @param {Question} question
 */
function showChoice({ grant, choices, page, byLink }) {
  let chosen = grant;
  const why = el('div', {}, warning(chosen, byLink, words.which));
  const account = grant.accountName || say.unnamed(grant.id.accountId);
  const heading = el('h2', { dir: 'auto' }, words.asksAs(account));
  const options = choices.map((choice) => {
    const isChosen = choice.id.roleName === grant.id.roleName;
    const onchange = () => {
      chosen = choice;
      settle(why, warning(chosen, byLink, words.which));
    };
    const radio = el('input', { type: 'radio', name: 'as', checked: isChosen, onchange });
    return { radio, label: el('label', {}, radio, name(say.role(choice), 'role')) };
  });
  const roles = el('div', { class: 'choices', role: 'radiogroup', 'aria-label': words.as }, ...options.map(({ label }) => label));
  const keys = el('p', { class: 'muted keys' }, words.keys(`${primary} ↵`));
  const first = options.find(({ radio }) => radio.checked) ?? options[0];
  return ask({
    body: [why, heading, roles, ...address(page), keys],
    no: say.cancel,
    yes: words.yes.console ?? words.goOn,
    kind: grant.production ? 'danger' : 'primary',
    sudden: byLink,
    focus: byLink ? undefined : first?.radio,
    answered: (yes) => {
      open = null;
      act(yes ? { type: 'answerAs', grant: chosen.id } : { type: 'answer', yes });
    },
  });
}
