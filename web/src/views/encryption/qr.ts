// QR codes that hold bytes, drawn and read. The library for either is loaded
// when it is needed. BarcodeDetector does not help: it gives text, and the
// bytes of these codes are none.
import { html, svg, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";

/** The quiet border that readers need, in modules. */
const border = 4;

/** Draws the code, black on white in every theme, since not every reader takes it the other way round. */
export function drawCode(bytes: Uint8Array, label: string): TemplateResult {
  return html`<div class="qr" role="img" aria-label=${label}>${until(picture(bytes), "")}</div>`;
}

async function picture(bytes: Uint8Array): Promise<TemplateResult> {
  const { encodeQR } = await import("qr");
  const rows = encodeQR("bytes", "raw", { encoding: "byte", textEncoder: () => bytes, ecc: "medium", border });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return html`<svg viewBox="0 0 ${rows.length} ${rows.length}" shape-rendering="crispEdges">${svg`<path d=${path}/>`}</svg>`;
}

/** Whether there is a camera to scan with. */
export async function hasCamera(): Promise<boolean> {
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
  return devices?.some(({ kind }) => kind === "videoinput") ?? false;
}

const lookEveryMs = 150;

/** Shows the camera in the video and returns the bytes of the first code that it sees. */
export async function scanCode(video: HTMLVideoElement, signal: AbortSignal): Promise<Uint8Array> {
  const [camera, { decodeQR }] = await Promise.all([
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }),
    import("qr/decode.js"),
  ]);
  try {
    video.srcObject = camera;
    await video.play();
    return await firstCode(video, decodeQR, signal);
  } finally {
    for (const track of camera.getTracks()) track.stop();
  }
}

async function firstCode(video: HTMLVideoElement, decode: typeof import("qr/decode.js").decodeQR, signal: AbortSignal): Promise<Uint8Array> {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  while (canvas) {
    signal.throwIfAborted();
    const bytes = read(video, canvas, decode);
    if (bytes) return bytes;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new Error("no canvas");
}

function read(video: HTMLVideoElement, canvas: CanvasRenderingContext2D, decode: typeof import("qr/decode.js").decodeQR): Uint8Array | undefined {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height) return undefined;
  canvas.canvas.width = width;
  canvas.canvas.height = height;
  canvas.drawImage(video, 0, 0);
  const parts: number[] = [];
  const keep = (bytes: Uint8Array) => (parts.push(...bytes), "");
  try {
    decode(canvas.getImageData(0, 0, width, height), { textDecoder: keep });
  } catch {
    return undefined; // no code in this picture
  }
  return parts.length ? Uint8Array.from(parts) : undefined;
}
