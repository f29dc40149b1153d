// @ts-check
// The answers to one query, fetched piece by piece as the list is scrolled.
import { search } from '../bridge.js';

/** @typedef {import('../types').RowView} RowView */
/** @typedef {import('../types').Found} Found */

/** Rows of a piece: the first one fills the window and leaves some for the next turn of the wheel. */
const PIECE = 40;

export class Results {
  query = '';
  total = 0;
  /** @type {string | null} What the console opens at if it is opened from this query. */
  page = null;
  /** Something that was pasted leads nowhere. */
  notAPage = false;
  /**
   * The account of what was pasted, if there is no role in it.
   * @type {string | null}
   */
  stranger = null;
  /** How many of all rows are pages. */
  pages = 0;
  /** @type {Map<number, RowView[]>} */
  #pieces = new Map();
  /** @type {Set<number>} Pieces that are under way. */
  #asked = new Set();
  /** Answers to what was asked in an earlier turn are not shown any more. */
  #turn = 0;
  #revision = -1;
  /** @type {string | null} What was typed last while an answer was awaited. */
  #next = null;
  #awaiting = false;
  /** @type {(isNew: boolean) => void} */
  #changed;

  /** @type {() => number} */
  #selected;

  /**
   * @param {(isNew: boolean) => void} changed `isNew`: other answers, not only more of them.
   * @param {() => number} selected The place of the row that is selected.
   */
  constructor(changed, selected) {
    this.#changed = changed;
    this.#selected = selected;
  }

  /**
   * Asks anew. The old answers stay until the new ones are there. While one question is open, only the latest
   * of those that follow is kept: nobody wants the others answered.
   * @param {string} query
   */
  ask(query) {
    this.#next = query;
    if (!this.#awaiting) void this.#askNext();
  }

  async #askNext() {
    this.#awaiting = true;
    while (this.#next !== null) {
      const query = this.#next;
      this.#next = null;
      try {
        // What is selected may be far down, and is to be found again.
        const place = query === this.query ? Math.floor(this.#selected() / PIECE) * PIECE : 0;
        const found = await search(query, 0, PIECE);
        const around = place > 0 && place < found.total ? await search(query, place, PIECE) : null;
        if (this.#next === null) this.#begin(found, query, around);
      } catch (error) {
        console.error('search', error);
      }
    }
    this.#awaiting = false;
  }

  /** @param {Found} found @param {string} query @param {Found | null} around */
  #begin(found, query, around) {
    this.#turn += 1;
    this.#asked.clear();
    this.#pieces.clear();
    this.#pieces.set(0, found.rows);
    if (around?.revision === found.revision) this.#pieces.set(around.from / PIECE, around.rows);
    this.#revision = found.revision;
    this.query = query;
    this.total = found.total;
    this.page = found.page;
    this.notAPage = found.notAPage;
    this.stranger = found.stranger;
    this.pages = found.pages;
    this.#changed(true);
  }

  /**
   * The row at a place; null until it is there, which is then told.
   * @param {number} at
   */
  row(at) {
    const piece = Math.floor(at / PIECE);
    const rows = this.#pieces.get(piece);
    if (!rows && at < this.total) void this.#fetch(piece);
    return rows?.[at - piece * PIECE] ?? null;
  }

  /** @param {number} piece */
  async #fetch(piece) {
    if (this.#asked.has(piece)) return;
    this.#asked.add(piece);
    const turn = this.#turn;
    try {
      const found = await search(this.query, piece * PIECE, PIECE);
      if (turn !== this.#turn) return;
      if (found.revision !== this.#revision) this.ask(this.query);
      else this.#pieces.set(piece, found.rows);
    } catch (error) {
      console.error('search', error);
    }
    this.#asked.delete(piece);
    if (turn === this.#turn && this.#pieces.has(piece)) this.#changed(false);
  }

  /**
   * Where a row is among those that are here; -1 if it is not.
   * @param {RowView} wanted
   */
  find(wanted) {
    for (const [piece, rows] of this.#pieces) {
      const at = rows.findIndex((row) => isSameRow(row, wanted));
      if (at >= 0) return piece * PIECE + at;
    }
    return -1;
  }
}

/**
 * A bookmark stays the same when another role is chosen for it.
 * @param {RowView} a
 * @param {RowView} b
 */
function isSameRow(a, b) {
  if (a.page?.name || b.page?.name) return a.page?.name === b.page?.name;
  return a.page?.url === b.page?.url && isSameGrant(a.grant.id, b.grant.id);
}

/**
 * @param {import('../types').GrantId} a
 * @param {import('../types').GrantId} b
 */
export function isSameGrant(a, b) {
  return a.portal === b.portal && a.accountId === b.accountId && a.roleName === b.roleName;
}
