// @ts-check
// A program wants credentials of a role that is marked `ask`: may it have them?
import { act, follow } from '../bridge.js';
import { attribute, byId, el, settle } from '../elements.js';
import { ask as words, language } from '../strings.js';
import { applyTheme, isMac } from '../theme.js';
import { countdown } from '../times.js';
import { Guard, MOMENT } from './guard.js';
import { warning, what } from './what.js';

/** @typedef {import('../types').AskView} AskView */
/** @typedef {import('../types').Reply} Reply */

/** No is first, so that a Tab too much leads there. With Alt, the letter of each is its key. */
const replies = /** @type {const} */ ([
  { reply: 'deny', letter: 'D' },
  { reply: 'forAWhile', letter: 'F' },
  { reply: 'once', letter: 'O' },
]);

const guard = new Guard();
/** @type {AskView | undefined} */
let front;
let count = 0;

/** @param {import('../types').View} view */
function show(view) {
  applyTheme(view);
  const before = front?.id;
  [front] = view.asks;
  count = view.asks.length;
  if (front && front.id !== before) comesInFront();
  draw();
}

/** What had the focus belonged to another question. */
function comesInFront() {
  guard.begin();
  byId('ask').focus();
  setTimeout(draw, MOMENT + 20);
}

function draw() {
  byId('ask').hidden = !front;
  if (!front) return;
  settle(byId('warned'), front.grant.production && warning());
  settle(byId('what'), ...what(front, count));
  settle(byId('buttons'), ...replies.map(button));
  tick();
}

/** @param {typeof replies[number]} choice */
function button({ reply, letter }) {
  const [before, key, after] = words.replies[reply];
  const keys = isMac ? `Control+Option+${letter}` : `Alt+${letter}`;
  const label = [before, el('u', {}, key), after];
  const attributes = {
    type: 'button',
    'data-key': `${front?.id} ${reply}`,
    'data-reply': reply,
    'aria-keyshortcuts': keys,
    'aria-disabled': guard.mayClick() ? null : 'true',
    title: keys,
    onclick: clicked,
  };
  return el('button', attributes, el('span', {}, ...label));
}

/** @param {MouseEvent} event */
function clicked(event) {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  // A key on a button arrives as a click without a mouse.
  const isMeant = event.detail === 0 ? guard.mayPress() : guard.mayClick();
  if (isMeant) answer(/** @type {Reply} */ (button.dataset.reply));
}

/** @param {Reply} reply */
function answer(reply) {
  if (front) act({ type: 'reply', question: front.id, reply });
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (!guard.mayPress()) {
    guard.keyWasPressed();
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const choice = replies.find(({ letter }) => isKeyOf(event, letter));
  if (choice) answer(choice.reply);
  else if (event.key === 'Escape') answer('deny');
  else return;
  event.preventDefault();
}

/** @param {KeyboardEvent} event @param {string} letter */
function isKeyOf(event, letter) {
  const hasModifiers = event.altKey && !event.metaKey && event.ctrlKey === isMac;
  // With Option, a Mac types another letter.
  const isLetter = event.key.toUpperCase() === letter || (isMac && event.code === `Key${letter}`);
  return hasModifiers && isLetter && !event.repeat;
}

/** The time left is all that changes by itself. */
function tick() {
  if (!front) return;
  const [since, deadline] = [Date.parse(front.since), Date.parse(front.deadline)];
  const value = Math.max(0, deadline - Date.now());
  const bar = el('progress', { max: deadline - since, value, 'aria-hidden': 'true' });
  const text = words.left(countdown(front.deadline));
  settle(byId('time'), bar, el('p', { class: 'muted digits', role: 'timer', 'aria-live': 'off' }, text));
}

function begin() {
  document.documentElement.lang = language;
  document.title = words.title;
  attribute(byId('buttons'), 'aria-label', words.answers);
  document.addEventListener('keydown', pressed, true);
  // A click that brings the window to the front is meant for it; keys may not be.
  addEventListener('focus', () => guard.beginKeys());
  document.addEventListener('visibilitychange', () => document.hidden || comesInFront());
  setInterval(() => document.hidden || tick(), 1000);
  void follow(show);
}

begin();
