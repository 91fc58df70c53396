/** A random id for client_msg_id and tabs. crypto.randomUUID is missing on plain-http pages, getRandomValues is not. */
export function newId(prefix = ""): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return prefix + text;
}
