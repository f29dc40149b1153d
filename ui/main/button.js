// @ts-check
import { act } from '../bridge.js';
import { el } from '../elements.js';
import { icon } from '../icons.js';

/**
 * @typedef {object} Look
 * @property {string} [kind] Classes.
 * @property {import('../icons.js').IconName} [drawing]
 * @property {string} [spoken] For screen readers, where the label would not tell one button from the next.
 * @property {string} [title]
 * @property {boolean} [busy]
 */

/**
 * A button that asks for something.
 * @param {string} label
 * @param {import('../types').Action | (() => void)} does
 * @param {Look} [look]
 */
export function button(label, does, look = {}) {
  const { kind = '', drawing, spoken, title, busy = false } = look;
  const onclick = typeof does === 'function' ? does : () => act(does);
  const attributes = {
    type: 'button',
    class: kind,
    'data-key': label,
    'aria-label': spoken,
    title,
    disabled: busy,
    onclick,
  };
  return el('button', attributes, drawing && icon(drawing), label);
}

/**
 * One with a drawing alone.
 * @param {string} label
 * @param {import('../icons.js').IconName} drawing
 * @param {import('../types').Action} action
 */
export function iconButton(label, drawing, action) {
  const attributes = { type: 'button', class: 'quiet only-icon', title: label, 'aria-label': label };
  return el('button', { ...attributes, onclick: () => act(action) }, icon(drawing));
}
