// @ts-check
// Times for people. What is far away is told coarsely, so that it seldom changes.
import { times } from './strings.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long until then: "2 h 5 min".
 * @param {string} then
 * @param {number} [now]
 */
export function left(then, now = Date.now()) {
  const minutes = Math.floor((Date.parse(then) - now) / MINUTE);
  if (minutes < 1) return times.momentLeft;
  return times.hoursMinutes(Math.floor(minutes / 60), minutes % 60);
}

/**
 * A length of time: "1 h 30 min".
 * @param {number} minutes
 */
export const hoursMinutes = (minutes) => times.hoursMinutes(Math.floor(minutes / 60), minutes % 60);

/**
 * Minutes and seconds until then: "9:05".
 * @param {string} then
 * @param {number} [now]
 */
export function countdown(then, now = Date.now()) {
  const seconds = Math.max(0, Math.floor((Date.parse(then) - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * How long ago: "5 min ago".
 * @param {string} then
 * @param {number} [now]
 */
export function ago(then, now = Date.now()) {
  const past = now - Date.parse(then);
  if (past < MINUTE) return times.now;
  if (past < HOUR) return times.minutesAgo(Math.floor(past / MINUTE));
  if (past < DAY) return times.hoursAgo(Math.floor(past / HOUR));
  return times.daysAgo(Math.floor(past / DAY));
}

const hourOfDay = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const dayAndHour = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});

/**
 * A time of day, with the day where that is not today.
 * @param {string} then
 * @param {number} [now]
 */
export function at(then, now = Date.now()) {
  const [date, today] = [new Date(then), new Date(now)];
  return (date.toDateString() === today.toDateString() ? hourOfDay : dayAndHour).format(date);
}

/** @param {string} then @param {number} [now] */
export const isOver = (then, now = Date.now()) => Date.parse(then) <= now;
