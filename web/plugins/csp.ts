// Puts a content security policy into the page, so that it holds whoever
// serves it. A homeserver may be anywhere; scripts come from here only.
import type { Plugin } from "vite";

const policy = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  "img-src": "'self' blob: data:",
  "media-src": "'self' blob:",
  "connect-src": "'self' https: http:",
  "worker-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

export function contentSecurityPolicy(): Plugin {
  const content = Object.entries(policy).map(([name, value]) => `${name} ${value}`).join("; ");
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content }, injectTo: "head-prepend" }],
  };
}
