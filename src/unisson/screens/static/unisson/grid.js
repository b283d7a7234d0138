// The grid under the keyboard: one tab stop, arrows from cell to cell, the
// reading line. Knows nothing of what the cells mean.
import { skew } from './keys.js';

export const grid = document.querySelector('.grille');
const SELECTOR = '[data-k]';
const HEAD = '.tete :is(a, button)'; // over the first cell: the week, who to warn
const columns = () => [...grid.querySelectorAll('.col')].map((column) => [...column.querySelectorAll(SELECTOR)]);
const headsOf = (column) => [...column.querySelectorAll(HEAD)];
const start = (cell) => Number(cell.dataset.d);
const end = (cell) => start(cell) + Number(cell.dataset.n);
const hour = (minute) => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
export const kindOf = (cell) => ({ r: 'rdv', l: 'libre', t: 'tenu', a: 'absence' })[cell.dataset.k[0]];
export const cellOf = (key) => grid?.querySelector(`[data-k="${CSS.escape(key)}"]`);
export const current = () => grid?.querySelector(`${SELECTOR}[tabindex="0"]`);
let last = null; // where the focus was, to come back near it when its cell is gone

export function go(cell) {
  if (!cell) return;
  stop(cell);
  cell.focus({ focusVisible: true });
}
function stop(cell) {
  current()?.setAttribute('tabindex', '-1');
  cell.setAttribute('tabindex', '0');
  last = { key: cell.dataset.k, column: cell.closest('.col').id, start: start(cell) };
}
const nearest = (cells, minute) =>
  cells?.length ? cells.reduce((best, each) => (Math.abs(start(each) - minute) < Math.abs(start(best) - minute) ? each : best)) : null;

function move(cell, key) {
  const all = columns();
  const c = all.findIndex((column) => column.includes(cell));
  const i = all[c].indexOf(cell);
  const beside = (step) => {
    for (let at = c + step; at >= 0 && at < all.length; at += step) if (all[at].length) return nearest(all[at], start(cell));
    return null;
  };
  return { ArrowDown: () => all[c][i + 1], ArrowUp: () => all[c][i - 1] ?? headsOf(cell.closest('.col')).at(-1), Home: () => all[c][0], End: () => all[c].at(-1),
    ArrowRight: () => beside(1), ArrowLeft: () => beside(-1) }[key]?.();
}

// Back to the cell that had the focus, or to the one nearest to where it was.
export function back() {
  if (!grid) return;
  const near = last && document.getElementById(last.column);
  go((last && cellOf(last.key)) ?? (near && nearest([...near.querySelectorAll(SELECTOR)], last.start)) ?? current());
}

// In the head of a column: down to its first cell, sideways to the next head.
function moveHead(head, key) {
  const column = head.closest('.col');
  const heads = headsOf(column);
  const i = heads.indexOf(head);
  const beside = (way) => {
    for (let next = column[way]; next; next = next[way]) if (next.matches('.col') && headsOf(next).length) return headsOf(next)[0];
    return null;
  };
  return { ArrowDown: () => heads[i + 1] ?? column.querySelector(SELECTOR), ArrowUp: () => heads[i - 1],
    ArrowRight: () => beside('nextElementSibling'), ArrowLeft: () => beside('previousElementSibling') }[key]?.();
}

// What the cell says, whole, and the keys that act on it.
export const saying = (cell) => {
  const texts = [...cell.querySelectorAll('.qui, .tr, .et, .mo')].map((part) => part.textContent.trim()).filter(Boolean);
  if (kindOf(cell) === 'libre') return `${texts[0][0].toUpperCase()}${texts[0].slice(1)}, ${cell.dataset.n} min`;
  return texts.join(' · ');
};
export function read(cell, mode) {
  const line = document.querySelector('.lecture');
  if (!line) return;
  line.querySelector('.quoi').textContent = `${hour(start(cell))} – ${hour(end(cell))}`;
  const said = line.querySelector('.dit');
  said.className = 'dit';
  said.textContent = saying(cell);
  line.querySelectorAll('.touches').forEach((keys) => { keys.hidden = keys.dataset.pour !== (mode ?? kindOf(cell)); });
}

// A part drawn anew by the server takes the place of the old one; the focus and
// the place on the screen do not move.
export function place(parts) {
  const held = grid?.contains(document.activeElement) ? last : null;
  const [top, left] = grid ? [grid.scrollTop, grid.scrollLeft] : [0, 0];
  for (const [id, html] of Object.entries(parts ?? {})) {
    const old = document.getElementById(id);
    if (!old) continue;
    if (!old.classList.contains('col')) {
      const inside = old.contains(document.activeElement) ? document.activeElement.dataset.va : null;
      old.innerHTML = html;
      if (inside) old.querySelector(`[data-va="${CSS.escape(inside)}"]`)?.focus();
      continue;
    }
    const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById(id);
    if (fresh) old.replaceWith(fresh);
  }
  if (grid) settle(held, top, left);
  document.dispatchEvent(new CustomEvent('unisson:placed'));
}

