// The PIN's keypad. Without this file the field is typed into as any other.

const field = document.querySelector("#f-pin");
const pad = document.querySelector("#pad");

if (pad) {
  pad.hidden = false;
  document.querySelector("#go").hidden = true;
  field.inputMode = "none"; // the pad stands in for the device's own keyboard
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (key === undefined) return;
    field.value = key === "back" ? field.value.slice(0, -1) : field.value + key;
    field.focus();
  });
}

// A scanner's or a keyboard's keys always land in the field.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
  if (!event.target.closest("input, button, a") || event.target.matches(".padkey")) field.focus();
});
