// @ts-check
// What the page of settings is made of: fields that send what is chosen in them at once.
import { act } from '../bridge.js';
import { el } from '../elements.js';

/** @typedef {import('../types').Choice} Choice */

/**
 * Fields whose text was refused before it was sent.
 * @type {Record<string, string>}
 */
export const wrong = {};
/**
 * That text, to be mended.
 * @type {Record<string, string>}
 */
export const typed = {};

/** @param {Choice} choice */
export const choose = (choice) => act({ type: 'choose', choice });

/** @param {string} title @param {...import('../elements.js').Child} fields */
export function group(title, ...fields) {
  return el('fieldset', { class: 'card', 'data-key': title }, el('legend', {}, title), ...fields);
}

/**
 * A text that is taken when the field is left, or with Enter.
 * @param {string} id
 * @param {string} label
 * @param {string} hint
 * @param {string} value
 * @param {(value: string) => void} send
 */
export function text(id, label, hint, value, send) {
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
export function choice(id, label, options, chosen, send, hint) {
  const radios = Object.entries(options).map(([value, shown]) =>
    el(
      'label',
      { 'data-key': value },
      el('input', { type: 'radio', name: id, value, checked: value === chosen, onchange: () => send(value) }),
      el('span', {}, shown),
    ),
  );
  const described = { 'aria-describedby': hint ? `${id}-hint` : null };
  return el(
    'div',
    { class: 'field', 'data-key': id },
    el('span', { id: `${id}-label`, class: 'label' }, label),
    el(
      'div',
      { class: 'segments', role: 'radiogroup', ...described, 'aria-labelledby': `${id}-label` },
      ...radios,
    ),
    hint && el('p', { id: `${id}-hint`, class: 'hint muted' }, hint),
  );
}

/**
 * One of several, in a list that opens.
 * @param {string} id
 * @param {string} label
 * @param {{ value: string, shown: string }[]} options
 * @param {string} chosen
 * @param {(value: string) => void} send
 * @param {string} [problem]
 */
export function select(id, label, options, chosen, send, problem) {
  const onchange = (/** @type {Event} */ event) =>
    send(/** @type {HTMLSelectElement} */ (event.target).value);
  const rows = options.map(({ value, shown }) =>
    el('option', { value, 'data-key': `=${value}`, selected: value === chosen }, shown),
  );
  return el(
    'div',
    { class: 'field', 'data-key': id },
    el('label', { for: id }, label),
    el('select', { id, onchange, 'aria-describedby': problem ? `${id}-hint` : null }, ...rows),
    problem && el('p', { id: `${id}-hint`, class: 'hint wrong' }, problem),
  );
}

/**
 * @param {'autostart' | 'notifySwitch' | 'notifySession' | 'browserPrivate'} key
 * @param {string} label
 * @param {boolean} checked
 */
export function toggle(key, label, checked) {
  const onchange = (/** @type {Event} */ event) =>
    choose({ key, value: /** @type {HTMLInputElement} */ (event.target).checked });
  return el(
    'label',
    { class: 'toggle', 'data-key': key },
    el('span', {}, label),
    el('input', { type: 'checkbox', role: 'switch', checked, onchange }),
  );
}
