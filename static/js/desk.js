// The scanning desk. Without this file everything still works; with it a scanner's keys always land in the
// field, what is scanned goes into a line and is answered in place, one after another, and each answer has
// its own sound.

import { listen } from "./desk/field.js";
import { enqueue, proceed, stamp } from "./desk/line.js";
import { hear, sayNet } from "./desk/signals.js";

const SAME_AGAIN_MS = 1000;
const scan = document.querySelector("#scan");
const field = scan.elements.code;
const NOTHING = { code: "", at: -SAME_AGAIN_MS };
let last = NOTHING;

// A label that is read twice in a second was meant once.
function take(code) {
  const now = performance.now();
  if (!code || (code === last.code && now - last.at < SAME_AGAIN_MS)) return;
  last = { code, at: now };
  enqueue({ url: scan.action, code });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form === scan) {
    event.preventDefault();
    take(field.value.trim());
    field.value = field.defaultValue = "";
    return;
  }
  const path = new URL(form.action).pathname;
  if (!path.startsWith("/tiski/") || path.startsWith("/tiski/lainaajat")) return;
  event.preventDefault();
  last = NOTHING; // after a tap the same label may be meant again
  enqueue({ url: form.action, fields: [...new FormData(form, event.submitter)] });
  field.focus({ preventScroll: true });
});

// What was scanned before another mode is chosen was meant for the mode of then.
document.addEventListener("click", (event) => {
  if (event.target.closest(".modes a")) stamp(scan.elements.tila.value);
});

const camera = document.querySelector("#camera");
const eye = document.querySelector("#camera-on");
eye.hidden = false;
const KEPT_CAMERA = "desk-camera";

async function look() {
  const module = await import(camera.dataset.module);
  sessionStorage.setItem(KEPT_CAMERA, "on");
  await module.look({ section: camera, eye, take, closed: () => sessionStorage.removeItem(KEPT_CAMERA) });
}
eye.addEventListener("click", look);
if (sessionStorage.getItem(KEPT_CAMERA)) look();

listen(field, () => scan.requestSubmit());
hear();
sayNet();
proceed();

// The screen stays awake where the browser can do it.
async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  await navigator.wakeLock?.request("screen").catch(() => {});
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
