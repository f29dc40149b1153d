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
import { askName, wasKept } from './keep.js';
import { commandOf, isForAWhile } from './keys.js';
import { chooseLease } from './lease.js';
import { isTaken, leaveLine } from './line.js';
import { List, ROW } from './list.js';
import { drawNotice, wasTold } from './notice.js';
import { painted, typed } from './pace.js';
import { isSameGrant, Results } from './results.js';
import { bannerOf, refreshAll, stateOf } from './states.js';
import { Tools } from './tools.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').GrantView} GrantView */
/** @typedef {import('../types').RowView} RowView */

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
/**
 * The row that was selected when the list was drawn last.
 * @type {RowView | null}
 */
let selected = null;
/** Until then, keys may be meant for a row that has just gone. */
let unmeantUntil = 0;
/** Milliseconds that a person takes to see that another row is selected. */
const SEEN = 700;

const results = new Results(answered, () => list.selected);
const tools = new Tools(byId('tools'), (command, row) => {
  if (command === 'lease') return lease(row);
  run(command, row);
  if (!isTaken()) box.focus();
});
const list = new List(scroller, options, () => {
  selected = list.row;
  attribute(box, 'aria-activedescendant', list.activeId);
  byId('hints').classList.toggle('suggests-lease', !scroller.hidden && !!list.row?.grant.production);
  drawLine();
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
  wasKept(next.notice);
  drawAround();
}

/** All but the list itself. */
function drawAround() {
  if (!view) return;
  const instead = stateOf(view, results);
  enterState = instead?.enter ?? null;
  settle(state, ...(instead?.nodes ?? []));
  state.hidden = !instead;
  scroller.hidden = !!instead;
  attribute(box, 'aria-expanded', String(!instead));
  settle(byId('banner'), bannerOf(view));
  settle(byId('listing'), progress(view));
  byId('count').textContent = countOf(view);
  drawNotice(view.notice);
  hintsFor = undefined;
  drawLine();
}

/**
 * The row that the hints are of; undefined: none yet, or they may differ for the same row.
 * @type {RowView | null | undefined}
 */
let hintsFor;

/** The line at the bottom. It changes with the selected row only between roles and pages. */
function drawLine() {
  const row = scroller.hidden ? null : list.row;
  const isSameKind = hintsFor !== undefined && !hintsFor?.page && !row?.page;
  if (!view || row === hintsFor || isSameKind) return;
  hintsFor = row;
  drawHints(view, results, row);
}

/** @param {boolean} isNew */
function answered(isNew) {
  if (isNew) {
    keepSelected(options.dataset.query === results.query);
    options.dataset.query = results.query;
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

/**
 * A refresh moves rows; what was selected stays so, and no key does to another row what was meant for it.
 * @param {boolean} isSameQuery
 */
function keepSelected(isSameQuery) {
  const place = selected && isSameQuery ? results.find(selected) : 0;
  if (place < 0) unmeantUntil = performance.now() + SEEN;
  if (place <= 0) scroller.scrollTop = 0;
  else if (place !== list.selected) scroller.scrollTop += (place - list.selected) * ROW;
  list.selected = Math.max(0, place);
}

/** Once the typing rests, for readers of the screen. */
function tellCount() {
  clearTimeout(saying);
  saying = window.setTimeout(() => (byId('said').textContent = words.found(results.total - results.pages, results.pages)), 500);
}

/** @param {View} view */
function countOf(view) {
  const listing = view.portals.find((portal) => portal.listing)?.listing;
  if (listing && results.query === '') return say.listed(listing.done, listing.total);
  const [found, pages] = [results.total - results.pages, results.query === '' ? 0 : results.pages];
  return view.grants > 0 && results.total > 0 ? words.found(found, pages) : '';
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
 * Does what a key or a button means, to the selected row, once the list is that of what was typed.
 * @param {string} command
 * @param {RowView | null} [row]
 * @param {number | null} [minutes] For how long a switch is; null: for good.
 */
function run(command, row, minutes = null) {
  if (!row && results.query !== box.value) {
    afterAnswer = () => run(command, null, minutes);
    return;
  }
  const chosen = row ?? (scroller.hidden ? null : list.row);
  if (!chosen) {
    if (command === 'switch') enterState?.();
    return;
  }
  const { grant, page } = chosen;
  const [id, destination] = [grant.id, page ? page.url : pasted()];
  if (command === 'link' && page?.name) act({ type: 'copyBookmark', name: page.name });
  else if (command === 'link') act({ type: 'copyLink', grant: id, destination });
  else if (command === 'bookmark') bookmark(chosen);
  else if (page) runOnPage(command, page, grant, minutes);
  else if (command === 'switch') act({ type: 'switch', grant: id, profile: null, minutes });
  else if (command === 'console') act({ type: 'console', grant: id, destination });
  else if (command === 'exports') act({ type: 'copyExports', grant: id });
  else if (command === 'pin') act({ type: 'pin', grant: id, pinned: !isPinned(grant) });
}

/**
 * A page is opened, unless something else was asked for in so many words.
 * @param {string} command
 * @param {import('../types').PageView} page
 * @param {GrantView} grant
 * @param {number | null} minutes
 */
function runOnPage(command, page, grant, minutes) {
  const isLease = command === 'switch' && minutes !== null;
  if (command === 'pin' && !page.name) bookmark({ grant, page });
  else if (command === 'pin' || isLease) return;
  // Nobody has said as whom.
  else if (page.roles > 1 || command === 'console' || command === 'switch') act(page.action);
  else if (command === 'exports') act({ type: 'copyExports', grant: grant.id });
}

/** The query, if the console opens at something in it, or if it is to be told that it can’t. */
const pasted = () => (results.page === null && !results.notAPage ? null : results.query);

/**
 * Takes a bookmark out, or asks for the name of a new one.
 * @param {RowView} row
 */
function bookmark({ grant, page }) {
  if (page?.name) return act({ type: 'removeBookmark', name: page.name });
  const destination = page ? page.url : pasted();
  const suggestion = page?.title ?? results.page ?? (grant.accountName || grant.id.accountId);
  askName(
    suggestion.replaceAll('/', ' '),
    () => view?.notice?.id ?? 0,
    (name) => act({ type: 'addBookmark', name, grant: grant.id, destination }),
    lineIsFree,
  );
}

/** What had the line has given it back. */
function lineIsFree() {
  box.focus();
  hintsFor = undefined;
  drawLine();
}

/**
 * Asks for how long, at once: the keys that follow are for the answer, also where the list is not that of what was
 * typed yet.
 * @param {RowView | null} [row]
 */
function lease(row) {
  const isAnswered = results.query === box.value;
  const to = row ?? (isAnswered && !scroller.hidden ? list.row : null);
  // Pages are opened, not switched to.
  if (!view || to?.page || (!to && isAnswered)) return;
  // Where the keys go is what is selected.
  const at = to ? results.find(to) : -1;
  if (at >= 0) list.select(at);
  const chosen = (/** @type {number | null} */ minutes) => run('switch', to, minutes);
  chooseLease(view.settings.defaultProfile, chosen, lineIsFree);
}

/**
 * The view is newer than the row.
 * @param {GrantView} grant
 */
const isPinned = (grant) => view?.pinned.some(({ id }) => isSameGrant(id, grant.id)) ?? grant.pin !== null;

/** @param {KeyboardEvent} event */
function pressed(event) {
  const command = commandOf(event, { isEmpty: box.value === '', isInBox: event.target === box });
  if (!command || !view || (command.name === 'undo' && !view.undo)) return;
  event.preventDefault();
  // The buttons go back to the selected row.
  list.hovered = -1;
  list.draw();
  const { page } = list;
  const moves = { up: -1, down: 1, pageUp: -page, pageDown: page, first: -Infinity, last: Infinity };
  const isMove = command.name in moves;
  // A key that is held down does a thing once.
  if (!isMove && command.name !== 'close' && event.repeat) return;
  if (isMove) list.select(list.selected + moves[/** @type {keyof moves} */ (command.name)]);
  else if (command.name === 'pinned') runKey(view, command.place);
  else if (command.name === 'close') hide();
  else if (command.name === 'settings') act({ type: 'show', window: 'main' });
  else if (command.name === 'refresh') refreshAll(view);
  else if (command.name === 'undo') act({ type: 'undo' });
  else if (performance.now() < unmeantUntil) return;
  else if (command.name === 'lease') lease();
  else run(command.name);
}

/**
 * Pinned grants have the first numbers, bookmarks those that follow.
 * @param {View} view
 * @param {number} place
 */
function runKey({ pinned, bookmarks }, place) {
  const grant = pinned[place - 1];
  const name = bookmarks[place - 1 - pinned.length];
  if (grant) run('switch', { grant, page: null });
  else if (name) act({ type: 'bookmark', name });
}

/**
 * A click switches, with Ctrl it opens the console.
 * @param {MouseEvent} event
 */
function clicked(event) {
  const at = list.placeOf(event.target);
  const row = at >= 0 ? results.row(at) : null;
  if (!row) return;
  leaveLine();
  list.select(at);
  run(event.ctrlKey || event.metaKey ? 'console' : 'switch', row);
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
    leaveLine();
    afterAnswer = null;
    results.ask(box.value);
  });
  document.addEventListener('keydown', waitInLine, { capture: true });
  document.addEventListener('keydown', pressed);
  options.addEventListener('click', clicked);
  // The box keeps the focus: rows are not for it.
  scroller.addEventListener('mousedown', (event) => event.preventDefault());
  scroller.addEventListener('mousemove', (event) => {
    // Rows that come under a mouse that rests are not pointed at; it may even be gone.
    if (event.movementX || event.movementY) tools.hover(list.placeOf(event.target), list);
  });
  scroller.addEventListener('mouseleave', () => tools.hover(-1, list));
  onShown(() => {
    leaveLine();
    wasTold(view?.notice ?? null);
    box.value = '';
    list.hovered = -1;
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
