// The camera reads labels on this page: the browser's own reader where there is one, else a vendored one.

const LOOK_EVERY_MS = 120;
const SIDE = 640;
// A label that stays in view is read once; taken away and shown again, it is read again.
const GONE_MS = 2500;

async function ownReader() {
  const formats = (await window.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (canvas) => (await detector.detect(canvas)).map((one) => one.rawValue);
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

async function vendoredReader({ decoder, wasm }) {
  if (!window.ZXingWASM) await load(decoder);
  const zxing = window.ZXingWASM;
  await zxing.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const wanted = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true };
  return async (canvas, pixels) => {
    const found = await zxing.readBarcodes(pixels(), wanted);
    return found.filter((one) => one.isValid).map((one) => one.text);
  };
}

function view(video) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  function draw() {
    const side = Math.min(video.videoWidth, video.videoHeight);
    canvas.width = canvas.height = Math.min(side, SIDE);
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    pen.drawImage(video, left, top, side, side, 0, 0, canvas.width, canvas.height);
  }
  return { canvas, draw, pixels: () => pen.getImageData(0, 0, canvas.width, canvas.height) };
}

function once(take) {
  let seen = { text: "", at: -GONE_MS };
  return (text) => {
    const now = performance.now();
    const isSame = text === seen.text && now - seen.at < GONE_MS;
    seen = { text, at: now };
    if (!isSame) take(text);
  };
}

async function open(video) {
  const wanted = { video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } }, audio: false };
  video.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
  await video.play();
  return video.srcObject;
}

function offerLight(button, stream) {
  const [track] = stream.getVideoTracks();
  button.hidden = !track.getCapabilities?.().torch;
  button.onclick = async () => {
    const isOn = button.getAttribute("aria-pressed") === "true";
    await track.applyConstraints({ advanced: [{ torch: !isOn }] });
    button.setAttribute("aria-pressed", String(!isOn));
  };
}

function say(section, why) {
  const told = section.querySelector("[role=alert]");
  told.textContent = why ? section.dataset[why] : "";
  told.hidden = !why;
  section.hidden = false;
}

const reasonOf = (error) => ({ NotAllowedError: "refused", NotFoundError: "none" })[error.name] ?? "failed";

// Show what the camera sees and pass on each label it reads, until it is closed.
export async function look({ section, eye, take, closed }) {
  const frame = section.querySelector(".view");
  if (!navigator.mediaDevices) {
    say(section, "insecure");
    closed();
    return;
  }
  say(section, null);
  eye.hidden = true;
  frame.hidden = false;
  section.querySelector("#camera-off").focus({ preventScroll: true });
  let isOpen = true;
  let stream = null;
  const shut = () => {
    isOpen = false;
    for (const track of stream?.getTracks() ?? []) track.stop();
    frame.hidden = true;
    eye.hidden = false;
    if (section.contains(document.activeElement)) eye.focus({ preventScroll: true });
    section.hidden = true;
    closed();
  };
  section.querySelector("#camera-off").onclick = shut;
  try {
    stream = await open(frame.querySelector("video"));
    if (!isOpen) return shut();
    offerLight(section.querySelector("#camera-light"), stream);
    const read = (await ownReader()) ?? (await vendoredReader(section.dataset));
    await watch(frame.querySelector("video"), read, once(take), () => isOpen);
  } catch (error) {
    shut();
    say(section, reasonOf(error));
  }
}

async function watch(video, read, take, isOpen) {
  const { canvas, draw, pixels } = view(video);
  while (isOpen()) {
    if (video.videoWidth && document.visibilityState === "visible") {
      draw();
      const [text] = await read(canvas, pixels);
      if (text && isOpen()) take(text);
    }
    await new Promise((go) => setTimeout(go, LOOK_EVERY_MS));
  }
}
