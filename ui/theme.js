// @ts-check
import { attribute } from './elements.js';

/**
 * The person's theme goes before the system's.
 * @param {import('./types').View} view
 */
export function applyTheme({ settings: { theme } }) {
  attribute(document.documentElement, 'data-theme', theme === 'system' ? null : theme);
}

/** Keys are named and laid out differently there. */
export const isMac = navigator.platform.startsWith('Mac');

/** As the keys themselves are called. */
export const primary = isMac ? '⌘' : 'Ctrl';
export const alt = isMac ? '⌥' : 'Alt';
