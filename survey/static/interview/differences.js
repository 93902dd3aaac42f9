// Where two texts differ, word by word.

const LONGEST = 400_000; // pairs of words compared: beyond, the middle differs as a whole

const words = (text) => text.match(/\s+|\S+/g) ?? [];

/** Both texts as lists of {text, differs}. */
export function differences(one, other) {
  const [a, b] = [words(one), words(other)];
  const [before, after] = common(a, b);
  const [inA, inB] = [a.slice(before, a.length - after), b.slice(before, b.length - after)];
  const [keptA, keptB] = inA.length * inB.length > LONGEST ? [new Set(), new Set()] : longest(inA, inB);
  const marked = (all, kept) =>
    all.map((text, n) => ({ text, differs: n >= before && n < all.length - after && !kept.has(n - before) }));
  return [marked(a, keptA), marked(b, keptB)];
}

/** How many words they begin and end with alike. */
function common(a, b) {
  const most = Math.min(a.length, b.length);
  let before = 0;
  while (before < most && a[before] === b[before]) before += 1;
  let after = 0;
  while (after < most - before && a.at(-1 - after) === b.at(-1 - after)) after += 1;
  return [before, after];
}

/** The places, in each, of their longest common subsequence. */
function longest(a, b) {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const next = (i + 1) * width + j;
      table[i * width + j] = a[i] === b[j] ? table[next + 1] + 1 : Math.max(table[next], table[i * width + j + 1]);
    }
  }
  const [inA, inB] = [new Set(), new Set()];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      inA.add(i);
      inB.add(j);
      i += 1;
      j += 1;
    } else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return [inA, inB];
}
