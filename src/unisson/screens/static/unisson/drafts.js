// Nothing typed is lost. A form with `data-brouillon="kind"` is written to this
// browser's storage at every key, under the account that types it, and offered
// back after a closed tab, a crash or a stopped server. F8 parks and resumes.
//
// What is kept is erased when the server confirms, at sign-out, and after 14
// hours (a session's length). A colleague who takes the keyboard for a moment
// neither sees it nor loses it. Passwords and files are never kept.

const PREFIX = 'unisson.brouillon.';
const account = document.body.dataset.compte ?? '';
const LIFE = 14 * 3600 * 1000; // ms

const keyOf = (id) => `${PREFIX}${account}.${id}`;
const idOf = (form) => `${form.dataset.brouillon}@${form.dataset.brouillonUrl ?? window.location.pathname}`;

export function drafts() {
  const found = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const draft = JSON.parse(localStorage.getItem(key));
    if (Date.now() - draft.at > LIFE) localStorage.removeItem(key);
    else if (key.startsWith(`${PREFIX}${account}.`)) found.push(draft);
  }
  return found.sort((a, b) => b.at - a.at);
}

const write = (draft) => {
  localStorage.setItem(keyOf(draft.id), JSON.stringify(draft));
  shown();
};
export function drop(id) {
  localStorage.removeItem(keyOf(id));
  shown();
}
export const dropForm = (form) => drop(idOf(form));
export const held = (form) => localStorage.getItem(keyOf(idOf(form))) !== null;

const keepable = (element) =>
  element.name && element.name !== 'csrfmiddlewaretoken' && !['password', 'file', 'submit', 'button'].includes(element.type);

function fieldsOf(form) {
  return [...form.elements].filter(keepable)
    .filter((e) => !['checkbox', 'radio'].includes(e.type) || e.checked)
    .flatMap((e) => (e.type === 'select-multiple' ? [...e.selectedOptions].map((o) => [e.name, o.value]) : [[e.name, e.value]]));
}

export function save(form, { parked = false } = {}) {
  if (!account) return;
  write({
    id: idOf(form), kind: form.dataset.brouillon, url: form.dataset.brouillonUrl ?? window.location.pathname + window.location.search,
    inDialog: Boolean(form.closest('dialog')), title: titleOf(form), at: Date.now(), parked, sent: false, fields: fieldsOf(form),
  });
}

function titleOf(form) {
  const said = [...form.querySelectorAll('[data-brouillon-titre]')].map((e) => (e.value ?? e.textContent).trim()).filter(Boolean);
  return [form.dataset.titre ?? 'Saisie', ...said].join(', ');
}

export function restore(form, draft) {
  const left = draft.fields.map(([name, value]) => ({ name, value }));
  for (const element of [...form.elements].filter(keepable)) {
    if (['checkbox', 'radio'].includes(element.type)) {
      element.checked = left.some((f) => f.name === element.name && f.value === element.value);
    } else if (element.type === 'select-multiple') {
      for (const option of element.options) option.selected = left.some((f) => f.name === element.name && f.value === option.value);
    } else {
      const at = left.findIndex((f) => f.name === element.name);
      if (at >= 0) element.value = left.splice(at, 1)[0].value;
    }
  }
  form.dispatchEvent(new CustomEvent('unisson:restored', { bubbles: true, detail: draft }));
}

// Where a page is loaded, decide about what was sent: a redirect that leads away
// from the form, or back to it with a word of success, is the server's yes.
// Anything else keeps the draft.
function settle() {
  const said = document.querySelector('.messages .success') !== null;
  const redirected = performance.getEntriesByType('navigation')[0]?.redirectCount > 0;
  for (const key of Object.keys(localStorage).filter((k) => k.startsWith(PREFIX))) {
    const draft = JSON.parse(localStorage.getItem(key));
    if (!draft.sent) continue;
    const here = [...document.forms].some((form) => form.dataset.brouillon && idOf(form) === draft.id);
    if (account && key.startsWith(`${PREFIX}${account}.`) && redirected && (!here || said)) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ ...draft, sent: false }));
  }
}

export function offer(form) {
  const draft = account && drafts().find((each) => each.id === idOf(form));
  // Sent back by the server with what was typed in it: there is nothing to offer.
  if (!draft || form.hasAttribute('data-rempli')) return;
  if (sessionStorage.getItem('reprendre') === draft.id) {
    sessionStorage.removeItem('reprendre');
    restore(form, draft);
    return;
  }
  const at = new Date(draft.at);
  const bar = document.createElement('div');
  bar.className = 'message warning';
  bar.setAttribute('role', 'status');
  const text = document.createElement('span');
  text.textContent = `Une saisie commencée à ${at.getHours()} h ${String(at.getMinutes()).padStart(2, '0')} n’a pas été enregistrée.`;
  const resume = Object.assign(document.createElement('button'), { type: 'button', className: 'lien', textContent: 'La reprendre' });
  const discard = Object.assign(document.createElement('button'), { type: 'button', className: 'lien', textContent: 'La jeter' });
  resume.addEventListener('click', () => { restore(form, draft); bar.remove(); form.querySelector(':is(input, select, textarea):not([type=hidden])')?.focus(); });
  discard.addEventListener('click', () => { drop(draft.id); bar.remove(); });
  bar.append(text, resume, discard);
  form.prepend(bar);
}

document.addEventListener('input', ({ target }) => {
  const form = target.closest?.('form[data-brouillon]');
  if (form) save(form);
});
document.addEventListener('submit', ({ target: form }) => {
  if (new URL(form.action, window.location.href).pathname.startsWith('/deconnexion')) {
    Object.keys(localStorage).filter((k) => k.startsWith(`${PREFIX}${account}.`)).forEach((k) => localStorage.removeItem(k));
  } else if (form.dataset.brouillon && !form.closest('dialog')) {
    save(form);
    const draft = JSON.parse(localStorage.getItem(keyOf(idOf(form))));
    localStorage.setItem(keyOf(draft.id), JSON.stringify({ ...draft, sent: true }));
  }
});

// F8: with a form open, put it aside; else take the last one back.
export function park(form) {
  save(form, { parked: true });
}
export function resume(draft, openDialog) {
  sessionStorage.setItem('reprendre', draft.id);
  if (draft.inDialog) openDialog(draft.url);
  else window.location.assign(draft.url);
}

// How many wait, in the top line and in the list a page may have for them.
export function shown() {
  const all = account ? drafts().filter((each) => each.parked || !pageHolds(each)) : [];
  const button = document.getElementById('pause');
  if (button) {
    button.hidden = all.length === 0;
    button.firstElementChild.textContent = all.length > 1 ? `${all.length} saisies en pause` : '1 saisie en pause';
  }
  document.dispatchEvent(new CustomEvent('unisson:drafts', { detail: all }));
}
const pageHolds = (draft) => [...document.forms].some((form) => form.dataset.brouillon && idOf(form) === draft.id);

settle();
document.querySelectorAll('form[data-brouillon]').forEach(offer);
shown();
