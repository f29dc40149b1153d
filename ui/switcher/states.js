// @ts-check
// What stands in place of the list, and above it, when there is something to say about portals.
import { act } from '../bridge.js';
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { say, sessions, switcher as words } from '../strings.js';
import { isMac } from '../theme.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').PortalView} PortalView */

/**
 * @typedef {object} State
 * @property {Node[]} nodes
 * @property {() => void} enter What the Enter key does.
 */

/** @param {string} portal */
const signIn = (portal) => act({ type: 'signIn', portal, place: null });
const showMain = () => act({ type: 'show', window: 'main' });

/** @param {View} view */
export function refreshAll(view) {
  for (const { name } of view.portals) act({ type: 'refresh', portal: name });
}

/**
 * Null: there is a list to show.
 * @param {View} view
 * @param {{ query: string, total: number, notAPage: boolean, stranger: string | null }} results
 * @returns {State | null}
 */
export function stateOf(view, { query, total, notAPage, stranger }) {
  if (view.portals.length === 0) return noPortal();
  if (view.grants === 0) return nothingKnown(view.portals);
  if (total > 0 || !query.trim()) return null;
  if (notAPage) return { nodes: panel('warning', words.notAPage, words.notAPageMore), enter: () => {} };
  return noMatch(view, query, stranger === null ? null : words.stranger(stranger));
}

/** @returns {State} */
function noPortal() {
  const add = button(words.addPortal, 'primary', showMain);
  return { nodes: panel('key', words.noPortal, words.noPortalMore, add), enter: showMain };
}

/** @param {View} view @param {string} query @param {string | null} why @returns {State} */
function noMatch(view, query, why) {
  const refresh = () => refreshAll(view);
  const isBusy = view.portals.some((portal) => portal.listing);
  const label = isBusy ? words.refreshing : words.refreshAll(isMac ? '⌘R' : 'Ctrl+R');
  const again = button(label, '', refresh);
  again.disabled = isBusy;
  const shown = query.length > 60 ? `${query.slice(0, 60)}…` : query;
  const typed = query.trim();
  const isAwaited = view.awaited.includes(typed);
  const wait = isAwaited
    ? button(words.dontTell, '', () => act({ type: 'awaitNoMore', query: typed }))
    : button(words.tellMe, '', () => act({ type: 'await', query: typed }));
  const more = isAwaited ? words.awaited : words.noMatchMore;
  return { nodes: panel('search', why ?? words.noMatch(shown), more, again, wait), enter: () => {} };
}

/** @param {PortalView[]} portals @returns {State} */
function nothingKnown(portals) {
  // What the heading says of the only portal is not said twice.
  const isTold = portals.length === 1 && portals[0]?.state.state === 'starting';
  const rows = isTold ? [] : portals.map(portalRow);
  const wants = portals.find(({ state }) => state.state === 'signedOut' || state.state === 'expired');
  const enter = () => wants && signIn(wants.name);
  const failed = portals.find((portal) => portal.failure && !portal.listing)?.failure;
  const is = (/** @type {string} */ state) => portals.some((portal) => portal.state.state === state);
  const shown = () => {
    const waiting = portals.find((portal) => portal.state.state === 'waiting');
    if (waiting && isInBrowser(waiting)) {
      return panel('browser', words.inBrowser(waiting.name), words.inBrowserMore, ...rows);
    }
    if (waiting) return panel('lock', words.waiting(waiting.name), words.waitingMore, ...rows);
    if (is('starting')) return panel('lock', words.starting, '', ...rows);
    if (portals.some((portal) => portal.listing)) return panel('accounts', words.firstListing, '', ...rows);
    if (failed) return panel('warning', failed.summary, failed.hint, ...rows);
    if (wants) return panel('lock', words.signedOut, words.signedOutMore, ...rows);
    if (is('unknown')) return panel('clock', words.looking, '');
    return panel('accounts', words.nothing, words.nothingMore, ...rows);
  };
  return { nodes: shown(), enter };
}

/**
 * What can be done for one portal.
 * @param {PortalView} portal
 */
