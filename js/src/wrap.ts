// Keys under keys: what the keyring stores instead of the keys themselves.

/** Purpose is what a key is for. It is bound to it: one wrapped key does not pass for the other. */
export type Purpose = "data" | "view";

const ivLength = 12;
const utf8 = new TextEncoder();

/** wrap seals a key for its database and purpose: 12 bytes of IV, then AES-GCM's ciphertext and tag. */
export async function wrap(by: CryptoKey, key: Uint8Array, database: string, purpose: Purpose): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(ivLength));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(iv, database, purpose), by, own(key)));
  const out = new Uint8Array(ivLength + sealed.length);
  out.set(iv);
  out.set(sealed, ivLength);
  return out;
}

/** unwrap rejects where the bytes were not wrapped by this key, for this database and purpose. */
export async function unwrap(by: CryptoKey, wrapped: Uint8Array, database: string, purpose: Purpose): Promise<Uint8Array> {
  const iv = own(wrapped.subarray(0, ivLength));
  return new Uint8Array(await crypto.subtle.decrypt(gcm(iv, database, purpose), by, own(wrapped.subarray(ivLength))));
}

function gcm(iv: Uint8Array<ArrayBuffer>, database: string, purpose: Purpose): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: utf8.encode(`alcove-keys\0${database}\0${purpose}`) };
}

/** own tells the compiler that these bytes are not shared between threads. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
