// @ts-check
// The bar above the hints: how the last thing went.
import { act } from '../bridge.js';
import { byId, el, settle } from '../elements.js';
import { icon } from '../icons.js';
import { say } from '../strings.js';

/** @typedef {import('../types').Notice} Notice */

/** Milliseconds that good news is shown. */
const SHOWN = 6_000;

/** The newest good news that has been shown long enough. */
let read = 0;
let timed = 0;

/**
 * Good news of before this window came, unless it can be undone.
 * @param {Notice | null} notice
 */
export function wasTold(notice) {
  if (notice && notice.kind === 'done' && !notice.undo) read = Math.max(read, notice.id);
}

/** @param {Notice | null} notice */
export function drawNotice(notice) {
  const isShown = notice && (notice.kind === 'failed' || notice.id > read);
  settle(byId('notice'), isShown && bar(notice));
  if (!isShown || notice.kind === 'failed' || timed === notice.id) return;
  timed = notice.id;
  setTimeout(() => {
    read = Math.max(read, notice.id);
    byId('notice').querySelector(`[data-key="${notice.id}"]`)?.remove();
  }, SHOWN);
}

/** @param {Notice} notice */
function bar(notice) {
  const { id, kind, text, hint } = notice;
  const undo = el('button', { type: 'button', onclick: () => act({ type: 'undo' }) }, icon('undo'), say.undo);
  const dismiss = () => act({ type: 'dismiss', notice: id });
  return el(
    'div',
    { class: `notice ${kind}`, role: kind === 'failed' ? 'alert' : 'status', 'data-key': String(id) },
    icon(kind === 'failed' ? 'warning' : 'check'),
    el('p', { dir: 'auto' }, el('strong', {}, text), hint && el('span', { class: 'muted' }, hint)),
    notice.undo && undo,
    el(
      'button',
      {
        type: 'button',
        class: 'quiet only-icon',
        'aria-label': say.dismiss,
        title: say.dismiss,
        onclick: dismiss,
      },
      icon('close'),
    ),
  );
}
