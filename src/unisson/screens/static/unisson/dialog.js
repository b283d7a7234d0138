// Dialogs and acts, without leaving the page. `data-ouvre="/adresse/"` opens a
// piece of HTML in the page's one dialog; a form inside it, or an act of the
// desk, is sent by `send` and answered in JSON:
//
//   { sentence, parts: {element id: html}, focus: cell key, undo: true }   done
//   { refusal }                                                            not done
//   or HTML: the form again, with its mistakes
//
// A request whose answer was lost is sent again under the same request_id: the
// server does it once.
import { announce, csrf, lettersAllowed, on, typing } from './keys.js';
import { arrived, awaits } from './ahead.js';
import { combobox } from './combo.js';
import { drafts, dropForm, held, offer, park, resume } from './drafts.js';

const box = document.getElementById('boite');
let opener = null;
const pending = new Map(); // url -> request_id not answered yet

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export function say(sentence, { refused = false } = {}) {
  announce(sentence);
  const line = document.querySelector('.lecture .dit');
  if (!line) return;
  document.querySelector('.lecture .quoi').textContent = '';
  line.className = `dit fait${refused ? ' refus' : ''}`;
  line.textContent = sentence;
}

const SILENT = 'Le serveur ne répond pas. Ce qui est tapé est gardé ; recommencez dans un instant : rien ne sera fait deux fois.';

// Returns the answer when the act was done, null otherwise (already said).
export async function send(url, fields = {}) {
  const body = fields instanceof FormData ? fields : new FormData();
  if (!(fields instanceof FormData)) Object.entries(fields).forEach(([name, value]) => body.set(name, value));
  const shown = document.querySelector('.grille[data-page]')?.dataset.page;
  if (shown) body.set('page', shown);
  if (!body.has('request_id')) body.set('request_id', pending.get(url) ?? newId());
  pending.set(url, body.get('request_id'));
  let response;
  try {
    response = await fetch(url, { method: 'POST', body, headers: { 'X-CSRFToken': csrf(), Accept: 'application/json, text/html' } });
  } catch {
    say(SILENT, { refused: true });
    return null;
  }
  if (response.status < 500) pending.delete(url);
  if (!response.headers.get('Content-Type')?.includes('json')) {
    if (response.redirected || response.status === 403) window.location.reload();
    else if (response.status >= 500) say(SILENT, { refused: true });
    else return { html: await response.text() };
    return null;
  }
  const answer = await response.json();
  if (answer.refusal) {
    say(answer.refusal, { refused: true });
    document.dispatchEvent(new CustomEvent('unisson:refused', { detail: answer }));
    return null;
  }
  return done(answer);
}

// What was done is drawn where it is shown; a page that shows none of it is read again.
function done(answer) {
  document.dispatchEvent(new CustomEvent('unisson:done', { detail: answer }));
  const shown = Object.keys(answer.parts ?? {}).filter((id) => document.getElementById(id));
  if (answer.go) window.location.assign(answer.go);
  else if (!shown.length) {
    sessionStorage.setItem('fait', answer.sentence ?? '');
    window.location.reload();
  } else {
    document.dispatchEvent(new CustomEvent('unisson:parts', { detail: answer }));
    if (answer.sentence) say(answer.sentence);
  }
  return answer;
}

// The focus on what was changed, then the sentence: it stays until the focus moves.
export function landed(answer) {
  if (answer.focus) {
    opener = null; // the box, closing a moment later, must not take it back
    document.dispatchEvent(new CustomEvent('unisson:focus', { detail: answer.focus }));
  }
  if (answer.sentence) say(answer.sentence);
}

// The dialog -----------------------------------------------------------------------
// Of two asked for at once the later one is shown, whichever answers first.
let asking = null;

export async function open(url) {
  if (!box) return;
  if (!box.open) opener = document.activeElement;
  asking?.abort();
  const mine = (asking = new AbortController());
  awaits(() => mine.abort());
  let html;
  try {
    const response = await fetch(url, { headers: { Accept: 'text/html', 'X-Boite': '1' }, signal: mine.signal });
    if (response.redirected) return window.location.assign(response.url);
    if (response.headers.get('Content-Type')?.includes('json')) return refused((await response.json()).refusal);
    if (!response.ok) throw new Error(response.status);
    html = await response.text();
  } catch {
    if (asking === mine) refused(mine.signal.aborted ? 'Laissé. Rien n’a été changé.' : 'Le serveur ne répond pas. Rien n’a été changé.');
    return;
  }
  fill(html);
  if (!box.open) box.showModal();
  const first = [...box.querySelectorAll('[autofocus], [data-apres-patient]')].find((each) => each.checkVisibility());
  first?.focus();
  if (first?.select) first.select();
  arrived(first);
}

function refused(sentence) {
  arrived(null);
  say(sentence, { refused: true });
}

