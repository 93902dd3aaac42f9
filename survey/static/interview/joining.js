// Two versions of a text as one, where what both say is said once.

const LINES = { between: "\n", sentences: /(?<=\n|\S{3,}[.!?…]\s+)(?=\S)/ };
const ONE_LINE = { between: " / ", sentences: /(?<= \/ )/ };

const bare = (sentence) => sentence.replace(/ \/ $/, "").replace(/\s+/g, " ").trim();

/** Whether a sentence is there already, or goes on there; "12" does not go on in "120". */
const held = (sentence, text) =>
  text === sentence || (text.startsWith(sentence) && !/\d\d/.test(text.slice(sentence.length - 1, sentence.length + 1)));

const within = (text, longer) => ` ${bare(longer)} `.includes(` ${bare(text)} `);

/** What `mine` says, then what only `theirs` says. */
export function joined(mine, theirs, oneLine) {
  const { between, sentences } = oneLine ? ONE_LINE : LINES;
  if (within(theirs, mine)) return mine;
  if (within(mine, theirs)) return theirs;
  const [own, others] = [mine, theirs].map((text) => text.split(sentences));
  const kept = own.filter((one) => !others.some((other) => bare(one) !== bare(other) && held(bare(one), bare(other))));
  const added = others.filter((other) => !kept.some((one) => held(bare(other), bare(one))));
  const text = (pieces) => pieces.join("").replace(oneLine ? / \/ $/ : /\s+$/, "");
  return [kept, added].map(text).filter(Boolean).join(between);
}
