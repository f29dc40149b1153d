// @ts-check
// A field that takes a key combination by having it pressed.
import { act } from '../bridge.js';
import { el } from '../elements.js';
import { icon } from '../icons.js';
import { settings as words } from '../strings.js';
import { isMac } from '../theme.js';

/**
 * Keys whose name in the browser is not the one in the settings.
 * @type {Record<string, string>}
 */
const named = {
  ' ': 'Space',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Enter: 'Enter',
  Tab: 'Tab',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
  Insert: 'Insert',
  Delete: 'Delete',
  Backspace: 'Backspace',
};

/** What is held down while a combination is pressed, and what was wrong with the last one. */
let held = '';
let wrong = '';

/**
 * @param {import('../types').View} view
 * @param {() => void} draw Called when the field itself changed.
 */
export function hotkeyField({ hotkey, settings }, draw) {
  const onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (pressed(event)) draw();
  };
  const release = () => {
    held = '';
    draw();
  };
  const onblur = () => {
    wrong = '';
    release();
  };
  const value = held || settings.hotkey || words.hotkeyOff;
  const attributes = {
    id: 'hotkey',
    type: 'text',
    readonly: true,
    value,
    'aria-describedby': 'hotkey-hint hotkey-state',
  };
  return el(
    'div',
    { class: 'field', 'data-key': 'hotkey' },
    el('label', { for: 'hotkey' }, words.hotkey),
    el(
      'div',
      { class: 'with-state' },
      el('input', { ...attributes, class: 'keys', onkeydown, onkeyup: release, onblur }),
      stateOf(hotkey),
    ),
    el('p', { id: 'hotkey-hint', class: wrong ? 'hint wrong' : 'hint muted' }, wrong || words.hotkeyHint),
    hotkey.state === 'unsupported' &&
      el('p', { class: 'hint' }, `${words.hotkeyCommand} `, el('code', {}, words.command)),
  );
}

/** @param {import('../types').HotkeyView} hotkey */
function stateOf({ state, why }) {
  if (state === 'off') return el('span', { id: 'hotkey-state' });
  if (state === 'active')
    return el('span', { id: 'hotkey-state', class: 'good' }, icon('check'), words.hotkeyActive);
  const usual = state === 'refused' ? words.hotkeyRefused : words.hotkeyUnsupported;
  return el(
    'span',
    { id: 'hotkey-state', class: 'bad' },
    icon('warning'),
    el('span', { dir: 'auto' }, why ?? usual),
  );
}

/**
 * True if the field has to be drawn anew.
 * @param {KeyboardEvent} event
 */
function pressed(event) {
  const modifiers = modifiersOf(event);
  const isBare = !event.ctrlKey && !event.altKey && !event.metaKey;
  // The way out for whoever uses the keyboard.
  if (isBare && (event.key === 'Tab' || event.key === 'Escape')) return false;
  event.preventDefault();
  wrong = '';
  if (['Control', 'Alt', 'Shift', 'Meta', 'OS', 'AltGraph'].includes(event.key)) {
    held = `${modifiers.join('+')}+…`;
    return true;
  }
  held = '';
  if (isBare && (event.key === 'Backspace' || event.key === 'Delete')) choose(null);
  else if (isBare) wrong = isMac ? words.hotkeyNeedsMac : words.hotkeyNeeds;
  else choose(keyOf(event), modifiers);
  return true;
}

/**
 * @param {string | null} key
 * @param {string[]} [modifiers]
 */
function choose(key, modifiers = []) {
  if (key === null && modifiers.length > 0) wrong = words.hotkeyCannot;
  else act({ type: 'choose', choice: { key: 'hotkey', value: key && [...modifiers, key].join('+') } });
}

/** @param {KeyboardEvent} event */
function modifiersOf({ ctrlKey, altKey, shiftKey, metaKey }) {
  return [ctrlKey && 'Ctrl', altKey && 'Alt', shiftKey && 'Shift', metaKey && 'Super'].flatMap(
    (name) => name || [],
  );
}

/**
 * The key as the settings name it; null if it can't be part of a combination.
 * @param {KeyboardEvent} event
 */
function keyOf({ key, code }) {
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase();
  if (/^F([1-9]|1\d|2[0-4])$/.test(key)) return key;
  // With Shift or Option the key makes another character; then its place on the keyboard tells.
  return named[key] ?? /^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? null;
}
