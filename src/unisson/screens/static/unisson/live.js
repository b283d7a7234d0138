// Keeps an open page true: what a colleague changes appears by itself.
//
//   <meta name="direct" content="/direct/?vue=jour&jour=2026-11-24&depuis=123">
//
// Each message holds elements drawn by the server, put in place by `place`
// (grid.js), which keeps the focus and the place on the screen. What is being
// typed in is left alone until it is left. After a cut everything missed comes
// at once; the state of the line is said in words.
import { announce, paris, typing } from './keys.js';
import { grid, place } from './grid.js';

const meta = document.querySelector('meta[name=direct]');
const account = Number(document.body.dataset.compte);
const SILENCE = 40000; // ms without even a heartbeat: the line is dead
const GRACE = 3000; // ms before a cut is said, so that a hiccup is not
const HIDDEN = 30000; // ms a hidden page keeps its line; browsers allow only six
const PACE = 4000; // ms between two announcements

let address = null;
let position = null; // the last number applied
let source = null;
let heard = 0;
let closed = true; // on purpose: locked, hidden or left
let retry = 0;

// Drawing --------------------------------------------------------------------------
const shown = new Map(); // element id -> html last put in place, whoever drew it
const postponed = new Map(); // element id -> html waiting for the field to be left
const floors = new Map(); // element id -> news already in what an act of ours drew

const busy = (element) =>
  (element.contains(document.activeElement) && typing(document.activeElement))
  || Boolean(element.querySelector('dialog[open], :popover-open'));

export function put(elements, number = null) {
  const parts = {};
  for (const [id, html] of Object.entries(elements)) {
    const element = document.getElementById(id);
    if (!element || (number !== null && number <= (floors.get(id) ?? 0))) continue;
    if (busy(element)) postponed.set(id, html);
    else if (shown.get(id) !== html) parts[id] = html;
  }
  for (const id of Object.keys(parts)) postponed.delete(id);
  if (Object.keys(parts).length) {
    Object.entries(parts).forEach(([id, html]) => shown.set(id, html));
    place(parts);
  }
}

const flush = () => {
  const waiting = Object.fromEntries(postponed);
  postponed.clear();
  put(waiting);
};
document.addEventListener('focusout', () => postponed.size && setTimeout(flush));
document.addEventListener('toggle', () => postponed.size && setTimeout(flush), { capture: true });

// What this page's own acts drew: not drawn a second time, nor put back by older news.
document.addEventListener('unisson:parts', ({ detail }) => {
  for (const [id, html] of Object.entries(detail.parts ?? {})) {
    shown.set(id, html);
    if (detail.position) floors.set(id, detail.position);
  }
  if (!grid) place(detail.parts);
});

// Saying ---------------------------------------------------------------------------
const toSay = [];
let saidAt = 0;
let speaking = null;

function speak() {
  speaking = null;
  if (!toSay.length) return;
  const first = toSay.splice(0, 3);
  const more = toSay.splice(0).length;
  saidAt = Date.now();
  announce([...first, ...(more ? [`Et ${more} autre${more > 1 ? 's' : ''}`] : [])].join('. '));
}

function tell(announcements) {
  for (const { texte, par } of announcements) {
    if (par !== account && !toSay.includes(texte)) toSay.push(texte);
  }
  if (toSay.length && !speaking) speaking = setTimeout(speak, Math.max(0, saidAt + PACE - Date.now()));
}

// The state of the line ----------------------------------------------------------------
let cutAt = null;
let saying = null;

function cut() {
  if (cutAt || closed) return;
  cutAt = paris();
  saying = setTimeout(() => {
    const place = document.querySelector('.haut .outils') ?? document.body;
    const word = document.createElement('span');
    word.id = 'hors-connexion';
    word.className = 'c-att';
    word.setAttribute('role', 'status');
    word.textContent = `Hors connexion depuis ${cutAt.hours} h ${String(cutAt.minutes).padStart(2, '0')}, l’affichage peut dater`;
    place.prepend(word);
    document.body.dataset.horsConnexion = '';
  }, GRACE);
}

function restored() {
  heard = Date.now();
  retry = 0;
  if (!cutAt) return;
  clearTimeout(saying);
  cutAt = null;
  delete document.body.dataset.horsConnexion;
  if (document.getElementById('hors-connexion')) {
    document.getElementById('hors-connexion').remove();
    announce('De nouveau en connexion, affichage à jour');
  }
}

// The line ---------------------------------------------------------------------------
function open() {
  closed = false;
  source?.close();
  address.searchParams.set('depuis', position);
  source = new EventSource(address);
  heard = Date.now();
  const on = (name, act) => source.addEventListener(name, (event) => {
    restored();
    act(JSON.parse(event.data), event);
  });
  const drawn = ({ elements, annonces }, { type, lastEventId }) => {
    const number = type === 'change' ? Number(lastEventId) : null;
    put(elements, number);
    if (number) position = number;
    tell(annonces);
  };
  on('change', drawn);
  on('tick', drawn);
  on('vie', () => {});
  on('recharger', reload);
  on('fin', ended);
  source.onerror = () => {
    cut();
    if (source.readyState === EventSource.CLOSED) again();
  };
}

function shut() {
  closed = true;
  clearTimeout(saying);
  source?.close();
  source = null;
}

// The browser reconnects by itself after a cut, not after a refusal.
function again() {
  if (closed || retry) return;
  retry = setTimeout(() => {
    retry = 0;
    if (!closed) open();
  }, 5000);
}

setInterval(() => {
  if (closed || Date.now() - heard < SILENCE) return;
  cut();
  open();
}, 5000);

// Too much was missed: the page is read again, but never from under somebody's hands.
function reload() {
  shut();
  const last = Number(sessionStorage.getItem('direct.recharge') ?? 0);
  const later = () => setTimeout(reload, 2000);
  if (Date.now() - last < 10000 || document.querySelector('dialog[open]') || typing(document.activeElement)) {
    closed = false;
    cut();
    closed = true;
    return later();
  }
  sessionStorage.setItem('direct.recharge', Date.now());
  return window.location.reload();
}

// This session may no longer watch. Locked, the page waits under its cover; else
// the next page says why, and what is typed here is not thrown away for it.
function ended() {
  shut();
  if (document.documentElement.dataset.verrou) return;
  setTimeout(() => document.documentElement.dataset.verrou || reload(), 1000);
}

if (meta) {
  address = new URL(meta.content, window.location.href);
  position = Number(address.searchParams.get('depuis'));
  open();
  document.addEventListener('unisson:lock', shut);
  document.addEventListener('unisson:unlock', open);
  window.addEventListener('pagehide', shut);
  window.addEventListener('pageshow', ({ persisted }) => persisted && open());
  let leaving = null;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(shut, HIDDEN);
    else if (closed && !document.documentElement.dataset.verrou) open();
  });
}
