// What the keys do at the desk: arrived, in room, absent, move, block, book, undo.
import { lettersAllowed, on, typing } from './keys.js';
import { close, landed, open, say, send } from './dialog.js';
import { drafts, resume } from './drafts.js';
import { lone } from './lone.js';
import { cellOf, current, go, grid, kindOf, read } from './grid.js';
import './booking.js';

const idOf = (cell) => cell.dataset.k.slice(1).split('-')[0];
const at = (cell) => ({ praticien: cell.closest('.col').dataset.praticien, jour: cell.closest('.col').dataset.jour, minute: cell.dataset.d });
const query = (fields) => new URLSearchParams(fields).toString();

// Carrying an appointment to another time; survives a change of day.
let carried = JSON.parse(sessionStorage.getItem('porte') ?? 'null');
const carry = (cell) => lift({ id: idOf(cell), version: cell.dataset.ver, said: cell.querySelector('.qui').textContent });
function lift(what) {
  carried = what;
  sessionStorage.setItem('porte', JSON.stringify(carried));
  drawCarried();
  if (current()) read(current(), 'porte');
  say(`${carried.said} : choisir une place libre, Entrée pour poser, Échap pour laisser.`);
}
function letGo() {
  carried = null;
  sessionStorage.removeItem('porte');
  drawCarried();
}
function drawCarried() {
  grid.classList.toggle('porte', Boolean(carried));
  grid.querySelectorAll('.emporte').forEach((each) => each.classList.remove('emporte'));
  if (carried) cellOf(`r${carried.id}`)?.parentElement.classList.add('emporte');
}
async function drop(cell) {
  if (kindOf(cell) !== 'libre') return say('Cette place n’est pas libre. Choisir une place libre, ou Échap pour laisser le rendez-vous à sa place.', { refused: true });
  const done = await send(`/rdv/${carried.id}/deplacer/`, { ...at(cell), version: carried.version });
  if (!done) return;
  letGo();
  landed(done);
}

const book = (cell, extra = {}) => open(`/rdv/nouveau/?${query({ ...at(cell), ...extra })}`);
function enter(cell) {
  if (carried) return drop(cell);
  const kind = kindOf(cell);
  if (kind === 'rdv') return open(`/rdv/${idOf(cell)}/`);
  if (kind === 'libre') return book(cell);
  if (kind === 'absence') return open(`/absence/${idOf(cell)}/`);
  return undefined;
}

async function act(cell, verb) {
  const done = await send(`/rdv/${idOf(cell)}/${verb}/`, { version: cell.dataset.ver });
  if (done) landed(done);
}

const LETTERS = {
  rdv: { a: (c) => act(c, 'arrive'), s: (c) => act(c, 'salle'), x: (c) => act(c, 'absent'), d: carry, p: (c) => book(c, { plus: 1 }) },
  libre: { b: (c) => open(`/absence/bloquer/?${query({ ...at(c), duree: c.dataset.n })}`) },
};

if (grid) {
  grid.addEventListener('unisson:cell', ({ detail: cell }) => read(cell, carried ? 'porte' : undefined));
  grid.addEventListener('click', (event) => {
    const cell = event.target.closest('[data-k]');
    if (cell) enter(cell);
  });
  grid.addEventListener('keydown', (event) => {
    const cell = event.target.closest('[data-k]');
    if (!cell || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.key === 'Escape' && carried) {
      letGo();
      read(cell);
      return;
    }
    const letter = lettersAllowed() && !carried && LETTERS[kindOf(cell)]?.[event.key.toLowerCase()];
    if (!letter) return;
    event.preventDefault();
    lone(event.key, () => letter(cell));
  });
  document.addEventListener('unisson:placed', drawCarried);
  drawCarried();
  if (current()) read(current(), carried ? 'porte' : undefined);
}

// Ctrl Z takes back what this person did last today, on the agenda or at
// reception. The answer says what was taken back. An act on a day that is not shown
// is named first; Ctrl Z again, soon, takes that one back and no other.
const SURE = 10000; // ms
let sure = '';
document.addEventListener('unisson:refused', ({ detail }) => {
  sure = detail.sur ?? '';
  if (sure) setTimeout(() => { sure = ''; }, SURE);
});
on('Ctrl+z', (event) => {
  if (typing(event.target) || document.querySelector('dialog[open]')) return false;
  send('/annuler/', sure ? { sur: sure } : {}).then((done) => done && landed(done));
  sure = '';
  return true;
});

// "Déplacer" in an opened appointment: carried on the grid, looked for elsewhere.
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-porter]');
  if (!button) return;
  close();
  lift({ id: button.dataset.porter, version: button.dataset.ver, said: button.dataset.dit });
});

// A name in a side panel leads to its cell, on its own day.
document.addEventListener('click', (event) => {
  const line = event.target.closest('[data-va]');
  if (!line) return;
  const cell = cellOf(line.dataset.va);
  if (cell) {
    go(cell);
    cell.scrollIntoView({ block: 'nearest' });
  } else if (line.dataset.jour) window.location.assign(`/jour/${line.dataset.jour}/#${line.dataset.va}`);
});

// What is parked, in the right-hand panel.
function listDrafts(all) {
  const section = document.getElementById('en-pause');
  if (!section) return;
  section.hidden = all.length === 0;
  section.querySelector('.n').textContent = all.length;
  section.querySelector('ul').replaceChildren(...all.map((draft) => {
    const at = new Date(draft.at);
    const item = document.createElement('li');
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'ligne nu' });
    const title = Object.assign(document.createElement('span'), { textContent: draft.title });
    title.dataset.nom = '';
    const hour = Object.assign(document.createElement('span'), { className: 'v m', textContent: `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}` });
    button.append(title, hour);
    button.addEventListener('click', () => resume(draft, open));
    item.append(button);
    return item;
  }));
}
document.addEventListener('unisson:drafts', ({ detail }) => listDrafts(detail));
listDrafts(drafts());
