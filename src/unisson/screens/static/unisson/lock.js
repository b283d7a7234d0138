// The keyboard is left: by Ctrl Alt L, by the menu, or by itself after the
// practice's delay. A cover goes over the page, which stays as it was, half
// typed form included, until its owner is back; a colleague goes to her own desk.
//
// The server is told at once and refuses everything meanwhile. What one tab
// does, the others of this browser do too. Pages may listen to `unisson:lock`
// and `unisson:unlock` (same person back) on the document.
import { csrf } from './keys.js';
import { wire } from './unlock.js';

const settings = document.querySelector('meta[name=verrou]');
const after = Number(settings.content) * 60000; // ms
const account = document.body.dataset.compte;
const root = document.documentElement;
const SEEN = 'unisson.presence'; // when a key or the mouse was last heard, in any tab
const STATE = 'unisson.verrou'; // what happened last, for the other tabs
const LOST = 3000; // ms after which an order to lock that changed nothing is given again
const HEADERS = { 'X-Unisson': 'verrou' };
let title = '';
let told = Date.now();
let before = null;

// Presence -----------------------------------------------------------------------
let lastWritten = 0;
const here = () => {
  const now = Date.now();
  if (now - lastWritten < 2000 || root.dataset.verrou) return;
  lastWritten = now;
  localStorage.setItem(SEEN, now);
};
const seen = () => Number(localStorage.getItem(SEEN) ?? 0);
for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart']) {
  document.addEventListener(kind, here, { passive: true, capture: true });
}
here();

async function tick() {
  if (root.dataset.verrou) return;
  const heard = seen();
  if (Date.now() - heard >= after) {
    await lock(true);
  } else if (heard > told && Date.now() - told >= 60000) {
    await tell();
  }
}
setInterval(tick, 5000);

// Somebody is here. Sent to the door instead: locked or signed out elsewhere.
async function tell() {
  told = Date.now();
  const answer = await fetch(settings.dataset.presence, { method: 'POST', headers: { ...HEADERS, 'X-CSRFToken': csrf() } }).catch(() => null);
  if (answer && (answer.redirected || !answer.ok)) cover();
}
// What happened last at this keyboard, in any tab: closed or opened, for whom, when (ms).
function last() {
  const [what = '', who = '', when = '0'] = (localStorage.getItem(STATE) ?? '').split(' ');
  return { closed: what === 'ferme', who, ago: Date.now() - Number(when) };
}
// A page that came just as the desk was being locked was drawn too early.
if (last().closed && last().ago < 60000) tell();
document.addEventListener('visibilitychange', () => document.hidden || tick());
window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());

// Locking ------------------------------------------------------------------------
async function lock(idle = false) {
  hide();
  localStorage.setItem(STATE, `ferme ${account} ${Date.now()}`);
  await order(idle);
  await cover({ mine: true });
}

// Sent even if the page is left at once.
const order = (idle) => fetch(settings.dataset.verrouiller, {
  method: 'POST', keepalive: true, body: new URLSearchParams({ idle: idle ? '1' : '' }), headers: { ...HEADERS, 'X-CSRFToken': csrf() },
}).catch(() => null);

function hide() {
  if (root.dataset.verrou) return;
  root.dataset.verrou = '1';
  before = document.activeElement;
  title = document.title;
  document.title = 'Verrouillé · Unisson';
  document.querySelectorAll('[popover]:popover-open').forEach((menu) => menu.hidePopover());
  document.dispatchEvent(new CustomEvent('unisson:lock'));
  const dialog = document.createElement('dialog');
  dialog.className = 'verrou';
  dialog.setAttribute('closedby', 'none');
  dialog.setAttribute('aria-labelledby', 'verrou-titre');
  dialog.innerHTML = '<main class="entree"><section><h1 id="verrou-titre">Poste verrouillé</h1></section></main>';
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.addEventListener('close', () => root.dataset.verrou && dialog.showModal());
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  dialog.addEventListener('submit', unlock);
  document.body.append(dialog);
  dialog.showModal();
}

async function cover({ mine = false } = {}) {
  hide();
  const answer = await fetch(settings.dataset.verrou, { headers: HEADERS }).catch(() => null);
  const kind = answer?.headers.get('Content-Type') ?? '';
  if (!answer?.ok) {
    say('Le serveur ne répond pas. Le poste reste verrouillé, votre page est gardée.');
    setTimeout(cover, 3000);
  } else if (kind.startsWith('application/json')) {
    leave((await answer.json()).go);
  } else if (answer.redirected) {
    // Open over there. Either somebody has come back, and her tab is about to
    // say so: locking now would shut her out. Or the order to lock was lost:
    // the tab that gave it knows at once, the others after a while.
    if (!last().closed) follow(last().who);
    else {
      if (mine || last().ago > LOST) await order(false);
      setTimeout(cover, 300);
    }
  } else {
    draw(await answer.text());
  }
}

function draw(html) {
  const dialog = document.querySelector('dialog.verrou');
  dialog.innerHTML = `<main class="entree">${html}</main>`;
  wire(dialog);
}

function say(sentence) {
  const place = document.querySelector('dialog.verrou section');
  const line = place.querySelector('.dit') ?? Object.assign(document.createElement('p'), { className: 'dit erreur' });
  line.setAttribute('role', 'alert');
  line.textContent = sentence;
  place.append(line);
}

async function unlock(event) {
  const form = event.target;
  if (!form.querySelector('[name=secret]')) return;
  event.preventDefault();
  const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: new FormData(form), headers: HEADERS }).catch(() => null);
  if (!answer) {
    say('Le serveur ne répond pas. Réessayez dans un instant.');
  } else if (answer.headers.get('Content-Type')?.startsWith('application/json')) {
    const { go } = await answer.json();
    const [who] = new FormData(form).getAll('account');
    localStorage.setItem(STATE, `ouvert ${who} ${Date.now()}`);
    go ? leave(go) : uncover();
  } else if (answer.status === 422) {
    draw(await answer.text());
  } else {
    leave(window.location.href);
  }
}

// Covered until the new page has taken its place: nothing of this one shows.
const leave = (address) => window.location.assign(address);

function uncover() {
  delete root.dataset.verrou;
  document.querySelector('dialog.verrou')?.remove();
  document.title = title;
  lastWritten = 0;
  here();
  told = Date.now();
  before?.isConnected && before.focus();
  document.dispatchEvent(new CustomEvent('unisson:unlock'));
}

window.addEventListener('storage', ({ key, newValue }) => {
  if (key !== STATE || !newValue) return;
  if (last().closed) cover();
  else follow(last().who);
});

// Somebody opened the desk in another tab: this page's owner, or a colleague.
function follow(who) {
  if (who !== account) leave('/');
  else if (root.dataset.verrou) uncover();
}

// By hand ------------------------------------------------------------------------
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey && event.altKey && event.code === 'KeyL' && !root.dataset.verrou) {
    event.preventDefault();
    event.stopPropagation();
    lock();
  }
}, { capture: true });
document.addEventListener('submit', (event) => {
  if (new URL(event.target.getAttribute('action') ?? '', window.location.href).pathname !== settings.dataset.verrouiller) return;
  event.preventDefault();
  lock();
});
