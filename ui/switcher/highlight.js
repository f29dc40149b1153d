// @ts-check
// Shows which parts of a text fit what was typed.
import { el } from '../elements.js';

/**
 * The words of a query as the list shows them.
 * @param {string} query
 */
export const words = (query) =>
  query
    .toLowerCase()
    .split(/[\s/]+/)
    .filter(Boolean);

/**
 * The text, with what fits one of the words emphasised.
 * @param {string} text
 * @param {string[]} words
 * @returns {(Node | string)[]}
 */
export function highlight(text, words) {
  const lower = text.toLowerCase();
  // Some letters grow when they become small (İ): then places don't agree, and nothing is emphasised.
  if (lower.length !== text.length) return [text];
  /** @type {(Node | string)[]} */
  const parts = [];
  let from = 0;
  for (const [start, end] of merged(spans(lower, words))) {
    if (start > from) parts.push(text.slice(from, start));
    parts.push(el('mark', {}, text.slice(start, end)));
    from = end;
  }
  return from < text.length ? [...parts, text.slice(from)] : parts;
}

/**
 * Where the words are, the first time each.
 * @param {string} lower
 * @param {string[]} words
 * @returns {[number, number][]}
 */
function spans(lower, words) {
  const found = words.map((word) => [lower.indexOf(word), word.length]);
  return found.filter(([start = -1]) => start >= 0).map(([start = 0, size = 0]) => [start, start + size]);
}

/**
 * Without overlaps, in order.
 * @param {[number, number][]} spans
 */
function merged(spans) {
  /** @type {[number, number][]} */
  const out = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}
