// @ts-check
// The page of settings. What is changed is in force at once.
import { act } from '../bridge.js';
import { el } from '../elements.js';
import { icon } from '../icons.js';
import { mainWindow, say, settings as words } from '../strings.js';
import { isRegion, regions } from './address.js';
import { button } from './button.js';
import { hotkeyField } from './hotkey.js';
import { failure } from './sessions.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').Choice} Choice */
/** @typedef {import('../types').MarkView} MarkView */

/** What the program takes as a profile's name. */
const PROFILE = /^[A-Za-z0-9._/%@:+-]{1,128}$/;

/**
 * Fields whose text was refused before it was sent.
 * @type {Record<string, string>}
 */
const wrong = {};
/**
 * That text, to be mended.
 * @type {Record<string, string>}
 */
const typed = {};

/** @param {Choice} choice */
const choose = (choice) => act({ type: 'choose', choice });

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

/** @param {string} title @param {...Node} fields */
function group(title, ...fields) {
  return el('fieldset', { class: 'card', 'data-key': title }, el('legend', {}, title), ...fields);
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

/**
 * A text that is taken when the field is left, or with Enter.
 * @param {string} id
 * @param {string} label
 * @param {string} hint
 * @param {string} value
 * @param {(value: string) => void} send
 */
function text(id, label, hint, value, send) {
  const problem = wrong[id];
  const onchange = (/** @type {Event} */ event) =>
    send(/** @type {HTMLInputElement} */ (event.target).value.trim());
  const attributes = {
    id,
    type: 'text',
    value: problem ? typed[id] : value,
    spellcheck: 'false',
    dir: 'ltr',
    onchange,
  };
  return el(
    'div',
    { class: 'field', 'data-key': id },
    el('label', { for: id }, label),
    el('input', { ...attributes, 'aria-describedby': `${id}-hint`, 'aria-invalid': problem ? 'true' : null }),
    el('p', { id: `${id}-hint`, class: problem ? 'hint wrong' : 'hint muted' }, problem || hint),
  );
}

/**
 * One of a few, as radio buttons in a row.
 * @param {string} id
 * @param {string} label
 * @param {Record<string, string>} options
 * @param {string} chosen
 * @param {(value: string) => void} send
 * @param {string} [hint]
 */
function choice(id, label, options, chosen, send, hint) {
  const radios = Object.entries(options).map(([value, shown]) =>
    el(
      'label',
      { 'data-key': value },
      el('input', { type: 'radio', name: id, value, checked: value === chosen, onchange: () => send(value) }),
      el('span', {}, shown),
    ),
  );
  return el(
    'div',
    { class: 'field', 'data-key': id },
    el('span', { id: `${id}-label`, class: 'label' }, label),
    el('div', { class: 'segments', role: 'radiogroup', 'aria-labelledby': `${id}-label` }, ...radios),
    hint && el('p', { class: 'hint muted' }, hint),
  );
}

/**
 * @param {'autostart' | 'notifySwitch' | 'notifySession'} key
 * @param {string} label
 * @param {boolean} checked
 */
function toggle(key, label, checked) {
  const onchange = (/** @type {Event} */ event) =>
    choose({ key, value: /** @type {HTMLInputElement} */ (event.target).checked });
  return el(
    'label',
    { class: 'toggle', 'data-key': key },
    el('span', {}, label),
    el('input', { type: 'checkbox', role: 'switch', checked, onchange }),
  );
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
