// What waits to be sent, kept in this browser before the network is tried: it leaves on acknowledgement alone.

import { keyFrom, seal, unseal } from "./seal.js";
import { entriesOf, openStore, toWrite, written } from "./store.js";
import { arrive, TAB } from "./tabs.js";

const PAGES_LAST = 30 * 24 * 3600 * 1000;

/** What one user keeps of one interview, `owner` {user, interview}, in this tab; null where the browser keeps nothing (plain http, private windows). */
export async function openOutbox(keyText, owner) {
  if (!globalThis.crypto?.subtle || !navigator.locks) return null;
  try {
    await arrive();
    return new Outbox(await openStore(), await keyFrom(keyText), { ...owner, tab: TAB });
  } catch {
    return null;
  }
}

class Outbox {
  constructor(store, key, owner) {
    Object.assign(this, { store, key, owner });
    this.last = Promise.resolve();
  }

  /** Writes entries as they are now, after whatever was asked before. What they say is sealed: entry.words. */
  put(...entries) {
    const now = entries.map((entry) => ({ entry, state: entry.state, words: structuredClone(entry.words) }));
    return this.inTurn(async () => {
      const sealed = await Promise.all(now.map(({ words }) => seal(this.key, words)));
      const change = toWrite(this.store, "outbox");
      const asking = now.map(({ entry, state }, n) => {
        const record = { id: entry.id, ...this.owner, state, sealed: sealed[n] };
        return change.objectStore("outbox").put(entry.seq ? { seq: entry.seq, ...record } : record);
      });
      await written(change);
      now.forEach(({ entry }, n) => (entry.seq = asking[n].result));
    });
  }

  drop(...entries) {
    return this.inTurn(() => {
      const change = toWrite(this.store, "outbox");
      for (const { seq } of entries) if (seq) change.objectStore("outbox").delete(seq);
      return written(change);
    });
  }

  /** Every entry of the interview, in order, that this user can read. */
  async read() {
    const found = await entriesOf(this.store, this.owner);
    const opened = await Promise.all(found.map((record) => unseal(this.key, record.sealed)));
    return found
      .map(({ seq, id, tab, state }, n) => ({ seq, id, tab, state, words: opened[n] }))
      .filter(({ words }) => words)
      .sort((one, other) => one.seq - other.seq);
  }

  /** Keeps a page as the server gave it, and lets go of the entries that it holds already. */
  async keepPage(path, words, held) {
    const sealed = await seal(this.key, words);
    const change = toWrite(this.store, "outbox", "pages");
    const pages = change.objectStore("pages");
    pages.put({ user: this.owner.user, path, sealed, at: Date.now() });
    pages.openCursor().onsuccess = ({ target: { result: found } }) => {
      if (found?.value.at < Date.now() - PAGES_LAST) found.delete();
      found?.continue();
    };
    for (const { seq } of held) change.objectStore("outbox").delete(seq);
    return written(change);
  }

  inTurn(act) {
    return (this.last = this.last.catch(() => {}).then(act));
  }
}
