// The booking form: the patient is chosen from answers, the slot is held while
// the form is open, the length follows the visit type. `form.pret` settles once
// the hold is known: sent before, the booking would meet its own hold.
import { announce, csrf } from './keys.js';
import { newId, open } from './dialog.js';

const TOLD = 1000; // ms between two looks at the time left
let held = null;

async function hold(form) {
  if (held && held.minute !== form.elements.minute.value + form.elements.jour.value) await release();
  const wanted = new FormData();
  for (const name of ['praticien', 'jour', 'minute', 'motif', 'duree']) wanted.set(name, form.elements[name]?.value ?? '');
  wanted.set('request_id', newId());
  const place = form.querySelector('.tenu');
  try {
    const response = await fetch(form.dataset.tenir, { method: 'POST', body: wanted, headers: { 'X-CSRFToken': csrf() } });
    const answer = await response.json();
    if (!form.isConnected) return;
    if (answer.refusal) {
      place.textContent = answer.refusal;
      place.classList.add('c-att');
      announce(answer.refusal);
      return;
    }
    held = { id: answer.hold, url: form.dataset.rendre, minute: form.elements.minute.value + form.elements.jour.value, until: Date.now() + answer.seconds * 1000 };
    form.elements.tenu.value = answer.hold;
    place.classList.remove('c-att');
    tick(form, held);
  } catch {
    place.textContent = '';
  }
}
function tick(form, mine) {
  if (held !== mine || !form.isConnected) return;
  const left = Math.ceil((held.until - Date.now()) / 60000);
  const place = form.querySelector('.tenu');
  const sentence = left > 0 ? `Créneau tenu pour vous encore ${left} min` : 'Le créneau n’est plus tenu : un collègue peut le prendre.';
  if (place.textContent !== sentence) place.textContent = sentence;
  setTimeout(() => tick(form, mine), TOLD);
}
async function release() {
  if (!held) return;
  const { id, url } = held;
  held = null;
  const body = new FormData();
  body.set('tenu', id);
  body.set('request_id', newId());
  await fetch(url, { method: 'POST', body, keepalive: true, headers: { 'X-CSRFToken': csrf() } }).catch(() => {});
}

document.addEventListener('unisson:opened', ({ detail: box }) => {
  const form = box.querySelector('form[data-tenir]');
  if (form) form.pret = hold(form);
});
document.addEventListener('unisson:closed', ({ detail: box }) => {
  if (box.querySelector('form[data-fini]')) held = null;
  else release();
});

// Enter in the search takes an answer; with none chosen it sends nothing.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.closest?.('.chercher')) event.preventDefault();
});
// A patient is taken from the answers; the field gives way to the whole identity.
document.addEventListener('unisson:chosen', ({ target, detail }) => {
  const form = target.closest('form');
  if (!form?.elements.patient || !detail.patient) return;
  form.elements.patient.value = detail.patient;
  show(form, detail.phrase, detail.mark);
  form.dispatchEvent(new Event('input', { bubbles: true }));
  form.dispatchEvent(new CustomEvent('unisson:patient', { bubbles: true }));
  form.querySelector('[data-apres-patient]')?.focus();
});
function show(form, said, mark) {
  const kept = form.querySelector('.retenu');
  kept.hidden = false;
  kept.querySelector('.qui-est').textContent = said;
  kept.querySelector('.marque-id').hidden = !mark;
  kept.querySelector('.marque-id span').textContent = mark ?? '';
  if (form.elements.patient_dit) form.elements.patient_dit.value = said;
  form.querySelector('.chercher').hidden = true;
}
document.addEventListener('click', ({ target }) => {
  if (!target.closest('[data-changer-patient]')) return;
  const form = target.closest('form');
  form.elements.patient.value = '';
  form.querySelector('.retenu').hidden = true;
  const search = form.querySelector('.chercher');
  search.hidden = false;
  search.querySelector('input').focus();
});
document.addEventListener('unisson:restored', ({ target: form }) => {
  if (form.elements.patient?.value && form.elements.patient_dit?.value) show(form, form.elements.patient_dit.value, '');
});

// The length of the visit type, unless somebody typed another.
document.addEventListener('change', ({ target }) => {
  if (!target.matches('select[name=motif]')) return;
  const minutes = target.form.elements.duree;
  const usual = target.selectedOptions[0]?.dataset.minutes;
  if (minutes && usual && !minutes.dataset.tape) minutes.value = usual;
  const told = target.form.querySelector('.consigne');
  if (told) told.textContent = target.selectedOptions[0]?.dataset.consigne ?? '';
  if (target.form.dataset.tenir) target.form.pret = hold(target.form);
});
document.addEventListener('input', ({ target }) => {
  if (target.matches('input[name=duree]')) target.dataset.tape = '1';
});
// The search for a free time answers again at each change; a patient chosen
// brings the practitioner she usually sees, and the first slot under Enter.
function askAgain(form, ...without) {
  const asked = new URLSearchParams(new FormData(form));
  ['morceau', 'patient_dit', 'q', ...without].forEach((name) => asked.delete(name));
  return open(`${form.action}?${asked}`);
}
document.addEventListener('change', async ({ target }) => {
  // Whom or what she chose herself, no patient's habit takes away.
  if (['ff-praticien', 'ff-motif'].includes(target.id)) target.form.elements.choisi.value = '1';
  if (target.dataset.relance === 'tout') { // another practitioner takes other visit types
    await askAgain(target.form);
    document.getElementById(target.id)?.focus();
  } else if (target.matches('[data-relance]')) target.form.requestSubmit();
});
document.addEventListener('unisson:patient', ({ target: form }) => {
  if (form.id === 'cherche-libre') askAgain(form, ...(form.elements.choisi?.value ? [] : ['praticien']));
});
document.addEventListener('keydown', (event) => {
  const slot = event.target.closest?.('.creneau');
  const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
  if (!slot || !step) return;
  event.preventDefault();
  slot[step]?.focus();
});
// A nearer time offered instead of a taken one.
document.addEventListener('click', ({ target }) => {
  const choice = target.closest('[data-prendre]');
  if (!choice) return;
  const form = choice.closest('dialog').querySelector('form[data-tenir]');
  for (const name of ['praticien', 'jour', 'minute']) form.elements[name].value = choice.dataset[name];
  form.requestSubmit();
});
// Away from the grid, an appointment to move is given a time from a list.
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-porter]');
  if (button && !document.querySelector('.grille')) open(`/rdv/premier/?rdv=${button.dataset.porter}`);
});
// What a refusal leaves possible is a choice of its own, never what Enter does.
document.addEventListener('click', ({ target }) => {
  const choice = target.closest('[data-permettre]');
  if (!choice) return;
  const form = choice.closest('form');
  const kept = Object.assign(document.createElement('input'), { type: 'hidden', name: 'permis', value: choice.dataset.permettre });
  form.append(kept);
  form.requestSubmit();
});
