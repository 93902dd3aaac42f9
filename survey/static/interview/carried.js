// What was said in an earlier wave: confirmed block by block, with one key, and never a block that one is not in.

const WAITING = ".blocks .carried:not([data-confirmed])";
const bannerOf = (article) => article?.querySelector(":scope > .carried");
const waits = (article) => Boolean(bannerOf(article)?.matches(WAITING));

/** Says in the rail whether a block waits to be confirmed. */
export function markToConfirm(call, article) {
  call.querySelector(`[data-rail="${article.id}"]`)?.toggleAttribute("data-to-confirm", waits(article));
}

/** Shows what was answered of a block; returns what comes next: the next block that waits, or this one. */
export function answer(call, article, confirmed) {
  const banner = bannerOf(article);
  if (!banner) return article;
  banner.toggleAttribute("data-confirmed", confirmed);
  banner.querySelector(".by-whom").textContent = "";
  markToConfirm(call, article);
  const next = (confirmed && after(call, banner)) || banner;
  next.closest(".block").scrollIntoView({ block: "start" });
  return next;
}

/** The first banner that waits after a place of the page, or else from its top. */
function after(call, place) {
  const waiting = [...call.querySelectorAll(WAITING)];
  const follows = (banner) => place.compareDocumentPosition(banner) & Node.DOCUMENT_POSITION_FOLLOWING;
  return waiting.find(follows) ?? waiting[0];
}

/** Follows the key that confirms and the link that changes. */
export function keepCarried(call) {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyV") return;
    event.preventDefault();
    if (event.repeat) return;
    const here = document.activeElement.closest(".block");
    if (waits(here)) {
      bannerOf(here).querySelector("form[action$='/confirm']").requestSubmit();
      return;
    }
    const next = after(call, document.activeElement);
    next?.closest(".block").scrollIntoView({ block: "start" });
    next?.focus({ preventScroll: true });
  });
  const changed = (article) => waits(article) && bannerOf(article).setAttribute("data-changed", "");
  call.addEventListener("input", ({ target }) => target.closest(".block .record") && changed(target.closest(".block")));
  call.addEventListener("click", (event) => {
    const link = event.target.closest(".has-changed");
    if (!link) return;
    event.preventDefault();
    const article = link.closest(".block");
    changed(article);
    article.querySelector(".record .control :is(input, textarea)").focus();
  });
}
