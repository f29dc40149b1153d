// @ts-check
// The quick switcher: what was typed, the list that fits it, and the keys.
import { act, earlyKeys, follow, hide, onShown } from '../bridge.js';
import { attribute, byId, el, settle } from '../elements.js';
import { icon } from '../icons.js';
import { language, say, switcher as words } from '../strings.js';
import { applyTheme, isMac } from '../theme.js';
import { confirm } from './confirm.js';
import { drawHints } from './hints.js';
import { words as wordsOf } from './highlight.js';
import { commandOf, isForAWhile } from './keys.js';
import { chooseLease, leaveLease } from './lease.js';
import { List } from './list.js';
import { drawNotice, hasUndo } from './notice.js';
import { painted, typed } from './pace.js';
import { isSameGrant, Results } from './results.js';
import { bannerOf, refreshAll, stateOf } from './states.js';
import { Tools } from './tools.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').GrantView} GrantView */

const box = /** @type {HTMLInputElement} */ (byId('query'));
const state = byId('state');
const scroller = byId('scroller');
const options = byId('options');

/** @type {View | null} */
let view = null;
/**
 * What Enter does where there is no list.
 * @type {(() => void) | null}
 */
let enterState = null;
/**
 * A key that was pressed before the answer to what was typed was there.
 * @type {(() => void) | null}
 */
let afterAnswer = null;
let saying = 0;

const results = new Results(answered);
const tools = new Tools(byId('tools'), (command, grant) => {
  if (command === 'lease') return lease(grant);
  run(command, grant);
  box.focus();
});
const list = new List(scroller, options, () => {
  attribute(box, 'aria-activedescendant', list.activeId);
  byId('hints').classList.toggle('suggests-lease', !scroller.hidden && !!list.grant?.production);
  tools.place(list, results);
});

const source = () => ({
  total: results.total,
  row: (/** @type {number} */ at) => results.row(at),
  words: wordsOf(results.query),
  withPortal: (view?.portals.length ?? 0) > 1,
});

/** @param {View} next */
function show(next) {
  const before = view;
  view = next;
  applyTheme(next);
  if (before?.revision !== next.revision) results.ask(box.value);
  if (before && before.portals.length > 1 !== next.portals.length > 1) list.show(source(), true);
  confirm(next.question);
  drawAround();
}

/** All but the list itself. */
function drawAround() {
  if (!view) return;
  const instead = stateOf(view, results.query, results.total);
  enterState = instead?.enter ?? null;
  settle(state, ...(instead?.nodes ?? []));
  state.hidden = !instead;
  scroller.hidden = !!instead;
  attribute(box, 'aria-expanded', String(!instead));
  settle(byId('banner'), bannerOf(view));
  settle(byId('listing'), progress(view));
  byId('count').textContent = countOf(view);
  drawNotice(view.notice);
  drawHints(view, results.total > 0 ? results.page : null);
}

/** @param {boolean} isNew */
function answered(isNew) {
  if (isNew) {
    const kept = list.grant;
    const isSameQuery = options.dataset.query === results.query;
    options.dataset.query = results.query;
    // A refresh moves rows; what was selected stays so.
    const place = kept && isSameQuery ? results.find(kept.id) : 0;
    if (!isSameQuery) scroller.scrollTop = 0;
    list.selected = place >= 0 ? place : list.selected;
  }
  list.show(source(), isNew);
  if (!isNew) return;
  drawAround();
  tellCount();
  painted(results.query);
  const late = afterAnswer;
  if (results.query !== box.value) return;
  afterAnswer = null;
  late?.();
}

/** Once the typing rests, for readers of the screen. */
function tellCount() {
  clearTimeout(saying);
  saying = window.setTimeout(() => (byId('said').textContent = words.found(results.total)), 500);
}

/** @param {View} view */
function countOf(view) {
  const listing = view.portals.find((portal) => portal.listing)?.listing;
  if (listing && results.query === '') return say.listed(listing.done, listing.total);
  return view.grants > 0 && results.total > 0 ? say.roles(results.total) : '';
}

/** @param {View} view */
function progress(view) {
  const listings = view.portals.flatMap((portal) => portal.listing ?? []);
  if (listings.length === 0) return null;
  const done = listings.reduce((sum, listing) => sum + listing.done, 0);
  const total = listings.reduce((sum, listing) => sum + (listing.total ?? 0), 0);
  const bar = el('i');
  const isEndless = listings.some((listing) => listing.total === null) || total === 0;
  requestAnimationFrame(() => {
    const live = byId('listing').querySelector('i');
    if (live) live.style.width = isEndless ? '' : `${(100 * done) / total}%`;
  });
  return el('div', { class: isEndless ? 'progress endless' : 'progress' }, bar);
}

/**
 * Does what a key or a button means, to the selected grant, once the list is that of what was typed.
 * @param {string} command
 * @param {GrantView | null} [grant]
 * @param {number | null} [minutes] For how long a switch is; null: for good.
 */
function run(command, grant, minutes = null) {
  if (!grant && results.query !== box.value) {
    afterAnswer = () => run(command, null, minutes);
    return;
  }
  const chosen = grant ?? (scroller.hidden ? null : list.grant);
  if (!chosen) {
    if (command === 'switch') enterState?.();
    return;
  }
  if (command === 'switch') act({ type: 'switch', grant: chosen.id, profile: null, minutes });
  else if (command === 'console') openConsole(chosen);
  else if (command === 'exports') act({ type: 'copyExports', grant: chosen.id });
  else if (command === 'pin') act({ type: 'pin', grant: chosen.id, pinned: !isPinned(chosen) });
}