function fill(html) {
  box.innerHTML = html;
  box.className = `boite ${box.querySelector('[data-boite]')?.dataset.boite ?? ''}`;
  const title = box.querySelector('h2');
  if (title) box.setAttribute('aria-labelledby', (title.id ||= 'boite-titre'));
  window.htmx?.process(box);
  box.querySelectorAll('input[role=combobox]').forEach((field) => combobox(field));
  box.querySelectorAll('form[data-brouillon]').forEach(offer);
  document.dispatchEvent(new CustomEvent('unisson:opened', { detail: box }));
}

export const close = () => box?.open && box.close();

// Escape keeps what was typed; only "Abandonner" throws it away.
box?.addEventListener('cancel', () => {
  const form = box.querySelector('form[data-brouillon]');
  if (form && held(form)) {
    park(form);
    say('Mis en pause. F8 pour reprendre.');
  }
});
box?.addEventListener('click', (event) => {
  const leave = event.target.closest('[data-abandonner]');
  if (!leave) return;
  box.querySelectorAll('form[data-brouillon]').forEach(dropForm);
  close();
});

box?.addEventListener('close', () => {
  document.dispatchEvent(new CustomEvent('unisson:closed', { detail: box }));
  box.replaceChildren();
  if (opener?.isConnected) opener.focus();
  opener = null;
});

box?.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.method === 'dialog') return;
  event.preventDefault();
  if (form.method === 'get') {
    const query = new URLSearchParams(new FormData(form, event.submitter));
    return form.dataset.dans
      ? document.getElementById(form.dataset.dans).replaceChildren(...(await fragment(`${form.action}?${query}`)))
      : open(`${form.action}?${query}`);
  }
  const buttons = [...form.querySelectorAll('button')];
  if (form.dataset.envoi) return;
  form.dataset.envoi = '1';
  // A button without formaction says the page's own address.
  const { submitter } = event;
  const url = submitter?.hasAttribute('formaction') ? submitter.formAction : form.action;
  await form.pret; // see booking.js
  const answer = await send(url, new FormData(form, submitter));
  delete form.dataset.envoi;
  if (answer?.html) {
    fill(answer.html);
    (box.querySelector('[aria-invalid=true], [role=alert] [autofocus], [autofocus]') ?? buttons[0])?.focus();
  } else if (answer) {
    dropForm(form);
    form.dataset.fini = '1';
    if (answer.then) open(answer.then);
    else close();
    landed(answer);
  } else {
    const word = form.querySelector('.reponse') ?? form.appendChild(document.createElement('p'));
    word.className = 'reponse erreur';
    word.setAttribute('role', 'alert');
    word.textContent = document.getElementById('annonce').textContent;
  }
});

async function fragment(url) {
  const html = await (await fetch(url, { headers: { 'X-Boite': '1' } })).text();
  return new DOMParser().parseFromString(html, 'text/html').body.childNodes;
}

// The letters of the grid act in an opened appointment too.
box?.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target) || !lettersAllowed()) return;
  const button = event.key.length === 1 && box.querySelector(`[data-lettre="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// Enter on a list of choices sends the form, as it does in a text field.
box?.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('select') && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// A free time under a carried appointment.
box?.addEventListener('click', async ({ target }) => {
  const slot = target.closest('[data-poser]');
  if (!slot) return;
  const { praticien, jour, minute } = slot.dataset;
  const answer = await send(slot.dataset.poser, { praticien, jour, minute });
  if (answer) {
    close();
    landed(answer);
  }
});

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-ouvre]');
  if (!button) return;
  event.preventDefault();
  button.closest('[popover]')?.hidePopover();
  open(button.dataset.ouvre);
});

// Keys written beside a button or a link work it from anywhere: data-partout="F4".
document.querySelectorAll('[data-partout]').forEach((element) =>
  on(element.dataset.partout, (event) => {
    const scrolls = element.dataset.partout.startsWith('Page');
    if (scrolls && (typing(event.target) || box?.open)) return false;
    element.click();
    return true;
  }));

// F8 puts the open form aside; with none open, takes the last one back.
export function pauseOrResume() {
  const form = box?.open && box.querySelector('form[data-brouillon]') || (!box?.open && document.querySelector('main form[data-brouillon]'));
  if (form && box?.open) {
    park(form);
    close();
    say('Mis en pause. F8 pour reprendre.');
  } else if (form && form.matches(':focus-within')) {
    park(form);
    window.location.assign('/');
  } else {
    const [last] = drafts();
    if (last) resume(last, open);
    else say('Rien n’est en pause.');
  }
}
on('F8', pauseOrResume);
document.getElementById('pause')?.addEventListener('click', pauseOrResume);

const waiting = sessionStorage.getItem('fait');
if (waiting) {
  sessionStorage.removeItem('fait');
  say(waiting);
}
// An address of a dialog followed as a page comes back here to be opened over the desk.
const asked = new URLSearchParams(window.location.search).get('ouvre');
if (asked?.startsWith('/') && !asked.startsWith('//') && box) {
  window.history.replaceState(null, '', window.location.pathname);
  open(asked);
}
