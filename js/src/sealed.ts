// The page's half of wasm/seal, which has the form of sealed values and tests
// both halves against the same vectors.

/** 0xA2: AES-256-GCM under the key `view`. */
const kind = 0xa2;
const ivLength = 12;
const format = 1;
const utf8 = new TextEncoder();

/** viewKey makes a key for {@link openView} of its bytes, which it wipes. */
export async function viewKey(bytes: Uint8Array): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey("raw", bytes as BufferSource, "AES-GCM", false, ["decrypt"]);
  bytes.fill(0);
  return key;
}

/** openView opens a value of the store `view`; it rejects where that is none or does not open. */
export async function openView(key: CryptoKey, recordKey: Uint8Array, value: unknown): Promise<Uint8Array> {
  if (!(value instanceof Uint8Array) || value[0] !== kind) throw new TypeError("not a sealed view");
  const iv = value.slice(1, 1 + ivLength);
  const params = { name: "AES-GCM", iv, additionalData: binding(recordKey) as BufferSource };
  return new Uint8Array(await crypto.subtle.decrypt(params, key, value.slice(1 + ivLength)));
}

/** binding keeps a value from passing for that of another key or store. */
function binding(recordKey: Uint8Array): Uint8Array {
  return Uint8Array.from([...utf8.encode("view"), 0, 0, 0, 0, format, ...recordKey]);
}
