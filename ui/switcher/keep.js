// @ts-check
// What a page is called that is kept as a bookmark: typed in the line at the bottom.
import { el } from '../elements.js';
import { icon } from '../icons.js';
import { switcher } from '../strings.js';
import { hint } from './hints.js';
import { takeLine } from './line.js';

const words = switcher.keep;

/** As the program has it. */
const LONGEST = 64;

/**
 * The notice that was there when a name was sent; null: none is on its way.
 * @type {{ notice: number, finish: () => void } | null}
 */
let sent = null;

/**
 * @param {string} suggestion
 * @param {() => number} notice The number of the notice that stands now.
 * @param {(name: string) => void} chosen
 * @param {() => void} closed
 */
export function askName(suggestion, notice, chosen, closed) {
  const input = el('input', {
    type: 'text',
    class: 'name',
    value: suggestion,
    maxlength: LONGEST,
    spellcheck: 'false',
    'aria-label': words.label,
  });
  const nodes = [icon('bookmark'), el('span', {}, words.label), input, hint(words.keep, '↵'), hint(words.back, 'Esc')];
  const finish = takeLine(nodes, () => {
    sent = null;
    closed();
  });
  input.onkeydown = (event) => {
    // Keys of the list are not meant.
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === 'Escape') finish();
    else if (event.key === 'Enter' && input.value.trim()) {
      sent = { notice: notice(), finish };
      chosen(input.value);
    } else return;
    event.preventDefault();
  };
  input.focus();
  input.select();
}

/**
 * The name was taken, or was not: then it can be mended.
 * @param {import('../types').Notice | null} notice
 */
export function wasKept(notice) {
  if (!sent || !notice || notice.about !== 'bookmark' || notice.id <= sent.notice) return;
  if (notice.kind === 'done') sent.finish();
  else sent = null;
}
