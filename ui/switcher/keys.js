// @ts-check
// What a key means in the quick switcher.
import { isMac } from '../theme.js';

/**
 * @typedef {{ name: 'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last' | 'close' | 'switch' | 'console'
 *   | 'lease' | 'exports' | 'pin' | 'bookmark' | 'link' | 'settings' | 'refresh' | 'undo' } | { name: 'pinned', place: number }} Command
 */

/** @type {Record<string, Command>} */
const plain = {
  ArrowUp: { name: 'up' },
  ArrowDown: { name: 'down' },
  PageUp: { name: 'pageUp' },
  PageDown: { name: 'pageDown' },
  Escape: { name: 'close' },
};

/** @type {Record<string, Command>} */
const withPrimary = {
  Home: { name: 'first' },
  End: { name: 'last' },
  Enter: { name: 'console' },
  p: { name: 'pin' },
  d: { name: 'bookmark' },
  l: { name: 'link' },
  r: { name: 'refresh' },
  ',': { name: 'settings' },
};

/** @param {KeyboardEvent} event */
export const isForAWhile = ({ key, altKey, ctrlKey, metaKey, shiftKey }) =>
  key === 'Enter' && altKey && !ctrlKey && !metaKey && !shiftKey;

/**
 * Null: the key is the box's, or the button's that has the focus.
 * @param {KeyboardEvent} event
 * @param {{ isEmpty: boolean, isInBox: boolean }} where
 * @returns {Command | null}
 */
export function commandOf(event, { isEmpty, isInBox }) {
  // Input methods use Enter and the arrows for their own lists.
  if (event.isComposing) return null;
  if (event.altKey) return isForAWhile(event) && isInBox ? { name: 'lease' } : null;
  const isPrimary = event.ctrlKey || (isMac && event.metaKey);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isPrimary && !event.shiftKey) {
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (digit) return { name: 'pinned', place: Number(digit[1]) };
    if (key === 'z') return isEmpty ? { name: 'undo' } : null;
    return withPrimary[key] ?? null;
  }
  if (isPrimary) return null;
  if (event.key === 'Enter') return isInBox ? { name: event.shiftKey ? 'exports' : 'switch' } : null;
  if (event.shiftKey) return null;
  // With nothing typed the caret has nowhere to go.
  if (isEmpty && isInBox && event.key === 'Home') return { name: 'first' };
  if (isEmpty && isInBox && event.key === 'End') return { name: 'last' };
  return plain[event.key] ?? null;
}
