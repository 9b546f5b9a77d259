// Results as one types: 200 ms after the last key, from two letters. Without this file the form and its
// button do the same, and Enter always does. htmx fetches and swaps; an older answer never overtakes a newer.

const form = document.querySelector("#find");
const field = form.querySelector("#q");
const told = document.querySelector("#told");
const WAIT_MS = 200;
const LEAST_LETTERS = 2;
let timer = 0;
let shown = field.value.trim();
// What is typed in one go is one step of the browser's history.
let isTyping = false;
let isStepMade = false;

// Addresses carry only what was chosen.
form.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

function find() {
  clearTimeout(timer);
  shown = field.value.trim();
  form.dispatchEvent(new Event("find"));
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  const words = field.value.trim();
  if (words === shown || (words && words.length < LEAST_LETTERS) || !daysAreWhole()) return;
  isTyping = true;
  timer = setTimeout(find, WAIT_MS);
});
field.addEventListener("blur", () => {
  isStepMade = false;
});
form.addEventListener("submit", () => clearTimeout(timer));
// Who goes back does not want what was typed last after all.
addEventListener("popstate", () => clearTimeout(timer));

// Days that are still being chosen wait; what is wrong with them is said when the button is pressed.
function daysAreWhole() {
  const [first, last] = ["first_day", "last_day"].map((name) => form.elements[name].value);
  const today = new Date().toLocaleDateString("sv");
  return first ? today <= first && first <= last : !last;
}

// A filter or a day that was changed is seen at once.
document.addEventListener("change", ({ target }) => {
  if (target.form !== form || target === field || !daysAreWhole()) return;
  isTyping = false;
  find();
});

document.addEventListener("htmx:before:history:update", ({ detail }) => {
  if (isTyping && isStepMade) detail.history.type = "replace";
  isStepMade = isTyping;
});

// What cannot be shown in part (a fault) is shown as a page of its own.
document.addEventListener("htmx:before:response", (event) => {
  const { response, request } = event.detail.ctx;
  if (response.status < 400) return;
  event.preventDefault();
  location.assign(request.action);
});
document.addEventListener("htmx:error", () => form.submit());

// Screen readers hear how many were found, when it is there.
document.addEventListener("htmx:after:swap", () => {
  told.textContent = document.querySelector("#count").textContent;
});
