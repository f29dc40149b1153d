// @ts-check
// The header above a sign-in page: whose page it is, which code to compare, and how to go elsewhere.
import { act, expand, follow } from '../bridge.js';
import { byId, el, settle } from '../elements.js';
import { qrCode } from '../icons.js';
import { language, say, signInHeader as words } from '../strings.js';
import { applyTheme } from '../theme.js';
import { countdown, isOver } from '../times.js';
import { hintText, strip } from './strip.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').PortalView} PortalView */

const asked = new URLSearchParams(location.search);
const portalName = asked.get('portal') ?? '';
/** A window that the page itself opened: it shows whose page it is, and no more. */
const isPopUp = asked.has('popup');

/** @type {PortalView | undefined} */
let portal;
let isExpanded = false;
/** What was said last to readers of the screen. */
let said = '';

/** @param {View} view */
function show(view) {
  applyTheme(view);
  portal = ofThisWindow(view.portals.find(({ name }) => name === portalName));
  draw();
}

/**
 * With what this very window shows: a pop-up's header must never name the host of the window behind it.
 * @param {PortalView | undefined} found
 * @returns {PortalView | undefined}
 */
function ofThisWindow(found) {
  if (!isPopUp || found?.state.state !== 'waiting') return found;
  const own = found.state.popUps.find(({ number }) => String(number) === asked.get('popup'));
  return { ...found, state: { ...found.state, visit: own?.visit ?? null } };
}

function draw() {
  const state = portal?.state;
  const isWaiting = state?.state === 'waiting';
  if (isExpanded && !isWaiting) setExpanded(false);
  const toggle = () => {
    setExpanded(!isExpanded);
    draw();
  };
  settle(byId('strip'), ...strip(portalName, portal, { isPopUp, isExpanded, toggle }));
  const isLoading = isWaiting && state.visit?.loading === true;
  settle(byId('loading'), (isLoading || state?.state === 'starting') && loadingLine());
  byId('more').hidden = !(isExpanded && isWaiting);
  if (isWaiting) settle(byId('more'), ...otherDevice(state));
  tick();
  tell(isWaiting ? (hintText(state.visit) ?? state.visit?.host ?? '') : '');
}

function loadingLine() {
  return el('div', { class: 'progress endless', role: 'progressbar', 'aria-label': words.loading }, el('i'));
}

/** @param {Extract<import('../types').PortalState, { state: 'waiting' }>} state */
function otherDevice({ qr, page }) {
  return [
    qrCode(qr, say.scanLabel),
    el(
      'div',
      {},
      el('p', {}, words.otherDeviceMore),
      el('p', { class: 'muted' }, words.page),
      el('p', { class: 'page selectable', dir: 'ltr' }, page),
    ),
  ];
}

/** @param {boolean} wanted */
function setExpanded(wanted) {
  isExpanded = wanted;
  expand(portalName, wanted);
}

/** The time left is all that changes by itself. */
function tick() {
  const left = document.getElementById('left');
  if (!left || portal?.state.state !== 'waiting') return;
  const { deadline } = portal.state;
  left.textContent = say.leftIs(countdown(deadline));
  left.classList.toggle('soon', isOver(deadline, Date.now() + 60_000));
}

/**
 * Another host or a hint is news for whoever does not see the strip.
 * @param {string} news
 */
function tell(news) {
  if (news === said) return;
  said = news;
  byId('said').textContent = news;
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.key !== 'Escape' || !isExpanded) return;
  setExpanded(false);
  draw();
}

function begin() {
  document.documentElement.lang = language;
  document.title = words.title(portalName);
  document.addEventListener('keydown', pressed);
  document.addEventListener('visibilitychange', tick);
  setInterval(() => document.hidden || tick(), 1000);
  if (portalName) void follow(show);
  else act({ type: 'show', window: 'main' });
}

begin();
