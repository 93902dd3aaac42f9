// The end of the session: a warning two minutes before, a log-in over the page once it ended, nothing for anybody else.

import { caret } from "./caret.js";

const WARNING = 120_000;
const LOOK_EVERY = 30_000; // a laptop that slept wakes up with its timers late
const ASK_EVERY = 5_000;
const TYPING = 1_500; // nothing opens under the fingers of somebody who types
const REFLEX = 600; // a key as soon as a dialog opens was meant for what was there before

const LEFT = "Recension-Session";
const login = document.querySelector("#session-login");
const soon = document.querySelector("#session-soon");
const form = login?.querySelector("form");
const title = document.title;
const channel = new BroadcastChannel("recension-session");

/** When the session ends, in this browser's time: without use, and whatever happens. */
let ends = { idle: Infinity, age: Infinity };
let ended = false;
let over = false; // this page is nobody's any more
let typed = 0;
let opened = 0;
let asked = 0;
let warned = false;
let waiting = null; // to open a dialog
let before = () => {};

const tell = (what, detail) => document.dispatchEvent(new CustomEvent(`recension:${what}`, { detail }));
const end = () => Math.min(ends.idle, ends.age);

function learn(left, since = Date.now()) {
  const [idle, age] = left.split(" ").map((seconds) => since + seconds * 1000);
  ends = { idle, age };
  warned &&= end() - Date.now() <= WARNING;
}

/** Whether this page is still that of whoever it was drawn for, as far as it knows. */
export const signedIn = () => !ended && !over;

/** What an answer of the server says of the session, whoever asked. */
export function attend(answer) {
  if (!login || over) return;
  if (answer.status === 401 || answer.type === "opaqueredirect") return hasEnded();
  const left = answer.headers.get(LEFT);
  if (!left || !answer.ok) return;
  learn(left);
  channel.postMessage({ user: login.dataset.user, ends });
  if (ended && Date.now() - asked > ASK_EVERY) ask();
  else look();
}

/** Another person is signed in here: this page shows nothing more. */
export function stop() {
  if (!login || over) return;
  over = true;
  tell("session-ended");
  const { content, dataset } = document.querySelector("#session-other");
  const heading = document.createElement("h1");
  const main = document.createElement("main");
  heading.textContent = document.title = dataset.saysTitle;
  main.append(heading, content.cloneNode(true));
  document.documentElement.classList.remove("locked");
  document.body.className = "narrow";
  document.body.replaceChildren(main);
}

/** Asks the server whose session this is and until when. It is no sign of life: the session is not prolonged. */
async function ask(method = "GET") {
  asked = Date.now();
  const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
  try {
    const answer = await fetch(login.dataset.session, { method, headers, cache: "no-store" });
    const said = await answer.json();
    if ("user_id" in said) whose(said);
    attend(answer);
  } catch {
    return; // asked again soon
  }
}

function whose({ user_id: user, csrf_token: token }) {
  if (String(user) !== login.dataset.user) return stop();
  renew(token);
  if (!ended) return;
  ended = false;
  close(login);
  tell("signed-in");
}

/** Every form of the page goes on under the new session. */
function renew(token) {
  const within = [document, ...[...document.querySelectorAll("template")].map(({ content }) => content)];
  for (const hidden of within.flatMap((part) => [...part.querySelectorAll("input[name=csrf_token]")])) hidden.value = token;
  for (const holder of document.querySelectorAll("[data-csrf]")) holder.dataset.csrf = token;
}

function hasEnded() {
  if (ended) return;
  ended = true;
  tell("session-ended");
  if (soon.open) close(soon);
  offerLogin("Ended", "");
}

const clock = (time) => new Intl.DateTimeFormat(`${document.documentElement.lang}-CA`, { hour: "numeric", minute: "2-digit" }).format(time);

/** What the end, when it comes near, asks of whoever is there. */
function warn() {
  if (ends.age <= ends.idle) return offerLogin("Soon", clock(ends.age));
  const text = soon.querySelector("p");
  text.textContent = text.dataset.says.replace("{time}", clock(ends.idle));
  open(soon);
}

function offerLogin(when, time) {
  login.querySelector("h2").textContent = login.dataset[`says${when}`];
  login.querySelector("p").textContent = login.dataset[`says${when}Text`].replace("{time}", time);
  form.querySelector("[value=later]").hidden = ended;
  form.querySelector("a").hidden = !ended;
  say("");
  open(login);
}

