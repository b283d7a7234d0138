// The practitioner's page under the keyboard: Enter calls the next one in, 1 to 9
// another who is here, T ends the visit, Ctrl Z takes back.
import { lettersAllowed, on, typing } from './keys.js';
import { say, send } from './dialog.js';

const SETTLE = 700; // ms: a name that has just changed under the hand is read before it is called
const main = document.getElementById('contenu');
const back = document.getElementById('reprendre');
const find = (selector) => document.querySelector(`#journee ${selector}`);
const nextOne = () => find('[data-va=suivant]');
let shown = nextOne()?.dataset.appeler;
let changedAt = 0;
let sending = false;

async function act(url, fields) {
  if (sending) return;
  sending = true;
  const done = await send(url, fields);
  sending = false;
  if (!done) return;
  shown = nextOne()?.dataset.appeler;
  changedAt = Date.now();
  main.dataset.demande = done.demande ?? '';
  back.hidden = !main.dataset.demande;
  rest();
}

function call(button) {
  if (!button) return say('Personne n’attend.');
  if (button === nextOne() && Date.now() - changedAt < SETTLE) {
    return say(`Le suivant vient de changer : ${button.querySelector('[data-nom]').textContent}. Encore une fois pour appeler.`, { refused: true });
  }
  return act('/praticien/appeler/', { rendez_vous: button.dataset.appeler, finit: button.dataset.finit });
}
const finish = (button) => (button ? act('/praticien/terminer/', { rendez_vous: button.dataset.terminer }) : say('Personne n’est en consultation.'));
const takeBack = () => (main.dataset.demande ? act('/praticien/reprendre/', { demande: main.dataset.demande }) : say('Il n’y a rien à reprendre.'));

// The focus rests on the one thing to press, unless it is somewhere on purpose: what
// Enter does is always what is written beside « Entrée ».
let resting = '';
function rest() {
  const held = document.activeElement;
  if (held && held !== document.body && held.dataset.va !== resting) return;
  const wanted = nextOne() ?? find('[data-terminer]');
  if (wanted && wanted !== held) wanted.focus({ preventScroll: true });
  resting = wanted?.dataset.va ?? '';
}

// A key held down is one press.
document.addEventListener('keydown', (event) => {
  if (event.repeat && ['Enter', ' '].includes(event.key) && event.target.closest('#journee')) event.preventDefault();
}, { capture: true });

document.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button?.dataset.appeler) call(button);
  else if (button?.dataset.terminer) finish(button);
  else if (button && button === back) takeBack();
});

const free = (event) => !typing(event.target) && !document.querySelector('dialog[open]');
on('Enter', (event) => {
  if (!free(event) || event.target.closest('button, a, summary, label')) return false;
  call(nextOne());
  return true;
});
on('t', (event) => free(event) && lettersAllowed() && (finish(find('[data-terminer]')), true), { outside: true });
for (let digit = 1; digit <= 9; digit += 1) {
  on(String(digit), (event) => {
    const button = lettersAllowed() && free(event) && find(`[data-chiffre="${digit}"]`);
    return button ? (call(button), true) : false;
  }, { outside: true });
}
on('Ctrl+z', (event) => free(event) && (takeBack(), true));

// A change that came by itself: note when the next one became somebody else.
document.addEventListener('unisson:placed', () => {
  const now = nextOne()?.dataset.appeler;
  if (now !== shown) changedAt = Date.now();
  shown = now;
  if (!sending) rest();
});
rest();
