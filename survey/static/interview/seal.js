// Words at rest are sealed: AES-GCM, with a key that the server gives to the page and that is never written here.

/** The key in a page's attribute. It cannot be read back from what is returned. */
export function keyFrom(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Anything that JSON can say, as {iv, data}. */
export async function seal(key, words) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(words)));
  return { iv, data };
}

/** What was sealed; null when it was with another key. */
export async function unseal(key, { iv, data }) {
  try {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
  } catch {
    return null;
  }
}