/** Opens a dialog once nobody types; one that ends the session hides the page under it. */
function open(dialog) {
  clearTimeout(waiting);
  waiting = null;
  const pause = typed + TYPING - Date.now();
  if (pause > 0) return void (waiting = setTimeout(open, pause, dialog));
  if (over || (!ended && end() - Date.now() > WARNING)) return;
  if (!dialog.open) {
    before = caret();
    dialog.showModal();
    opened = Date.now();
  }
  if (!ended) return;
  document.documentElement.classList.add("locked");
  document.title = login.dataset.saysEnded;
}

/** Closes a dialog; the focus is back where it was as soon as this returns. */
function close(dialog) {
  clearTimeout(waiting);
  waiting = null;
  document.documentElement.classList.remove("locked");
  document.title = title;
  form.elements.password.value = "";
  if (!dialog.open) return;
  dialog.close();
  before(); // at once: the next letter may come before the event that says the dialog is closed
}

/** Whoever answers a warning is there. */
function away(dialog) {
  close(dialog);
  if (dialog === soon) ask("POST");
}

function say(sentence) {
  const notice = form.querySelector("[role=alert]");
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

async function signIn(renewed = false) {
  const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
  let answer, said;
  try {
    answer = await fetch(form.action, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
    said = await answer.json();
  } catch {
    return say(login.dataset.saysUnreachable);
  }
  if (answer.ok) {
    ended = true; // that session did
    whose(said);
    return attend(answer);
  }
  if ("user_id" in said) return whose(said); // somebody signed in meanwhile, in another tab
  if (said.csrf_token && !renewed) return renew(said.csrf_token) ?? signIn(true);
  say(said.error);
  form.elements.password.select();
}

/** Somebody else is at this computer: they get the ordinary log-in in the place of this page. */
function leave() {
  over = true;
  document.body.replaceChildren();
  location.replace(form.action);
}

/** Looks at the clock; what it seems to say is asked of the server before anybody is disturbed. */
async function look() {
  if (over || ended) return;
  const left = end() - Date.now();
  if (left > WARNING && soon.open) close(soon);
  if (left > WARNING || (left > 0 && warned) || Date.now() - asked < ASK_EVERY) return;
  await ask();
  if (over || ended || warned || end() - Date.now() > WARNING) return;
  warned = true;
  warn();
}

function follow() {
  const { kept } = document.documentElement.dataset; // by the service worker, when the page was last on line
  learn(login.dataset.left, Number(kept) || Date.now());
  if (!kept) channel.postMessage({ user: login.dataset.user, ends });
  const schedule = () => setTimeout(() => (look(), schedule()), Math.min(LOOK_EVERY, Math.max(1000, end() - WARNING - Date.now())));
  schedule();
  channel.addEventListener("message", ({ data }) => {
    if (!data.user) return ask(); // a page opened that is nobody's: somebody may have logged out
    if (data.user !== login.dataset.user) return stop();
    if (Math.min(data.ends.idle, data.ends.age) > end()) ends = data.ends;
    if (ended) ask();
    else look();
  });
  const back = () => document.visibilityState === "visible" && !over && Date.now() - asked > ASK_EVERY && ask();
  document.addEventListener("visibilitychange", back);
  addEventListener("pageshow", ({ persisted }) => persisted && back());
  listen();
}

function listen() {
  const type = (event) => {
    if (!login.contains(event.target) && !soon.contains(event.target)) typed = Date.now();
  };
  for (const kind of ["keydown", "input"]) document.addEventListener(kind, type, true);
  addEventListener("beforeunload", (event) => over && event.stopImmediatePropagation(), true);

  for (const dialog of [soon, login]) {
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") event.preventDefault();
      if (event.key === "Escape" && !ended) away(dialog);
      if (Date.now() - opened >= REFLEX || ["Control", "Alt", "Meta", "Shift", "Escape"].includes(event.key)) return;
      typed = Date.now();
      close(dialog); // the key now goes where the focus was
      open(dialog);
    });
    dialog.addEventListener("input", () => (opened = 0)); // whoever fills it in knows that it is there
    dialog.addEventListener("close", () => ended && !login.open && !waiting && open(login));
  }
  soon.addEventListener("submit", (event) => {
    event.preventDefault();
    away(soon);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn();
  });
  form.querySelector("[value=later]").addEventListener("click", () => away(login));
  form.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}

if (login) follow();
