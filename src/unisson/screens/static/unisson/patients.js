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
  const hint = said?.textContent.startsWith('Choisi') ? '' : said?.textContent;
  const say = (words) => {
    if (said) said.textContent = words || hint;
  };
  field.addEventListener('input', () => {
    picked.value = '';
    say('');
  });
  field.addEventListener('unisson:chosen', ({ detail }) => {
    picked.value = detail.patient;
    field.value = detail.phrase;
    say(`Choisi\u00a0: ${detail.phrase}`);
    close();
    picked.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

// The birth place: choosing one fills its name and its code. Another name typed after
// that takes away the code that came with the first, never one typed by hand.
for (const field of document.querySelectorAll('[data-lieu][role=combobox]')) {
  const { close } = combobox(field);
  const code = document.getElementById(field.dataset.lieu);
  const list = document.getElementById(field.getAttribute('aria-controls'));
  let chosen = null;
  const tell = () => code.dispatchEvent(new Event('input', { bubbles: true }));
  field.addEventListener('input', () => {
    if (chosen && code.value === chosen.code) {
      code.value = '';
      tell();
    }
    chosen = null;
  });
  field.addEventListener('unisson:chosen', ({ detail }) => {
    chosen = detail;
    field.value = detail.lieu;
    code.value = detail.code;
    close();
    tell();
  });
  // Answers that come after the choice, or once she is in another field, are too late.
  new MutationObserver(() => {
    if (list.childElementCount && (chosen || document.activeElement !== field)) close();
  }).observe(list, { childList: true });
}

// Creation: the same search at each key and at Enter. Enter also goes to what was found.
const search = document.querySelector('form[data-pas="chercher"]');
if (search) {
  // Until the next letter: a quick hand presses Enter before the search of its last
  // letter has left, and that second answer draws again what had the focus.
  let go = false;
  search.addEventListener('submit', () => { go = true; });
  search.addEventListener('input', () => { go = false; });
  document.addEventListener('htmx:afterSettle', ({ target }) => {
    if (target.id !== 'proches') return;
    const held = document.activeElement;
    if (go && (held === document.body || search.contains(held))) target.querySelector('[data-premier]')?.focus();
    announce(target.querySelector('[data-dit]')?.textContent ?? '');
  });
}

// « Annuler » means it: what was typed in this form is thrown away. Escape keeps it.
for (const link of document.querySelectorAll('form[data-brouillon] a[data-jeter]')) {
  link.addEventListener('click', () => dropForm(link.closest('form')));
}

// Before a form leaves, the server is asked whether it is there: when it is not, the
// page stays, with everything in it, and says so. A style sheet is the cheapest question.
const probe = document.querySelector('link[rel=stylesheet]').href;
for (const form of document.querySelectorAll('form[method=post][data-brouillon]')) {
  let reached = false;
  let asking = false; // a second Enter while the first is on its way is the same one
  window.addEventListener('pageshow', () => { reached = asking = false; }); // come back to with « back »
  form.addEventListener('submit', async (event) => {
    if (reached) {
      if (asking) asking = false;
      else event.preventDefault();
      return;
    }
    event.preventDefault();
    if (asking) return;
    asking = true;
    form.querySelector(':scope > .coupure')?.remove();
    try {
      await fetch(probe, { method: 'HEAD', cache: 'no-store' });
    } catch {
      asking = false;
      const bar = Object.assign(document.createElement('p'), { className: 'message error coupure' });
      bar.setAttribute('role', 'alert');
      bar.append(Object.assign(document.createElement('i'), { className: 'g g-urgence' }),
        'Le serveur ne répond pas. Rien n’est enregistré, mais rien n’est perdu\u00a0: votre saisie est gardée sur cet ordinateur. Réessayez dans un instant.');
      form.prepend(bar);
      return;
    }
    reached = true;
    form.requestSubmit(event.submitter);
  });
}

// A form that came back with mistakes: the first one has the focus.
document.querySelector('.fiche [aria-invalid="true"], .page [aria-invalid="true"]')?.focus();
