// What every page answers to: the keys that work anywhere, the clock, the account
// menu. A page adds its own keys with `on`; the command line is in orders.js.
//
//   on('F4', openFirstFree)            anywhere, even inside a field
//   on('/', toLine, { outside: true })   only outside fields
import './drafts.js';

const $ = (selector, root = document) => root.querySelector(selector);
const bindings = new Map();

export function on(key, act, { outside = false } = {}) {
  bindings.set(key, { act, outside });
}

export const typing = (target) =>
  Boolean(target.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]'));

// WCAG 2.1.4: keys made of one letter can be switched off, from the account menu.
export const lettersAllowed = () => document.body.dataset.lettres !== 'non';

export function announce(sentence) {
  const place = $('#annonce');
  if (place) place.textContent = sentence;
}

export function csrf() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? '';
}

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.metaKey || event.defaultPrevented) return;
  const key = (event.ctrlKey ? 'Ctrl+' : '') + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
  const binding = bindings.get(key);
  if (!binding || (binding.outside && typing(event.target))) return;
  if (binding.act(event) !== false) event.preventDefault();
});

// Help ---------------------------------------------------------------------------
on('?', () => {
  const help = $('dialog.aide-touches');
  if (!help || $('dialog[open]')) return false;
  help.showModal();
  return true;
}, { outside: true });

// Names hidden from whoever leans over the counter; kept from page to page.
const blurred = (yes) => {
  document.body.classList.toggle('flou', yes);
  announce(yes ? 'Noms cachés' : 'Noms visibles');
};
if (sessionStorage.getItem('flou')) document.body.classList.add('flou');
on('F9', () => {
  const yes = !document.body.classList.contains('flou');
  yes ? sessionStorage.setItem('flou', '1') : sessionStorage.removeItem('flou');
  blurred(yes);
});

// The practice's clock, whatever this computer believes -----------------------------
const clock = $('#horloge');
export const skew = clock ? clock.dataset.maintenant * 1000 - Date.now() : 0;
export const paris = (date = new Date(Date.now() + skew)) => {
  const [hours, minutes] = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', hour: 'numeric', minute: '2-digit', hourCycle: 'h23' })
    .format(date).split(/\D+/).map(Number);
  return { hours, minutes, minute: hours * 60 + minutes, text: `${hours}:${String(minutes).padStart(2, '0')}` };
};
if (clock) {
  const tick = () => {
    const now = paris();
    if (clock.textContent !== now.text) {
      clock.textContent = now.text;
      document.dispatchEvent(new CustomEvent('unisson:minute', { detail: now }));
    }
    setTimeout(tick, 60000 - ((Date.now() + skew) % 60000) + 50);
  };
  tick();
}

// Choices of this computer, kept in a cookie so that the server draws them at once.
$('#compte-menu')?.addEventListener('change', ({ target }) => {
  const keep = (name, value) => {
    document.cookie = `${name}=${value}; path=/; SameSite=Strict; max-age=${value ? 31536000 : 0}`;
  };
  if (target.name === 'theme') {
    keep('theme', target.value);
    target.value ? (document.documentElement.dataset.theme = target.value) : delete document.documentElement.dataset.theme;
  } else if (target.name === 'lettres') {
    keep('lettres', target.checked ? '' : 'non');
    target.checked ? delete document.body.dataset.lettres : (document.body.dataset.lettres = 'non');
  }
});
