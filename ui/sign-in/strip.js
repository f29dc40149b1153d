// @ts-check
// The strip itself, two lines high, for every state of a sign-in.
import { act } from '../bridge.js';
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { say, sessions, signInHeader as words } from '../strings.js';

/** @typedef {import('../types').PortalView} PortalView */
/** @typedef {import('../types').Visit} Visit */
/** @typedef {Extract<import('../types').PortalState, { state: 'waiting' }>} Waiting */
/** @typedef {{ isPopUp: boolean, isExpanded: boolean, toggle: () => void }} Look */
/** @typedef {import('../elements.js').Child} Child */

/** Hosts of this computer. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * @param {string} portalName
 * @param {PortalView | undefined} portal
 * @param {Look} look
 * @returns {Child[]}
 */
export function strip(portalName, portal, look) {
  const state = portal?.state;
  if (state?.state === 'waiting') return waiting(portalName, state, look);
  if (state?.state === 'starting' || state?.state === 'unknown') return starting(portalName);
  if (state?.state === 'signedIn' && !portal?.failure) return plain(portalName, words.done);
  return failed(portalName, portal);
}

/**
 * @param {string} portal
 * @param {Waiting} state
 * @param {Look} look
 */
function waiting(portal, state, look) {
  const hint = hintText(state.visit);
  return [
    el(
      'div',
      { class: 'line', 'data-key': 'page' },
      ...whose(portal, state),
      ...(look.isPopUp ? [] : code(state, portal)),
    ),
    el(
      'div',
      { class: hint ? 'line under hinted' : 'line under', 'data-key': 'do' },
      hint
        ? el('p', { class: 'hint', title: hint }, icon('warning'), el('span', {}, hint))
        : advice(portal, look),
      !look.isPopUp && el('span', { id: 'left', class: 'digits muted', 'aria-hidden': 'true' }),
      ...(look.isPopUp ? [] : ways(portal, state, look, hint !== null)),
    ),
  ];
}

/**
 * The host of the page, or where the page is instead.
 * @param {string} portal
 * @param {Waiting} state
 * @returns {Child[]}
 */
function whose(portal, { place, visit }) {
  if (place === 'browser') return [icon('browser'), el('strong', { class: 'clip grow' }, words.inBrowser)];
  if (place === 'paused') return [icon('clock'), el('strong', { class: 'clip grow' }, words.paused)];
  if (!visit?.host) return [icon('lock'), el('strong', { class: 'clip grow' }, say.signInTo(portal))];
  const { host, secure } = visit;
  const note = LOOPBACK.test(host) ? `${words.notSecure} (${words.thisComputer})` : words.notSecure;
  const lock = el('span', { class: secure ? 'lock' : 'lock bad', title: secure ? words.secure : note });
  lock.append(icon(secure ? 'lock' : 'open'), el('span', { class: 'unseen' }, secure ? words.secure : note));
  // The end of a host says whose it is: a long one loses its beginning.
  const shown = el('span', { class: 'host selectable', dir: 'ltr', title: host }, el('bdi', {}, host));
  return [lock, shown, !secure && el('span', { class: 'chip insecure', 'aria-hidden': 'true' }, note)];
}

/**
 * @param {Waiting} state
 * @param {string} portal
 */
function code({ userCode }, portal) {
  if (!userCode) return [];
  const copy = { type: 'button', class: 'only-icon', title: say.copyCode, 'aria-label': say.copyCode };
  return [
    el('span', { class: 'code selectable', 'aria-label': `${words.code} ${userCode}` }, userCode),
    el('button', { ...copy, onclick: () => act({ type: 'copyCode', portal }) }, icon('copy')),
  ];
}

/**
 * @param {string} portal
 * @param {Look} look
 */
function advice(portal, { isPopUp }) {
  return el(
    'p',
    { class: 'advice', title: isPopUp ? null : words.approve },
    name(portal, 'portal'),
    !isPopUp && el('span', { class: 'muted' }, words.approve),
  );
}

/**
 * Other ways to sign in.
 * @param {string} portal
 * @param {Waiting} state
 * @param {Look} look
 * @param {boolean} isHinted The browser is the way that will work.
 * @returns {Child[]}
 */
function ways(portal, { place }, { isExpanded, toggle }, isHinted) {
  const pressed = {
    'aria-expanded': String(isExpanded),
    'aria-controls': 'more',
    'aria-label': words.otherDevice,
    title: words.otherDevice,
    onclick: toggle,
  };
  const other = el(
    'button',
    { type: 'button', 'data-key': 'other', ...pressed },
    icon('phone'),
    el('span', { class: 'way-label' }, words.otherDevice),
  );
  if (place === 'paused') return [other, signIn(portal, null, say.continueSignIn, 'primary')];
  if (place === 'browser') return [other];
  return [other, signIn(portal, 'browser', say.useBrowser, isHinted ? 'primary' : '')];
}

/**
 * @param {string} portal
 * @param {import('../types').SignInPlace | null} place
 * @param {string} label
 * @param {string} kind
 */
function signIn(portal, place, label, kind) {
  const onclick = () => act({ type: 'signIn', portal, place });
  return el('button', { type: 'button', class: kind, 'data-key': label, onclick }, label);
}

/** @param {string} portal */
function starting(portal) {
  return [
    el(
      'div',
      { class: 'line', 'data-key': 'page' },
      icon('lock'),
      el('strong', { class: 'clip grow' }, say.signInTo(portal)),
      el('i', { class: 'ghost code-ghost' }),
    ),
    el(
      'div',
      { class: 'line under', 'data-key': 'do' },
      el('p', { class: 'muted grow' }, words.starting),
      el('i', { class: 'ghost' }),
    ),
  ];
}

/** @param {string} portal @param {string} text */
function plain(portal, text) {
  return [
    el(
      'div',
      { class: 'line', 'data-key': 'page' },
      icon('check'),
      el('strong', { class: 'clip grow' }, text),
    ),
    el('div', { class: 'line under', 'data-key': 'do' }, name(portal, 'portal')),
  ];
}

/**
 * The sign-in is over without having worked.
 * @param {string} portalName
 * @param {PortalView | undefined} portal
 */
function failed(portalName, portal) {
  const failure = portal?.failure;
  const title =
    failure?.summary ?? (portal?.state.state === 'expired' ? sessions.states.expired : words.signedOut);
  const hint = failure?.hint ?? '';
  return [
    el(
      'div',
      { class: 'line failed', 'data-key': 'page' },
      el('span', { class: 'lock bad' }, icon('warning')),
      el('strong', { class: 'grow', dir: 'auto' }, title ?? ''),
    ),
    el(
      'div',
      { class: 'line under failed', 'data-key': 'do' },
      el('p', { class: 'muted grow', dir: 'auto' }, hint || portalName),
      el(
        'button',
        { type: 'button', 'data-key': 'portals', onclick: () => act({ type: 'show', window: 'main' }) },
        words.openRolecall,
      ),
      portal && signIn(portalName, null, failure ? words.again : say.newCode, 'primary'),
    ),
  ];
}

/**
 * Why the page may need another browser; null if nothing says so.
 * @param {Visit | null} visit
 */
export function hintText(visit) {
  if (!visit?.hint) return null;
  return visit.hint === 'blocked'
    ? words.hints.blocked(visit.blocked ?? visit.host)
    : words.hints[visit.hint];
}
