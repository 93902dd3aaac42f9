// An interview that went to somebody else since words were typed there: opening it would send nothing.

const PATIENCE = 3000;

/** Where what waits is shown, for an interview that the server keeps this user out of; null where it does not, or does not answer. */
export async function keptOut({ asks, words }, interview) {
  const path = asks.replace("/0/", `/${interview}/`);
  const asked = { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(path, asked).catch(() => null);
  return [403, 404].includes(answer?.status) ? words.replace("/0/", `/${interview}/`) : null;
}

/** A link there. */
export function seeWords({ saysOut }, href) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = saysOut;
  return link;
}
