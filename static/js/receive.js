// Taking in, quicker: the photo is made smaller here and goes on its way while its taker chooses what it is and
// how good. Without this file it goes with the form. Without a network it stays in the form and goes with it.

const form = document.querySelector("#intake");
const input = document.querySelector("#f-photo");
const kept = document.querySelector("#kept-photo");
const shown = document.querySelector("#shown-photo");
const mark = document.querySelector("#photo-mark");
const told = document.querySelector("#photo-told");

const LONGEST_SIDE = 1920;
const QUALITY = 0.86;
const REFUSED = 409;
let going = null;
let sent = false;

async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  canvas.setAttribute("aria-hidden", "true");
  shown.replaceChildren(canvas, mark);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

async function keep(file) {
  // A picture that this browser cannot read goes as it is: the server may know it.
  const small = await smaller(file).catch(() => null);
  const body = new FormData();
  body.append("photo_file", small ?? file, "photo.jpg");
  const answer = await fetch(form.dataset.photos, { method: "POST", body });
  if (answer.ok || answer.status === REFUSED) return answer.json();
  throw new Error(String(answer.status));
}

async function take() {
  const file = input.files[0];
  if (!file) return;
  kept.value = "";
  mark.classList.remove("on");
  told.textContent = form.dataset.going;
  try {
    const { name, colours, refused } = await keep(file);
    if (input.files[0] !== file) return; // another one was taken meanwhile
    if (refused) {
      input.value = "";
      told.textContent = refused;
      return;
    }
    kept.value = name;
    input.value = "";
    mark.classList.add("on");
    input.closest(".shot").classList.add("ghost");
    input.previousElementSibling.textContent = form.dataset.again;
    const [colour] = colours;
    told.textContent = colour ? `${form.dataset.kept} ${form.dataset.colour}: ${colour.name}` : form.dataset.kept;
  } catch {
    told.textContent = form.dataset.lost;
  }
}

input.addEventListener("change", () => {
  going = take().finally(() => (going = null));
});
window.addEventListener("online", () => {
  if (input.files[0] && !going) going = take().finally(() => (going = null));
});

// The form goes once, and not before the photo.
form.addEventListener("submit", async (event) => {
  if (sent) {
    event.preventDefault();
    return;
  }
  document.body.classList.add("sending");
  if (!going) {
    sent = true;
    return;
  }
  event.preventDefault();
  const { submitter } = event;
  await going;
  form.requestSubmit(submitter);
});
window.addEventListener("pageshow", () => {
  sent = false;
  document.body.classList.remove("sending");
});

// The examples of condition show what was chosen.
form.addEventListener("change", (event) => {
  if (event.target.name !== "category") return;
  const chosen = event.target.closest("label").querySelector("use").getAttribute("href");
  for (const use of form.querySelectorAll(".graded use:not([href*='#condition-'])")) use.setAttribute("href", chosen);
});

// ---- whether the network works
const net = document.querySelector("#net");
const works = net.textContent;
const tell = () => {
  net.hidden = false;
  net.textContent = navigator.onLine ? works : net.dataset.off;
  net.classList.toggle("t-ok", navigator.onLine);
  net.classList.toggle("t-warn", !navigator.onLine);
};
window.addEventListener("online", tell);
window.addEventListener("offline", tell);
tell();
