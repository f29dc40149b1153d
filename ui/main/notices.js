// @ts-check
// How the last thing went, in the corner.
import { act } from '../bridge.js';
import { byId, el, settle } from '../elements.js';
import { icon } from '../icons.js';
import { say } from '../strings.js';
import { button } from './button.js';

/** @typedef {import('../types').Notice} Notice */

/** Milliseconds that good news is shown. */
const SHOWN = 6_000;

/** The newest good news that was shown long enough, or before this window was there. */
let read = -1;
let timed = -1;
/** The failure that the form told. */
let toldByForm = -1;

/**
 * @param {Notice | null} notice
 * @param {boolean} hasForm The form for portals is in sight: it tells its own failures.
 */
export function drawNotice(notice, hasForm) {
  if (read < 0) read = notice?.kind === 'done' ? notice.id : 0;
  const isTold = notice !== null && notice.kind === 'done' && notice.id > read;
  if (hasForm && notice?.about === 'addPortal') toldByForm = notice.id;
  const isFailed = notice !== null && notice.kind === 'failed' && notice.id !== toldByForm;
  settle(byId('told'), isTold && toast(notice));
  settle(byId('failed'), isFailed && toast(notice));
  if (!isTold || timed === notice.id) return;
  timed = notice.id;
  setTimeout(() => {
    read = Math.max(read, notice.id);
    byId('told').querySelector(`[data-key="${notice.id}"]`)?.remove();
  }, SHOWN);
}

/** @param {Notice} notice */
function toast({ id, kind, text, hint, undo }) {
  const onclick = () => act({ type: 'dismiss', notice: id });
  return el(
    'div',
    { class: `toast ${kind}`, 'data-key': String(id) },
    icon(kind === 'failed' ? 'warning' : 'check'),
    el('div', { dir: 'auto' }, el('strong', {}, text), hint && el('p', { class: 'muted' }, hint)),
    undo && button(say.undo, { type: 'undo' }, { drawing: 'undo' }),
    el(
      'button',
      { type: 'button', class: 'quiet only-icon', title: say.dismiss, 'aria-label': say.dismiss, onclick },
      icon('close'),
    ),
  );
}