/**
 * Asks for how long, at once: the keys that follow are for the answer, also where the list is not that of what was
 * typed yet.
 * @param {GrantView | null} [grant]
 */
function lease(grant) {
  const isAnswered = results.query === box.value;
  const to = grant ?? (isAnswered && !scroller.hidden ? list.grant : null);
  if (!view || (!to && isAnswered)) return;
  // Where the keys go is what is selected.
  const at = to ? results.find(to.id) : -1;
  if (at >= 0) list.select(at);
  const chosen = (/** @type {number | null} */ minutes) => run('switch', to, minutes);
  chooseLease(view.settings.defaultProfile, chosen, () => {
    box.focus();
    if (view) drawHints(view, results.page);
  });
}

/**
 * What was pasted is where it opens.
 * @param {GrantView} grant
 */
const openConsole = (grant) =>
  act({ type: 'console', grant: grant.id, destination: results.page === null ? null : results.query });

/**
 * The view is newer than the row.
 * @param {GrantView} grant
 */
const isPinned = (grant) => view?.pinned.some(({ id }) => isSameGrant(id, grant.id)) ?? grant.pin !== null;

/** @param {KeyboardEvent} event */
function pressed(event) {
  const command = commandOf(event, { isEmpty: box.value === '', isInBox: event.target === box });
  if (!command || !view || (command.name === 'undo' && !hasUndo(view.notice))) return;
  event.preventDefault();
  // The buttons go back to the selected row.
  list.hovered = -1;
  list.draw();
  const { page } = list;
  const moves = { up: -1, down: 1, pageUp: -page, pageDown: page, first: -Infinity, last: Infinity };
  const pinned = command.name === 'pinned' ? view.pinned[command.place - 1] : undefined;
  if (command.name in moves) list.select(list.selected + moves[/** @type {keyof moves} */ (command.name)]);
  else if (command.name === 'pinned') pinned && run('switch', pinned);
  else if (command.name === 'close') hide();
  else if (command.name === 'settings') act({ type: 'show', window: 'main' });
  else if (command.name === 'refresh') refreshAll(view);
  else if (command.name === 'undo') act({ type: 'undo' });
  else if (command.name === 'lease') lease();
  else run(command.name);
}

/**
 * A click switches, with Ctrl it opens the console.
 * @param {MouseEvent} event
 */
function clicked(event) {
  const at = list.placeOf(event.target);
  const grant = at >= 0 ? results.row(at) : null;
  if (!grant) return;
  leaveLease();
  list.select(at);
  run(event.ctrlKey || event.metaKey ? 'console' : 'switch', grant);
}

/**
 * Keys that came here while those from before were on their way; null: they are not waited for any more.
 * @type {import('../bridge.js').EarlyKey[] | null}
 */
let meanwhile = [];

/** Types what was typed into the window before its page was there. */
async function catchUp() {
  const before = await earlyKeys().catch(() => []);
  const keys = [...before, ...(meanwhile ?? [])];
  meanwhile = null;
  let text = box.value;
  /** @type {KeyboardEventInit[]} */
  const others = [];
  for (const { key, ctrl, shift, alt } of keys) {
    // What comes after a key that asks something is the answer.
    const isText = !others.some(({ altKey }) => altKey);
    if (isText && key === 'Backspace') text = text.slice(0, -1);
    else if (isText && [...key].length === 1 && !ctrl && !alt) text += key;
    else others.push({ key, ctrlKey: ctrl, shiftKey: shift, altKey: alt, bubbles: true, cancelable: true });
  }
  if (text !== box.value) {
    box.value = text;
    results.ask(text);
  }
  for (const other of others) {
    (document.activeElement ?? box).dispatchEvent(new KeyboardEvent('keydown', other));
  }
}

/**
 * Nothing may be done by a key while an earlier one has not been heard.
 * @param {KeyboardEvent} event
 */
function waitInLine(event) {
  if (!meanwhile || event.isComposing || event.metaKey || (event.altKey && !isForAWhile(event))) return;
  event.preventDefault();
  event.stopPropagation();
  const { key, ctrlKey: ctrl, shiftKey: shift, altKey: alt } = event;
  meanwhile.push({ key, ctrl, shift, alt });
}

function begin() {
  document.documentElement.lang = language;
  document.title = `${words.title} – ${say.appName}`;
  byId('search').prepend(icon('search'));
  box.placeholder = words.placeholder;
  box.setAttribute('aria-label', words.box);
  options.setAttribute('aria-label', words.list);
  box.addEventListener('input', (event) => {
    typed(event.timeStamp);
    leaveLease();
    afterAnswer = null;
    results.ask(box.value);
  });
  document.addEventListener('keydown', waitInLine, { capture: true });
  document.addEventListener('keydown', pressed);
  options.addEventListener('click', clicked);
  // The box keeps the focus: rows are not for it.
  scroller.addEventListener('mousedown', (event) => event.preventDefault());
  scroller.addEventListener('mousemove', (event) => tools.hover(list.placeOf(event.target), list));
  scroller.addEventListener('mouseleave', () => tools.hover(-1, list));
  onShown(() => {
    leaveLease();
    box.value = '';
    afterAnswer = null;
    options.dataset.query = '\n';
    results.ask('');
    box.focus();
  });
  document.documentElement.classList.toggle('mac', isMac);
  box.focus();
  void follow(show).finally(catchUp);
}

begin();
