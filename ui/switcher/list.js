// @ts-check
// A list of any length of which only what can be seen is made.
import { attribute } from '../elements.js';
import { emptyRow, fillRow, makeRow } from './row.js';

/** @typedef {import('../types').RowView} RowView */

/** Pixels; as in switcher.css. */
export const ROW = 46;
/** Rows beyond each edge, so that a turn of the wheel meets no gap. */
const MARGIN = 6;

/**
 * What the list shows.
 * @typedef {object} Source
 * @property {number} total
 * @property {(at: number) => RowView | null} row Null: it will come, and `draw` is called again.
 * @property {string[]} words To emphasise.
 * @property {boolean} withPortal
 */

export class List {
  selected = 0;
  /** The row under the mouse; -1: none. */
  hovered = -1;
  /** @type {Source} */
  #source = { total: 0, row: () => null, words: [], withPortal: false };
  /** @type {Map<number, HTMLElement>} Rows by their place. */
  #rows = new Map();
  /** @type {HTMLElement[]} Rows to use again. */
  #spare = [];
  /** @type {WeakMap<HTMLElement, object>} What each row shows, so that it is not filled twice. */
  #shown = new WeakMap();

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} box The listbox inside of it.
   * @param {() => void} moved Called after each drawing.
   */
  constructor(scroller, box, moved) {
    this.scroller = scroller;
    this.box = box;
    this.moved = moved;
    scroller.addEventListener('scroll', () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(scroller);
  }

  /**
   * Shows something else; rows that are the same are left alone only where `afresh` is false.
   * @param {Source} source
   * @param {boolean} afresh
   */
  show(source, afresh) {
    this.#source = source;
    if (afresh) this.#shown = new WeakMap();
    this.selected = Math.max(0, Math.min(this.selected, source.total - 1));
    this.box.style.height = `${source.total * ROW}px`;
    this.draw();
  }

  /** The selected row, if it is here. */
  get row() {
    return this.#source.total > 0 ? this.#source.row(this.selected) : null;
  }

  /** Rows that fit the window, for a page up or down. */
  get page() {
    return Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 1);
  }

  /** @param {number} at */
  select(at) {
    this.selected = Math.max(0, Math.min(at, this.#source.total - 1));
    this.reveal();
    this.draw();
  }

  /** Scrolls as little as it takes to see the selected row. */
  reveal() {
    const [top, height] = [this.selected * ROW, this.scroller.clientHeight];
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW > this.scroller.scrollTop + height) this.scroller.scrollTop = top + ROW - height;
  }

  /** The id of the selected row's element. */
  get activeId() {
    return this.#rows.get(this.selected)?.id ?? null;
  }

  /**
   * The place of the row that an element is part of; -1: of none.
   * @param {EventTarget | null} target
   */
  placeOf(target) {
    const row = target instanceof Element ? target.closest('.row') : null;
    return row ? Number(row.getAttribute('aria-posinset')) - 1 : -1;
  }

  draw() {
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - MARGIN);
    const end = Math.min(this.#source.total, Math.ceil((scrollTop + clientHeight) / ROW) + MARGIN);
    for (const [at, row] of this.#rows) {
      const isSelected = at === this.selected && at < this.#source.total;
      if ((at < first || at >= end) && !isSelected) this.#recycle(at, row);
    }
    for (let at = first; at < end; at++) this.#drawRow(at);
    // The selected row is what a screen reader speaks of, also where it is scrolled out of sight.
    if (this.#source.total > 0) this.#drawRow(this.selected);
    this.#spare.splice(0).forEach((row) => row.remove());
    this.moved();
  }

  /** @param {number} at @param {HTMLElement} row */
  #recycle(at, row) {
    this.#rows.delete(at);
    this.#spare.push(row);
  }

  /** @param {number} at */
  #drawRow(at) {
    const row = this.#rows.get(at) ?? this.#newRow(at);
    const shown = this.#source.row(at);
    if (this.#shown.get(row) !== (shown ?? emptyRow)) {
      this.#shown.set(row, shown ?? emptyRow);
      if (shown) fillRow(row, shown, this.#source.words, this.#source.withPortal);
      else emptyRow(row);
    }
    row.classList.toggle('hovered', at === this.hovered);
    attribute(row, 'aria-selected', String(at === this.selected));
    attribute(row, 'aria-setsize', this.#source.total);
  }

  /** @param {number} at */
  #newRow(at) {
    const row = this.#spare.pop() ?? makeRow();
    row.id = `option-${at}`;
    row.setAttribute('aria-posinset', String(at + 1));
    row.style.transform = `translateY(${at * ROW}px)`;
    if (row.parentNode !== this.box) this.box.append(row);
    this.#rows.set(at, row);
    return row;
  }
}
