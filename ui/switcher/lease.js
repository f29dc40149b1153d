// @ts-check
// For how long a switch is: chosen in the line at the bottom, by arrows or digits.
import { el, name } from '../elements.js';
import { icon } from '../icons.js';
import { switcher } from '../strings.js';
import { hoursMinutes } from '../times.js';
import { hint } from './hints.js';
import { takeLine } from './line.js';

const words = switcher.lease;

/**
 * Minutes; null: until the next switch.
 * @type {(number | null)[]}
 */
const CHOICES = [15, 30, 60, 120, null];
/** Half an hour: Enter is enough for it. */
const FIRST = 1;

/**
 * @param {string} profile What is switched.
 * @param {(minutes: number | null) => void} chosen
 * @param {() => void} closed Called however it ends, before `chosen`.
 */
export function chooseLease(profile, chosen, closed) {
  /** @type {() => void} */
  let finish = () => {};
  const pick = (/** @type {number} */ at) => {
    const minutes = CHOICES[at];
    if (minutes === undefined) return;
    finish();
    chosen(minutes);
  };
  const items = CHOICES.map((minutes, at) => item(minutes, at, () => pick(at)));
  const menu = el('div', { class: 'leases', role: 'menu', 'aria-label': words.title }, ...items);
  menu.onkeydown = (event) => pressed(event, items, pick, () => finish());
  finish = takeLine([icon('clock'), name(words.who(profile), 'target'), menu, hint(words.back, 'Esc')], closed);
  items[FIRST]?.focus();
}

/** @param {number | null} minutes @param {number} at @param {() => void} onclick */
function item(minutes, at, onclick) {
  const label = minutes === null ? words.forGood : hoursMinutes(minutes);
  return el(
    'button',
    { type: 'button', role: 'menuitem', tabindex: -1, class: 'quiet', onclick },
    el('kbd', { 'aria-hidden': true }, String(at + 1)),
    label,
  );
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} items
 * @param {(at: number) => void} pick
 * @param {() => void} finish
 */
function pressed(event, items, pick, finish) {
  const { key, code, ctrlKey, metaKey, repeat } = event;
  const at = items.findIndex((item) => item === document.activeElement);
  const last = items.length - 1;
  const digit = Number(/^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1] ?? key);
  /** @type {Record<string, number>} */
  const moves = {
    ArrowLeft: Math.max(0, at - 1),
    ArrowUp: Math.max(0, at - 1),
    ArrowRight: Math.min(last, at + 1),
    ArrowDown: Math.min(last, at + 1),
    Tab: (at + (event.shiftKey ? last : 1)) % items.length,
    Home: 0,
    End: last,
  };
  const to = moves[key];
  if (to !== undefined) items[to]?.focus();
  // A key that is held down since it opened the choice has chosen nothing.
  else if (key === 'Enter' || key === ' ') pick(repeat || ctrlKey || metaKey ? -1 : at);
  else if (key === 'Escape') finish();
  else if (digit >= 1 && digit <= items.length) pick(digit - 1);
  // Whoever types goes on typing.
  else if (key.length === 1 && !ctrlKey && !metaKey) return finish();
  event.preventDefault();
  event.stopPropagation();
}