function portalRow(portal) {
  const { state } = portal;
  const label = name(portal.name, 'portal-name');
  if (state.state === 'waiting') {
    if (!state.userCode) return row(portal, label, openAgain(portal));
    const code = el('span', { class: 'code selectable' }, state.userCode);
    return row(portal, code, state.place === 'paused' ? goOn(portal) : copyCode(portal));
  }
  if (portal.listing) {
    const { done, total } = portal.listing;
    return row(portal, label, el('span', { class: 'muted digits' }, say.listed(done, total)));
  }
  if (state.state === 'signedOut' || state.state === 'expired') {
    return row(
      portal,
      button(say.signInTo(portal.name), 'primary', () => signIn(portal.name)),
    );
  }
  if (state.state === 'signedIn') {
    return row(
      portal,
      label,
      button(say.refresh, '', () => act({ type: 'refresh', portal: portal.name })),
    );
  }
  return row(portal, label, el('span', { class: 'muted' }, sessions.states[state.state] ?? ''));
}

/** @param {PortalView} portal @param {...Node} nodes */
const row = (portal, ...nodes) => el('p', { class: 'portal-row', 'data-key': portal.name }, ...nodes);

/**
 * One slim line above the list: the most pressing portal, and how many others there are.
 * @param {View} view
 * @returns {Node | null}
 */
export function bannerOf(view) {
  if (view.grants === 0) return null;
  const pressing = view.portals.filter((portal) => pressure(portal) > 0);
  const [first] = pressing.sort((a, b) => pressure(b) - pressure(a));
  if (!first) return null;
  const more = pressing.length - 1;
  const others = more > 0 && button(words.andMore(more), 'link', showMain);
  return el('div', { class: 'banner', 'data-key': first.name }, ...bannerText(first), others || '');
}

/**
 * How much a portal wants the person's eye.
 * @param {PortalView} portal
 */
function pressure({ state, failure }) {
  if (state.state === 'waiting') return 4;
  if (state.state === 'expired') return 3;
  if (state.state === 'signedOut') return 2;
  return failure ? 1 : 0;
}

/** @param {PortalView} portal @returns {Node[]} */
function bannerText(portal) {
  const { state } = portal;
  const line = (/** @type {string} */ text) => el('span', { class: 'clip grow', title: text }, text);
  if (state.state === 'waiting') {
    if (!state.userCode) return [icon('browser'), line(words.inBrowser(portal.name)), openAgain(portal)];
    const code = el('span', { class: 'code selectable' }, state.userCode);
    const next = state.place === 'paused' ? goOn(portal) : copyCode(portal);
    return [icon('lock'), line(words.approve(portal.name)), code, next];
  }
  const again = button(say.signIn, '', () => signIn(portal.name));
  if (state.state === 'expired') return [icon('clock'), line(words.expired(portal.name)), again];
  if (state.state === 'signedOut') return [icon('open'), line(words.signedOutOf(portal.name)), again];
  const failed = portal.failure ? `${portal.failure.summary}. ${portal.failure.hint}` : '';
  return [icon('warning'), line(failed)];
}

/** @param {PortalView} portal */
const copyCode = ({ name }) => button(say.copyCode, '', () => act({ type: 'copyCode', portal: name }));
/** @param {PortalView} portal */
const openAgain = ({ name }) =>
  button(say.openAgain, '', () => act({ type: 'signIn', portal: name, place: 'browser' }));
/**
 * Nothing is to be compared: the browser comes back by itself.
 * @param {PortalView} portal
 */
const isInBrowser = ({ state }) => state.state === 'waiting' && state.userCode === null;
/** @param {PortalView} portal */
const goOn = ({ name }) => button(say.continueSignIn, '', () => signIn(name));

/** @param {string} label @param {string} kind @param {() => void} onclick */
const button = (label, kind, onclick) =>
  el('button', { type: 'button', class: kind, onclick, 'data-key': label }, label);

/**
 * @param {import('../icons.js').IconName} drawing
 * @param {string} title
 * @param {string} text
 * @param {...Node} more
 */
function panel(drawing, title, text, ...more) {
  const emblem = el('div', { class: 'emblem' }, icon(drawing));
  return [emblem, el('h2', { dir: 'auto' }, title), el('p', { class: 'muted' }, text), ...more];
}
