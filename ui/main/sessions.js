// @ts-check
// The page of sessions: a card for each portal, then the profiles.
import { el, name } from '../elements.js';
import { icon, qrCode } from '../icons.js';
import { mainWindow, portals as portalWords, say, sessions as words } from '../strings.js';
import { ago, at, left } from '../times.js';
import { button } from './button.js';
import { profilesTable } from './profiles.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').PortalView} PortalView */
/** @typedef {Extract<import('../types').PortalState, { state: 'waiting' }>} Waiting */
/** @typedef {import('../elements.js').Child} Child */

/**
 * @param {View} view
 * @returns {Child[]}
 */
export function sessionsPage(view) {
  const [only] = view.portals;
  if (only && view.portals.length === 1 && isNew(only)) return [firstSignIn(only)];
  return [
    el('h1', { 'data-key': 'title' }, mainWindow.sessions),
    ...view.portals.map(card),
    ...profilesTable(view),
  ];
}

/**
 * Added and not used yet.
 * @param {PortalView} portal
 */
const isNew = (portal) => portal.state.state === 'signedOut' && portal.grants === 0 && !portal.failure;

/**
 * What comes after the first portal was added.
 * @param {PortalView} portal
 */
function firstSignIn({ name }) {
  return el(
    'div',
    { class: 'hero', 'data-key': 'first', tabindex: '-1' },
    el('div', { class: 'emblem' }, icon('check')),
    el('h1', { dir: 'auto' }, portalWords.ready(name)),
    el('p', { class: 'muted' }, portalWords.readyMore),
    button(
      say.signInTo(name),
      { type: 'signIn', portal: name, place: null },
      { kind: 'primary big', drawing: 'door' },
    ),
  );
}

/** @param {PortalView} portal */
function card(portal) {
  const id = `portal-${portal.name}`;
  return el(
    'section',
    { class: 'card', 'data-key': portal.name, tabindex: '-1', 'aria-labelledby': id },
    el('header', {}, el('h2', { id, class: 'clip' }, name(portal.name)), stateLine(portal), buttons(portal)),
    portal.state.state === 'waiting' && approval(portal, portal.state),
    portal.failure && failure(portal.failure),
    ...catalogue(portal),
  );
}

/** @param {PortalView} portal */
function stateLine({ state }) {
  if (state.state === 'signedIn') return signedIn(state);
  const isPaused = state.state === 'waiting' && state.place === 'paused';
  /** @type {Record<string, import('../icons.js').IconName>} */
  const drawings = {
    unknown: 'clock',
    signedOut: 'open',
    starting: 'clock',
    waiting: 'clock',
    expired: 'warning',
  };
  const tone = state.state === 'expired' || isPaused ? 'bad' : state.state === 'waiting' ? 'busy' : '';
  const text = isPaused ? words.paused : (words.states[state.state] ?? '');
  return el('p', { class: `state ${tone}` }, icon(drawings[state.state] ?? 'clock'), el('strong', {}, text));
}

/** @param {Extract<import('../types').PortalState, { state: 'signedIn' }>} state */
function signedIn({ until, about, soon, renewing }) {
  const title = renewing ? words.states.renewing : soon ? words.soon : words.states.signedIn;
  const time = until && (about ? words.untilAbout : words.until)(at(until), left(until));
  return el(
    'p',
    { class: `state ${renewing ? 'busy' : soon ? 'bad' : 'good'}` },
    icon(soon ? 'clock' : 'check'),
    el('strong', {}, title ?? ''),
    time && el('span', { class: 'muted digits' }, time),
  );
}

/** @param {PortalView} portal */
function buttons({ name: portal, state }) {
  const signIn = /** @type {const} */ ({ type: 'signIn', portal, place: null });
  const cancel = button(say.cancel, { type: 'cancelSignIn', portal });
  const row = (/** @type {Child[]} */ ...nodes) => el('div', { class: 'buttons' }, ...nodes);
  switch (state.state) {
    case 'signedOut':
      return row(button(say.signIn, signIn, { kind: 'primary', spoken: say.signInTo(portal) }));
    case 'expired':
      return row(
        button(say.signInAgain, signIn, { kind: 'primary' }),
        button(words.signOut, { type: 'signOut', portal }),
      );
    case 'starting':
    case 'waiting':
      return row(cancel);
    case 'signedIn':
      return row(
        button(words.renew, signIn, { kind: state.soon ? 'primary' : '', busy: state.renewing }),
        button(words.signOut, { type: 'signOut', portal }),
      );
    default:
      return row();
  }
}

