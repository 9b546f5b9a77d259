// Keys for people who keep their hands on the keyboard: "/" goes to the search field, F2 to the scan field,
// and "?" tells them; where codes are scanned, what a scanner types is never a key.
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "?" && !typing(event.target) && !document.querySelector("#code")) {
    document.querySelector("#keys")?.showModal();
    return;
  }
  const field =
    event.key === "F2" ? document.querySelector("#code")
    : event.key === "/" && !typing(event.target) ? document.querySelector("#q, #code")
    : null;
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// What went wrong is read first.
document.querySelector(".errors[tabindex]")?.focus();
