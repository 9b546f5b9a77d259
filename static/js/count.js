// A number of pieces: − and + beside the field, the button that says how many, the sum as new.
// Without this file the field is an ordinary number field and the button says only for whom.

const box = document.querySelector("[data-count]");
const field = box && document.getElementById(box.dataset.count);
const act = field?.form?.querySelector("button[data-many]");
const sum = field?.form?.querySelector("[data-sum]");

const number = () => {
  const given = Number(field.value);
  return Number.isInteger(given) && given > 0 ? given : 0;
};

const step = (change, words) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn ghost";
  button.textContent = change < 0 ? "−" : "+";
  button.setAttribute("aria-label", words);
  button.addEventListener("click", () => {
    field.value = Math.min(Math.max(number() + change, 1), Number(field.max) || 1);
    tell();
  });
  return button;
};

const euros = (cents) =>
  new Intl.NumberFormat(document.documentElement.lang.startsWith("sv") ? "sv-FI" : "fi-FI", {
    style: "currency",
    currency: "EUR",
  }).format(cents / 100);

function tell() {
  const n = number();
  const { plain, one, many } = act.dataset;
  act.querySelector("span").textContent = n === 0 ? plain : n === 1 ? one : many.replace("{n}", n);
  if (sum) {
    sum.hidden = n === 0;
    sum.querySelector("b").textContent = euros(n * Number(sum.dataset.sum));
  }
}

if (act) {
  field.before(step(-1, box.dataset.less));
  field.after(step(1, box.dataset.more));
  field.addEventListener("input", tell);
  tell();
}
