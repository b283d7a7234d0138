// The command line (F3, /). At each letter the server says what it understood
// and what can be done; the arrows, Alt and a number, or a letter choose; Enter
// does what is marked. What is marked is always on screen before Enter does it:
// answers to older letters are nobody's choice.
import { announce, lettersAllowed, on } from './keys.js';
import { lone } from './lone.js';
import { open, say, send } from './dialog.js';

const WAIT = 60; // ms after the last letter before asking
const SAID = 700; // ms after the last answer before a screen reader is told

const line = document.getElementById('ordre');
const place = document.getElementById('ordre-suite');
const address = line?.form.getAttribute('action');
const account = document.body.dataset.compte ?? '';
const KEPT = 'unisson.ordre';

let cameFrom = null; // where the focus was before F3
let shown = null; // the letters the answers on screen are for
let deeper = false; // something was chosen: the answers are a step further
let waiting = null; // the timer before asking
let asking = null; // the request under way
let enterPending = false; // Enter came before the answer

const options = () => [...place.querySelectorAll('[role=option]')];
const current = () => place.querySelector('[role=option][aria-selected=true]');
const typed = () => line.value.trim();

// What is typed outlives a phone call, a change of page and a locked screen; it
// belongs to one account, and to this window.
function keep() {
  if (!account) return;
  typed() ? sessionStorage.setItem(KEPT, JSON.stringify({ account, text: line.value })) : sessionStorage.removeItem(KEPT);
}
function takeBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  if (!kept) return;
  if (kept.account === account) line.value ||= kept.text;
  else sessionStorage.removeItem(KEPT);
}

// Asking -------------------------------------------------------------------------
async function ask(url, { further = false } = {}) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const letters = line.value;
  let html;
  try {
    const response = await fetch(url, { headers: { 'X-Ordre': '1', Accept: 'text/html' }, signal: mine.signal });
    if (response.redirected) return window.location.reload(); // signed out meanwhile
    if (!response.ok) throw new Error(response.status);
    html = await response.text();
  } catch (error) {
    if (error.name === 'AbortError') return undefined;
    enterPending = false;
    place.replaceChildren(sentence('Le serveur ne répond pas. Ce qui est tapé est gardé.'));
    line.setAttribute('aria-expanded', 'false');
    return undefined;
  }
  if (mine !== asking || line.value !== letters) return undefined;
  place.innerHTML = html;
  shown = letters;
  deeper = further;
  line.setAttribute('aria-expanded', String(options().length > 0));
  select(current());
  if (further) line.select();
  tell();
  if (enterPending) {
    enterPending = false;
    // Enter ran ahead of the answer: it may choose, it may not act unseen.
    const marked = current();
    if (marked && !marked.dataset.poste) take(marked);
    else announce('Vérifiez, puis Entrée.');
  }
  return undefined;
}
const sentence = (text) => Object.assign(document.createElement('p'), { className: 'dit', textContent: text });

function askSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(askNow, WAIT);
}
function askNow() {
  clearTimeout(waiting);
  waiting = null;
  if (!typed()) return close();
  return ask(`${address}?${new URLSearchParams({ q: line.value })}`);
}

let telling = null;
function tell() {
  clearTimeout(telling);
  telling = setTimeout(() => {
    const phrase = [...place.querySelectorAll('.compris p')].map((each) => each.textContent.trim()).join('. ');
    const marked = current();
    announce(marked ? `${phrase}. Entrée : ${textOf(marked)}` : phrase);
  }, SAID);
}
const textOf = (option) => option.querySelector('.quoi').textContent.trim().replace(/\s+/g, ' ');

function close() {
  asking?.abort();
  place.replaceChildren();
  shown = null;
  deeper = false;
  line.setAttribute('aria-expanded', 'false');
  line.removeAttribute('aria-activedescendant');
}

