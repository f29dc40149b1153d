// @ts-check
// The page of settings. What is changed is in force at once.
import { el } from '../elements.js';
import { icon } from '../icons.js';
import { mainWindow, say, settings as words } from '../strings.js';
import { isRegion, regions } from './address.js';
import { button } from './button.js';
import { consoleGroup } from './console.js';
import { choice, choose, group, text, toggle, typed, wrong } from './fields.js';
import { hotkeyField } from './hotkey.js';
import { failure } from './sessions.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').MarkView} MarkView */

/** What the program takes as a profile's name. */
const PROFILE = /^[A-Za-z0-9._/%@:+-]{1,128}$/;

/**
 * @param {View} view
 * @param {() => void} draw
 */
export function settingsPage(view, draw) {
  const { settings } = view;
  return [
    el('h1', { 'data-key': 'title' }, mainWindow.settings),
    view.settingsFailure && broken(view.settingsFailure),
    group(
      words.general,
      themeField(settings),
      hotkeyField(view, draw),
      toggle('autostart', words.autostart, settings.autostart),
    ),
    group(words.switching, profileField(settings, draw), regionField(settings, draw)),
    group(words.signingIn, signInField(settings)),
    consoleGroup(view, draw),
    group(
      words.notifications,
      toggle('notifySwitch', words.notifySwitch, settings.notifySwitch),
      toggle('notifySession', words.notifySession, settings.notifySession),
    ),
    ...marks(view),
  ];
}

/** @param {import('../types').Failure} found */
function broken(found) {
  return el(
    'div',
    { class: 'broken', 'data-key': 'broken' },
    failure(found),
    el(
      'p',
      { class: 'row' },
      el('span', { class: 'muted' }, words.fileBroken),
      button(words.openFile, { type: 'openSettingsFile' }),
    ),
  );
}

/** @param {View['settings']} settings */
function themeField({ theme }) {
  const value = (/** @type {string} */ text) => (text === 'light' || text === 'dark' ? text : 'system');
  return choice('theme', words.theme, words.themes, theme, (text) =>
    choose({ key: 'theme', value: value(text) }),
  );
}

/** @param {View['settings']} settings */
function signInField({ signIn }) {
  const value = (/** @type {string} */ text) => (text === 'browser' ? text : 'embedded');
  const send = (/** @type {string} */ text) => choose({ key: 'signIn', value: value(text) });
  return choice('sign-in', words.signIn, words.signIns, signIn, send, words.signInHint);
}

/**
 * @param {View['settings']} settings
 * @param {() => void} draw
 */
function profileField({ defaultProfile }, draw) {
  return text('profile', words.profile, words.profileHint, defaultProfile, (value) => {
    typed.profile = value;
    wrong.profile = PROFILE.test(value) ? '' : words.profileWrong;
    if (!wrong.profile) choose({ key: 'defaultProfile', value });
    draw();
  });
}

/**
 * @param {View['settings']} settings
 * @param {() => void} draw
 */
function regionField({ defaultRegion }, draw) {
  const field = text(
    'default-region',
    words.defaultRegion,
    words.defaultRegionHint,
    defaultRegion ?? '',
    (value) => {
      typed['default-region'] = value;
      wrong['default-region'] = value === '' || isRegion(value) ? '' : words.regionWrong;
      if (!wrong['default-region']) choose({ key: 'defaultRegion', value: value || null });
      draw();
    },
  );
  field.querySelector('input')?.setAttribute('list', 'some-regions');
  field.append(el('datalist', { id: 'some-regions' }, ...regions.map((value) => el('option', { value }))));
  return field;
}

/** @param {View} view */
function marks({ settings, settingsPath }) {
  const { markColumns } = words;
  const heads = [markColumns.pattern, markColumns.look, markColumns.tags, markColumns.confirm];
  const head = el('tr', {}, ...heads.map((text) => el('th', { scope: 'col' }, text)));
  const table = el(
    'table',
    { 'aria-labelledby': 'marks' },
    el('thead', {}, head),
    el('tbody', {}, ...settings.marks.map(markRow)),
  );
  return [
    el('h2', { class: 'part', id: 'marks', 'data-key': 'marks' }, words.marks),
    el('p', { class: 'muted', 'data-key': 'marks-more' }, words.marksMore),
    el(
      'div',
      { class: 'card flush', 'data-key': 'marks-table' },
      settings.marks.length > 0 ? table : el('p', { class: 'muted row' }, words.noMarks),
    ),
    el(
      'p',
      { class: 'row file', 'data-key': 'file' },
      button(words.openFile, { type: 'openSettingsFile' }),
      el('code', { class: 'clip', title: settingsPath }, settingsPath),
    ),
  ];
}

/** @param {MarkView} mark */
function markRow({ pattern, production, confirm, ask, colour, tags }) {
  const badge = el('span', { class: 'chip production' }, icon('warning'), say.production);
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, el('code', { dir: 'auto' }, pattern)),
    el(
      'td',
      { 'data-colour': colour },
      colour
        ? el('span', { class: 'line' }, el('i', { class: 'dot' }), words.colours[colour] ?? '')
        : el('span', { class: 'muted' }, words.noColour),
    ),
    el(
      'td',
      {},
      el(
        'span',
        { class: 'line' },
        production && badge,
        ...tags.map((tag) => el('bdi', { class: 'chip clip', title: tag }, tag)),
      ),
    ),
    el('td', {}, confirm || ask ? words.asks(confirm, ask) : words.no),
  );
}
