// Reads what was typed into the composer. Pure.

export type Typed =
  | { readonly kind: "text" | "emote" | "notice"; readonly body: string }
  | { readonly kind: "empty" }
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "missing"; readonly name: string };

const commands: Readonly<Record<string, "emote" | "notice">> = { "/me": "emote", "/notice": "notice" };

/** "/me waves" is an emote, "//me" is the text "/me"; a path such as /etc/hosts is text. */
export function readTyped(text: string): Typed {
  const body = text.replace(/^\s*\n|\s+$/g, "");
  if (!body.trim()) return { kind: "empty" };
  if (body.startsWith("//")) return { kind: "text", body: body.slice(1) };
  const match = /^(\/[a-z]+)(?:\s+([\s\S]*))?$/.exec(body);
  if (!match?.[1]) return { kind: "text", body };
  const name = match[1];
  const kind = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!kind) return { kind: "unknown", name };
  return match[2] ? { kind, body: match[2] } : { kind: "missing", name };
}