// Choosing -----------------------------------------------------------------------
function select(option) {
  options().forEach((each) => each.setAttribute('aria-selected', String(each === option)));
  if (option) {
    line.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else line.removeAttribute('aria-activedescendant');
}

function take(option, { form = false } = {}) {
  const { suite, dialogue, poste, preciser } = option.dataset;
  if (form && preciser) return leaveFor(() => open(preciser));
  if (suite !== undefined) return ask(option.getAttribute('href'), { further: true });
  if (dialogue) return leaveFor(() => open(dialogue));
  if (poste) return act(option);
  forget();
  return window.location.assign(option.href);
}

// The focus is back where it was before the dialog opens, so that it returns there.
function leaveFor(then) {
  forget();
  back();
  then();
}
function forget() {
  line.value = '';
  keep();
  close();
}
function back() {
  if (cameFrom?.isConnected && cameFrom !== document.body) cameFrom.focus();
  else if (cameFrom?.dataset?.k) document.querySelector(`[data-k="${CSS.escape(cameFrom.dataset.k)}"]`)?.focus();
  if (document.activeElement === line) (document.querySelector('.grille [tabindex="0"]') ?? line).focus();
  if (document.activeElement === line) line.blur();
}

let acting = false;
async function act(option) {
  if (acting) return;
  acting = true;
  const { poste, champs, preciser } = option.dataset;
  const answer = await send(poste, JSON.parse(champs));
  acting = false;
  if (answer?.html) {
    // Refused: the form says why and what else is possible.
    const why = new DOMParser().parseFromString(answer.html, 'text/html').querySelector('[role=alert]')?.textContent.trim().replace(/\s+/g, ' ');
    if (preciser) leaveFor(() => open(preciser));
    if (why) say(why, { refused: true });
  } else if (answer) {
    forget();
    back();
    if (answer.then) open(answer.then);
    // A step of a visit says whether it can be taken back; an act on the agenda can, an undoing cannot.
    const undoable = 'back' in answer ? Boolean(answer.back) : poste !== '/annuler/';
    if (answer.sentence) say(undoable ? `${answer.sentence.replace(/\.$/, '')}. Ctrl Z pour défaire.` : answer.sentence);
  } else askAgain();
}
// Refused with a sentence, already said: what is on screen may no longer be true.
function askAgain() {
  const why = document.getElementById('annonce').textContent;
  askNow()?.then(() => {
    const note = sentence(why);
    note.classList.add('c-att');
    note.setAttribute('role', 'alert');
    place.querySelector('.compris')?.append(note);
  });
}

// Keys ---------------------------------------------------------------------------
function toLine() {
  if (!line) return false;
  if (document.activeElement !== line) cameFrom = document.activeElement;
  document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
  if (deeper) close();
  line.focus();
  line.select();
  if (typed() && shown !== line.value) askNow();
  return true;
}

function keydown(event) {
  if (event.isComposing) return;
  const all = options();
  const at = all.indexOf(current());
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.altKey && /^Digit[1-9]$/.test(event.code) && shown === line.value) {
    const option = place.querySelector(`#ordre-${event.code.slice(5)}`);
    if (option) take(option);
  } else if (step && all.length) {
    select(at < 0 ? all.at(step > 0 ? 0 : -1) : all[(at + step + all.length) % all.length]);
  } else if (event.key === 'Enter') {
    enter(event, at < 0 ? null : all[at]);
  } else if (event.key === 'Escape') {
    if (typed() || place.childElementCount) {
      forget();
      announce('Ligne effacée');
    } else back();
  } else if (letter(event)) {
    const option = letter(event);
    lone(event.key, () => take(option));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
function enter(event, option) {
  if (!typed()) return;
  if (shown !== line.value) {
    enterPending = true;
    askNow();
  } else if (option) take(option, { form: event.ctrlKey });
  else if (options().length) {
    announce('Plusieurs réponses : choisir avec les flèches ou Alt et le numéro.');
    place.querySelector('.touches-ordre')?.classList.add('appel');
  }
}
// After a choice, the letters shown beside the answers take them; any other letter
// begins a new line.
const letter = (event) =>
  deeper && shown === line.value && lettersAllowed() && !event.ctrlKey && !event.altKey && !event.metaKey && event.key.length === 1
    ? place.querySelector(`[data-touche="${CSS.escape(event.key.toLowerCase())}"]`)
    : null;

if (line) {
  on('F3', toLine);
  on('/', toLine, { outside: true });
  takeBack();
  line.addEventListener('keydown', keydown);
  document.addEventListener('unisson:typed', ({ detail: letters }) => {
    toLine();
    line.value = letters;
    line.dispatchEvent(new Event('input', { bubbles: true }));
  });
  line.addEventListener('input', () => {
    enterPending = false;
    select(null);
    keep();
    askSoon();
  });
  line.addEventListener('focus', (event) => {
    if (event.relatedTarget && !place.contains(event.relatedTarget)) cameFrom = event.relatedTarget;
    if (typed() && shown !== line.value) askSoon();
  });
  line.form.addEventListener('submit', (event) => event.preventDefault());
  place.addEventListener('mousedown', (event) => event.preventDefault());
  place.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (!option || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    take(option);
  });
  document.addEventListener('submit', ({ target: form }) => {
    if (form.getAttribute('action')?.startsWith('/deconnexion')) sessionStorage.removeItem(KEPT);
  });
  document.addEventListener('focusin', (event) => {
    if (event.target !== line && !place.contains(event.target)) close();
  });
}
