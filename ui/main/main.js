// @ts-check
// The settings window: which page is shown, and when it is drawn.
import { act, follow } from '../bridge.js';
import { attribute, byId, el, settle } from '../elements.js';
import { icon } from '../icons.js';
import { language, mainWindow as words, say } from '../strings.js';
import { applyTheme } from '../theme.js';
import { aboutPage } from './about.js';
import { accessesPage } from './accesses.js';
import { lookForBrowsers } from './console.js';
import { demoBand } from './demo.js';
import { drawNotice } from './notices.js';
import { PortalForm } from './portal_form.js';
import { portalsPage } from './portals.js';
import { sessionsPage } from './sessions.js';
import { settingsPage } from './settings.js';
import { welcomePage } from './welcome.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../elements.js').Child} Child */

/** @type {{ id: string, label: string, drawing: import('../icons.js').IconName }[]} */
const pages = [
  { id: 'sessions', label: words.sessions, drawing: 'key' },
  { id: 'portals', label: words.portals, drawing: 'door' },
  { id: 'accesses', label: words.accesses, drawing: 'accounts' },
  { id: 'settings', label: words.settings, drawing: 'settings' },
  { id: 'about', label: words.about, drawing: 'about' },
];

/** Times are told in minutes: milliseconds after which they may be wrong. */
const TICK = 20_000;

/** @type {View | null} */
let view = null;
/** The page as it was drawn last. */
let shown = '';
const form = new PortalForm(byId('form'));

/** @param {View} next */
function show(next) {
  view = next;
  applyTheme(next);
  draw();
}

function draw() {
  if (!view) return;
  const hash = location.hash.slice(1);
  const id = pages.some((page) => page.id === hash) ? hash : 'sessions';
  const isWelcome = id === 'sessions' && view.portals.length === 0;
  settle(byId('demo'), view.demo && demoBand(view.demo));
  settle(byId('nav'), ...pages.map((page) => link(page, page.id === id)));
  settle(byId('content'), ...contentOf(id, isWelcome, view));
  byId('form').hidden = !(isWelcome || id === 'portals');
  form.show(view);
  drawNotice(view.notice, !byId('form').hidden);
  moveTo(isWelcome ? 'welcome' : id);
}

/**
 * Another page begins at its top.
 * @param {string} page
 */
function moveTo(page) {
  document.title = `${pages.find(({ id }) => id === page)?.label ?? words.sessions} – ${say.appName}`;
  if (shown && shown !== page) byId('page').scrollTop = 0;
  attribute(byId('page'), 'data-page', page);
  if (shown !== page && page === 'settings') lookForBrowsers();
  shown = page;
}

/**
 * @param {string} id
 * @param {boolean} isWelcome
 * @param {View} view
 * @returns {Child[]}
 */
function contentOf(id, isWelcome, view) {
  if (isWelcome) return welcomePage(view);
  if (id === 'portals') return portalsPage(view);
  if (id === 'accesses') return accessesPage(view, draw);
  if (id === 'settings') return settingsPage(view, draw);
  return id === 'about' ? aboutPage(view) : sessionsPage(view);
}

/**
 * @param {typeof pages[number]} page
 * @param {boolean} isCurrent
 */
function link({ id, label, drawing }, isCurrent) {
  return el(
    'a',
    { href: `#${id}`, 'aria-current': isCurrent ? 'page' : null },
    icon(drawing),
    el('span', {}, label),
  );
}

function begin() {
  document.documentElement.lang = language;
  byId('nav').setAttribute('aria-label', words.nav);
  byId('notices').setAttribute('aria-label', words.notices);
  addEventListener('hashchange', draw);
  document.addEventListener('keydown', (event) => {
    // Fields that take Escape for themselves stop it.
    if (event.key !== 'Escape' || event.defaultPrevented || !view?.notice) return;
    act({ type: 'dismiss', notice: view.notice.id });
  });
  document.addEventListener('visibilitychange', () => document.hidden || draw());
  setInterval(() => document.hidden || draw(), TICK);
  void follow(show);
}

begin();
