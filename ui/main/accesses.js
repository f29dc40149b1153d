// @ts-check
// The access log: which program took which role's credentials when.
import { accesses, act } from '../bridge.js';
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { ask } from '../question.js';
import { accesses as words, mainWindow, say } from '../strings.js';
import { at } from '../times.js';
import { button } from './button.js';
import { failure } from './sessions.js';

/** @typedef {import('../types').AccessView} AccessView */
/** @typedef {import('../types').Outcome} Outcome */
/** @typedef {import('../elements.js').Child} Child */

/** @type {Record<Outcome, import('../icons.js').IconName>} */
const drawings = { given: 'check', refused: 'deny', failed: 'warning' };

/** What was read, and which state of the log that was. */
let read = -1;
/** @type {AccessView[] | null} */
let all = null;
/** @type {import('../types').Failure | null} */
let trouble = null;
let query = '';

/**
 * @param {import('../types').View} view
 * @param {() => void} draw
 * @returns {Child[]}
 */
export function accessesPage(view, draw) {
  if (read !== view.accesses) void fetchFor(view.accesses, draw);
  const rows = (all ?? []).filter(fits);
  return [
    el('h1', { 'data-key': 'title' }, mainWindow.accesses),
    el('p', { class: 'muted', 'data-key': 'more' }, words.more),
    trouble && el('div', { class: 'broken', 'data-key': 'trouble' }, failure(trouble)),
    all && el('div', { class: 'row tools', 'data-key': 'tools' }, filter(draw), clear(all.length)),
    all && status(rows.length, all.length),
    rows.length > 0 && table(rows),
  ];
}

/**
 * Reads the log anew. What came meanwhile is read with the next view.
 * @param {number} revision
 * @param {() => void} draw
 */
async function fetchFor(revision, draw) {
  read = revision;
  /** @type {typeof trouble} */
  let problem = null;
  const found = await accesses().catch((/** @type {typeof trouble} */ error) => {
    problem = error;
    return all;
  });
  // A later answer is on its way.
  if (read !== revision) return;
  [all, trouble] = [found, problem];
  draw();
}

/** @param {number} shown @param {number} known */
function status(shown, known) {
  const text = known === 0 ? words.none : shown === 0 ? words.noMatch : words.count(shown, known);
  return el('p', { class: 'muted digits', 'data-key': 'count', role: 'status' }, text);
}

/** @param {() => void} draw */
function filter(draw) {
  const oninput = (/** @type {Event} */ event) => {
    query = /** @type {HTMLInputElement} */ (event.target).value;
    draw();
  };
  const attributes = { id: 'filter', type: 'text', value: query, spellcheck: 'false', dir: 'auto', oninput };
  return el('input', { ...attributes, 'aria-label': words.filter, placeholder: words.filter });
}

/** @param {number} known */
function clear(known) {
  const onclick = () =>
    ask({
      body: [el('h2', {}, words.clearAsks), el('p', { class: 'more muted' }, words.clearMore)],
      no: say.cancel,
      yes: words.clear,
      kind: 'danger',
      answered: (yes) => yes && act({ type: 'clearAccesses' }),
    });
  return button(words.clear, onclick, { drawing: 'trash', busy: known === 0 });
}

/** @param {AccessView} access */
function fits(access) {
  const { grant, role, profile, way, outcome, who, path } = access;
  const texts = [who, path, grant.accountName, grant.id.accountId, grant.id.portal, role, profile];
  const text = [...texts, words.outcomes[outcome], words.ways[way]].join('\n').toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** @param {AccessView[]} rows */
function table(rows) {
  const { columns } = words;
  const heads = [columns.when, columns.role, columns.program, columns.outcome];
  return el(
    'div',
    { class: 'card flush', 'data-key': 'table' },
    el(
      'table',
      { class: 'accesses', 'aria-label': mainWindow.accesses },
      el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { scope: 'col' }, text)))),
      el('tbody', {}, ...rows.map(row)),
    ),
  );
}

/** @param {AccessView} access */
function row({ at: when, grant, role, profile, way, outcome, who, path }) {
  const account = grant.accountName || say.unnamed(grant.id.accountId);
  const badge = el('span', { class: 'chip production' }, icon('warning'), say.production);
  const colour = grant.colour ?? (grant.production ? 'red' : null);
  const how = [words.ways[way], profile && words.profile(profile)].filter(Boolean).join(', ');
  return el(
    'tr',
    {},
    el('td', { class: 'digits' }, el('time', { datetime: when, title: when }, at(when))),
    el(
      'td',
      { class: 'grant', 'data-colour': colour },
      el(
        'div',
        { class: 'line' },
        el('span', { class: 'line named' }, colour && el('i', { class: 'dot' }), name(account, 'account')),
        grant.production && badge,
      ),
      el('div', { class: 'line muted' }, name(role)),
    ),
    el(
      'td',
      {},
      el('div', { class: 'who', dir: 'auto', title: path ?? '' }, who),
      el('div', { class: 'muted' }, how),
    ),
    el(
      'td',
      {},
      el('span', { class: `line outcome ${outcome}` }, icon(drawings[outcome]), words.outcomes[outcome]),
    ),
  );
}