// After a drawing, whoever drew it: the single tab stop, the focus, the hours shown.
export function settle(held, top = grid.scrollTop, left = grid.scrollLeft) {
  if (!current()) {
    const near = last && document.getElementById(last.column);
    const cell = (last && cellOf(last.key)) ?? (near && nearest([...near.querySelectorAll(SELECTOR)], last.start)) ?? grid.querySelector(SELECTOR);
    (cell ?? grid.querySelector(HEAD))?.setAttribute('tabindex', '0');
    if (held) cell?.focus({ preventScroll: true, focusVisible: true });
  }
  fit();
  grid.scrollTo({ top, left, behavior: 'instant' });
}

// Something booked outside the hours shown widens them.
function fit() {
  const cells = [...grid.querySelectorAll(SELECTOR)].filter((cell) => kindOf(cell) !== 'absence');
  const shown = (name) => Number([...grid.classList].find((each) => each.startsWith(`${name}-`))?.slice(name.length + 1));
  const set = (name, from, to) => from !== to && grid.classList.replace(`${name}-${from}`, `${name}-${to}`);
  if (!cells.length) return;
  set('de', shown('de'), Math.min(shown('de'), Math.floor(Math.min(...cells.map(start)) / 60)));
  set('a', shown('a'), Math.max(shown('a'), Math.ceil(Math.max(...cells.map(end)) / 60)));
}

if (grid) {
  grid.addEventListener('focusin', ({ target }) => {
    const cell = target.closest(SELECTOR);
    if (!cell) return;
    if (cell.tabIndex !== 0) stop(cell);
    last = { key: cell.dataset.k, column: cell.closest('.col').id, start: start(cell) };
    grid.dispatchEvent(new CustomEvent('unisson:cell', { detail: cell }));
  });
  grid.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const head = event.target.closest(HEAD);
    if (head && event.key.startsWith('Arrow')) {
      event.preventDefault();
      const next = moveHead(head, event.key);
      if (next?.matches(SELECTOR)) go(next);
      else next?.focus();
    }
    const cell = event.target.closest(SELECTOR);
    if (!cell) return;
    const next = move(cell, event.key);
    if (next === undefined && !/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    if (next?.matches(HEAD)) next.focus();
    else go(next);
  });
  document.addEventListener('unisson:parts', ({ detail }) => place(detail.parts));
  document.addEventListener('unisson:focus', ({ detail: key }) => go(cellOf(key)));
  document.addEventListener('unisson:closed', () => {
    if (document.activeElement === document.body) back();
  });

  // The line of the present minute, and how long people have waited.
  document.addEventListener('unisson:minute', ({ detail: now }) => {
    for (const mark of grid.querySelectorAll('.trait, .cran, .mnt')) {
      const [old] = [...mark.classList].filter((each) => each.startsWith('d-'));
      mark.classList.replace(old, `d-${now.minute}`);
      if (mark.classList.contains('mnt')) mark.textContent = now.text;
    }
    for (const wait of document.querySelectorAll('[data-depuis]')) {
      const minutes = Math.max(0, Math.floor((Date.now() + skew) / 60000 - wait.dataset.depuis / 60));
      wait.textContent = `${minutes} min`;
    }
  });

  // Where the day begins for the eye: the first free time from now on, else the first cell.
  const now = grid.querySelector('.mnt');
  const minute = now ? Number([...now.classList].find((each) => each.startsWith('d-')).slice(2)) : 0;
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  const cells = columns().flat();
  const free = cells.filter((cell) => kindOf(cell) === 'libre' && start(cell) >= minute);
  const first = cellOf(wanted) ?? free.reduce((best, each) => (best && start(best) <= start(each) ? best : each), null) ?? cells[0];
  if (now) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const from = Number([...grid.classList].find((each) => each.startsWith('de-')).slice(3));
    grid.scrollTo({ top: Math.max(0, (minute - from * 60 - 75) * 0.15 * rem), behavior: 'instant' });
  }
  if (!first) grid.querySelector(HEAD)?.setAttribute('tabindex', '0'); // a day without anything
  if (first) {
    stop(first);
    if (document.activeElement === document.body) first.focus({ preventScroll: Boolean(now && !cellOf(wanted)), focusVisible: true });
  }
}
