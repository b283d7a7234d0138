// The patient's pages: their letters, pickers of a person, the way back.
import { combobox } from './combo.js';
import { dropForm } from './drafts.js';
import { announce, lettersAllowed, on } from './keys.js';

// A link or a button with `data-touche="r"` answers to that letter, outside fields.
for (const element of document.querySelectorAll('[data-touche]')) {
  on(element.dataset.touche, () => {
    if (!lettersAllowed() || document.querySelector('dialog[open]')) return false;
    element.click();
    return true;
  }, { outside: true });
}

// Escape: first out of the field, then back to the record. What was typed stays in its draft.
on('Escape', ({ target }) => {
  const back = document.querySelector('a[data-retour]');
  if (document.querySelector('dialog[open], [popover]:popover-open')) return false;
  if (target.closest('input, textarea, select')) target.blur();
  else if (back) back.click();
  else return false;
  return true;
});

// A field that picks a person: what is sent is her id, in the hidden field beside it.
// Typing again unpicks her, so that a name never goes with another's id.
for (const field of document.querySelectorAll('[data-choix]')) {
  const { close } = combobox(field);
  const picked = document.getElementById(field.dataset.choix);
  const said = document.getElementById(field.getAttribute('aria-describedby'));
  const say = (words) => {
    if (said) said.textContent = words;
  };
  field.addEventListener('input', () => {
    picked.value = '';
    say('');
  });
  field.addEventListener('unisson:chosen', ({ detail }) => {
    picked.value = detail.patient;
    field.value = detail.phrase;
    say(`Choisi : ${detail.phrase}`);
    close();
    picked.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

// Creation: the same search at each key and at Enter. Enter also goes to what was found.
const search = document.querySelector('form[data-pas="chercher"]');
if (search) {
  let go = false;
  search.addEventListener('submit', () => { go = true; });
  document.addEventListener('htmx:afterSettle', ({ target }) => {
    if (target.id !== 'proches') return;
    if (go) target.querySelector('[data-premier]')?.focus();
    go = false;
    announce(target.querySelector('[data-dit]')?.textContent ?? '');
  });
}

// « Annuler » means it: what was typed in this form is thrown away. Escape keeps it.
for (const link of document.querySelectorAll('form[data-brouillon] a[data-jeter]')) {
  link.addEventListener('click', () => dropForm(link.closest('form')));
}

// A form that came back with mistakes: the first one has the focus.
document.querySelector('.fiche [aria-invalid="true"], .page [aria-invalid="true"]')?.focus();
