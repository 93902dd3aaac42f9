// The server does not answer: this page gives way to the one that was asked for as soon as it does.

import { Line } from "./line.js";
import { asked, openStore } from "./store.js";

const shell = document.querySelector("[data-offline]").dataset.offline;
const line = new Line(() => (location.pathname === shell ? location.replace("/") : location.reload()));
line.down();
document.querySelector("main button").addEventListener("click", () => line.probe());

const store = await openStore();
const entries = await asked(store.transaction("outbox").objectStore("outbox").getAll());
store.close();
document.querySelector(".words").hidden = !entries.some(({ state }) => state !== "kept");
