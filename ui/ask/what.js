// @ts-check
// Who wants what, and what is known of them. Names are bold or on lines of their own: they may be made up to read
// like words of ours.
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { ask as words, say } from '../strings.js';

/** @typedef {import('../types').AskView} AskView */

/** Production is told by words, a drawing and a colour. */
export function warning() {
  return el('p', { class: 'warned' }, icon('warning'), words.production);
}

/**
 * @param {AskView} ask
 * @param {number} count How many wait.
 */
export function what(ask, count) {
  const { grant, role } = ask;
  const account = grant.accountName || say.unnamed(grant.id.accountId);
  const strong = (/** @type {string} */ text) => el('strong', {}, el('bdi', {}, text));
  const colour = grant.colour ?? (grant.production ? 'red' : null);
  const [wants, within] = words.wants;
  return [
    count > 1 && el('p', { class: 'chip', 'data-key': 'count', role: 'status' }, words.waiting(count)),
    el(
      'h1',
      { id: 'wants', 'data-key': `h${ask.id}` },
      strong(ask.name),
      ask.origin && el('bdi', { class: 'muted' }, ` (${ask.origin})`),
      wants,
      strong(role),
      within,
      strong(account),
    ),
    el(
      'p',
      { id: 'about', class: 'line muted digits', 'data-colour': colour, 'data-key': `p${ask.id}` },
      colour && el('i', { class: 'dot' }),
      el('span', {}, grant.id.accountId),
      el('span', {}, '·'),
      name(grant.id.portal),
      grant.production && el('span', { class: 'unseen' }, words.production),
    ),
    el('p', { class: 'muted', 'data-key': 'scope' }, words.scope),
    details(ask),
  ];
}

/** @param {AskView} ask */
function details({ id, path, pid, directory, chain }) {
  const row = (/** @type {string} */ term, /** @type {string | null} */ text) =>
    text && [el('dt', {}, term), el('dd', { class: 'selectable', dir: 'auto' }, text)];
  const rows = [
    row(words.path, path),
    row(words.pid, pid === null ? null : String(pid)),
    row(words.directory, directory),
  ];
  const links = chain.map(({ pid, path }) =>
    el('li', { class: 'selectable', dir: 'auto' }, `${path || words.unknown} (${pid})`),
  );
  return el(
    'details',
    { 'data-key': `d${id}` },
    el('summary', {}, words.details),
    el(
      'dl',
      {},
      ...rows.flatMap((row) => row || []),
      el('dt', {}, words.chain),
      el('dd', {}, el('ol', {}, ...links)),
    ),
  );
}
