// @ts-check
// Where consoles open, of the page of settings.
import { act } from '../bridge.js';
import { browsers as words } from '../strings.js';
import { choice, choose, group, select, text, toggle, typed, wrong } from './fields.js';

/** @typedef {import('../types').View} View */
/** @typedef {import('../types').BrowserView} BrowserView */
/** @typedef {import('../types').BrowserChoices} BrowserChoices */

/** The value of no program in particular, which is called otherwise in the settings. */
const AUTO = '';
const PLACEHOLDERS = ['{account}', '{account_id}', '{role}', '{portal}'];

/** Looking takes a moment, so it is done when somebody comes to see. */
export const lookForBrowsers = () => act({ type: 'readBrowsers' });

/**
 * @param {View} view
 * @param {() => void} draw
 */
export function consoleGroup({ settings, browsers }, draw) {
  const { browser, consoleVia, consolePage } = settings;
  const isContainer = browser.open === 'firefox-container';
  return group(
    words.title,
    pageField(consolePage),
    viaField(consoleVia),
    openField(browser),
    programField(browser, browsers),
    isContainer && extensionField(browser),
    browser.open !== 'default' && nameField(browser, draw),
    !isContainer && toggle('browserPrivate', words.private, browser.private),
  );
}

/** @param {View['settings']['consolePage']} page */
function pageField(page) {
  const value = (/** @type {string} */ text) => (text === 'last' ? text : 'home');
  const send = (/** @type {string} */ text) => choose({ key: 'consolePage', value: value(text) });
  return choice('console-page', words.page, words.pages, page, send, words.pageHints[page]);
}

/** @param {View['settings']['consoleVia']} via */
function viaField(via) {
  const value = (/** @type {string} */ text) => (text === 'portal' ? text : 'federation');
  const send = (/** @type {string} */ text) => choose({ key: 'consoleVia', value: value(text) });
  return choice('console-via', words.via, words.vias, via, send, words.viaHints[via]);
}

/** @param {BrowserChoices} browser */
function openField({ open }) {
  const value = (/** @type {string} */ text) =>
    text === 'firefox-container' || text === 'profile' ? text : 'default';
  const send = (/** @type {string} */ text) => choose({ key: 'browserOpen', value: value(text) });
  return choice('browser-open', words.open, words.opens, open, send, words.openHints[open]);
}

/**
 * The browsers that can do what is wanted, and the one that is named whatever it can.
 * @param {BrowserChoices} browser
 * @param {BrowserView[]} known
 */
function programField({ open, program, private: isPrivate }, known) {
  const isContainer = open === 'firefox-container';
  const shown = known.filter(({ id, containers }) => id === program || containers || !isContainer);
  const options = shown.map(({ id, label, profiles, missing }) => ({
    value: id,
    shown: missing ? words.missing(label) : open === 'profile' ? words.withProfiles(label, profiles) : label,
  }));
  const first = shown.find(({ missing }) => !missing)?.label;
  // Only a browser that is known can be asked for a private window.
  const isDefault = open === 'default' && !isPrivate;
  const auto = { value: AUTO, shown: isDefault ? words.ofDesktop : words.first(first) };
  const isMissing = shown.some(({ id, missing }) => id === program && missing);
  const send = (/** @type {string} */ value) => choose({ key: 'browserProgram', value: value || null });
  const problem = isMissing ? words.missingHint : undefined;
  return select('browser-program', words.program, [auto, ...options], program ?? AUTO, send, problem);
}

/** @param {BrowserChoices} browser */
function extensionField({ extension }) {
  const value = (/** @type {string} */ text) => (text === 'granted-containers' ? text : 'container');
  const send = (/** @type {string} */ text) => choose({ key: 'browserExtension', value: value(text) });
  return choice('extension', words.extension, words.extensions, extension, send);
}

/**
 * @param {BrowserChoices} browser
 * @param {() => void} draw
 */
function nameField({ open, name }, draw) {
  const label = open === 'profile' ? words.profileName : words.containerName;
  const hint = open === 'profile' ? words.profileNameHint : words.containerNameHint;
  return text('browser-name', label, hint, name, (value) => {
    typed['browser-name'] = value;
    wrong['browser-name'] = problemOf(value);
    if (!wrong['browser-name']) choose({ key: 'browserName', value });
    draw();
  });
}

/**
 * What the program would say of a name that it can't read.
 * @param {string} name
 */
function problemOf(name) {
  if (!name) return words.nameMissing;
  const unknown = (name.match(/\{[^}]*\}?/g) ?? []).find((part) => !PLACEHOLDERS.includes(part));
  return unknown === undefined ? '' : words.nameWrong(unknown);
}

/**
 * Where the consoles of a portal open that has its own choice.
 * @param {BrowserChoices} browser
 */
export function ownBrowser({ open, program, private: isPrivate }) {
  const parts = [program, open === 'default' ? null : words.opens[open], isPrivate && words.private];
  return words.own(parts.filter(Boolean).join(', ') || words.opens.default);
}
