// What stands on the server in a field, and who wrote it.

import { placeOf } from "./fields.js";

/** {version, value, reason, who, when, yours}; nothing for a field that was never saved. */
export async function latest(call, field, part) {
  const { block, item } = placeOf(field, part);
  const address = new URL(`${call.dataset.history}/${item}`, location.href);
  address.search = new URLSearchParams({ block: block ?? "", part });
  const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
  const { steps } = await response.json();
  return Object.values(steps).at(-1);
}
