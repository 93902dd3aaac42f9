// The line to the server: when it is down, when to try it again. A browser that says it is online proves nothing.

const FIRST = 1000;
const LONGEST = 15_000;

export class Line {
  /** `retry` is called whenever the server answers again. */
  constructor(retry) {
    this.retry = retry;
    this.failures = 0;
    const now = () => this.timer && this.probe();
    for (const event of ["online", "focus", "pageshow"]) addEventListener(event, now);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  }

  /** Tries again later, after at least `least` milliseconds; the pause doubles, with chance in it so that a whole team does not knock at once. */
  down(least = 0) {
    clearTimeout(this.timer);
    const pause = Math.min(FIRST * 2 ** this.failures, LONGEST) * (0.5 + Math.random() / 2);
    this.failures += 1;
    this.timer = setTimeout(() => this.probe(), Math.max(pause, least));
  }

  up() {
    this.rest();
    this.failures = 0;
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  async probe() {
    this.rest();
    if (await alive()) this.retry();
    else this.down();
  }
}

/** Whether the server answers, asked now. */
export async function alive(patience = 8000) {
  try {
    const answer = await fetch("/alive", { cache: "no-store", signal: AbortSignal.timeout(patience) });
    return answer.ok && (await answer.text()) === "1"; // not the page of a hotel that asks for a room number
  } catch {
    return false;
  }
}