/**
 * @param {PortalView} portal
 * @param {Waiting} state
 */
function approval({ name: portal }, { userCode, place, qr, deadline }) {
  if (!userCode) return inBrowser(portal, deadline);
  const browser = /** @type {const} */ ({ type: 'signIn', portal, place: 'browser' });
  const goOn = button(say.continueSignIn, { type: 'signIn', portal, place: null }, { kind: 'primary' });
  return el(
    'div',
    { class: 'approval' },
    el(
      'div',
      { class: 'words' },
      el('p', {}, place === 'paused' ? words.pausedMore : words.placed(place)),
      el('p', { class: 'code selectable', 'aria-label': `${words.code} ${userCode}` }, userCode),
      el(
        'p',
        { class: 'muted' },
        `${words.approveCode} `,
        el('span', { class: 'digits' }, say.leftIs(left(deadline))),
      ),
      el(
        'div',
        { class: 'buttons' },
        place === 'paused' && goOn,
        button(say.copyCode, { type: 'copyCode', portal }, { drawing: 'copy' }),
        place !== 'browser' && button(say.useBrowser, browser, { drawing: 'browser' }),
      ),
    ),
    el('figure', {}, qrCode(qr, say.scanLabel), el('figcaption', { class: 'muted' }, words.scan)),
  );
}

/**
 * The browser of this computer, which comes back by itself.
 * @param {string} portal
 * @param {string} deadline
 */
function inBrowser(portal, deadline) {
  return el(
    'div',
    { class: 'approval' },
    el(
      'div',
      { class: 'words' },
      el('p', {}, words.inBrowser),
      el('p', { class: 'muted digits' }, say.leftIs(left(deadline))),
      el(
        'div',
        { class: 'buttons' },
        button(say.openAgain, { type: 'signIn', portal, place: 'browser' }, { drawing: 'browser' }),
      ),
    ),
  );
}

/** @param {import('../types').Failure} failure */
export function failure({ summary, hint, detail }) {
  return el(
    'div',
    { class: 'banner failed', role: 'group' },
    icon('warning'),
    el(
      'div',
      {},
      el('strong', { dir: 'auto' }, summary),
      el('p', { dir: 'auto' }, hint),
      detail && el('details', {}, el('summary', {}, words.details), el('pre', { dir: 'auto' }, detail)),
    ),
  );
}

/**
 * What is known of the portal's roles.
 * @param {PortalView} portal
 * @returns {Child[]}
 */
function catalogue({ name: portal, listing, accounts, grants, listedAt, changes, state }) {
  const known = grants > 0 ? words.known(accounts, grants) : words.nothingKnown;
  const when = listing
    ? say.listed(listing.done, listing.total)
    : listedAt
      ? words.listedAt(ago(listedAt))
      : '';
  const refresh = button(
    say.refresh,
    { type: 'refresh', portal },
    {
      kind: 'quiet',
      drawing: 'refresh',
      busy: listing !== null,
      spoken: words.refreshList(portal),
    },
  );
  const afresh = button(
    words.afresh,
    { type: 'signInAfresh', portal },
    { kind: 'quiet', drawing: 'door', title: words.afreshMore },
  );
  const line = [known, when || (grants > 0 && words.notListed)].filter(Boolean).join(' · ');
  return [
    listing && progress(listing),
    el(
      'footer',
      {},
      el('p', { class: 'muted digits' }, line),
      state.state === 'signedIn' && el('div', { class: 'buttons' }, afresh, refresh),
    ),
    changes && changes.added.length + changes.removed.length > 0 && changesOf(changes),
  ];
}

/** @param {import('../types').ListingView} listing */
function progress({ done, total }) {
  return total === null
    ? el('progress', { 'aria-label': say.listed(done, total) })
    : el('progress', { value: done, max: total, 'aria-label': say.listed(done, total) });
}

/** @param {import('../types').ChangesView} changes */
function changesOf({ at: when, added, removed }) {
  const list = (/** @type {string} */ title, /** @type {string[]} */ names) =>
    names.length > 0 && [el('h3', {}, title), el('ul', {}, ...names.map((text) => el('li', {}, name(text))))];
  const parts = [list(words.added, added), list(words.removed, removed)].flatMap((part) => part || []);
  const title = `${words.changes(added.length, removed.length)} · ${ago(when)}`;
  return el('details', { class: 'changes' }, el('summary', {}, title), ...parts);
}
