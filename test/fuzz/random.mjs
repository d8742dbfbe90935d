/** Random choices that a seed repeats (mulberry32). */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to the limit, without it. */
  below(limit) {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit) | 0;
  }

  of(list) {
    return list[this.below(list.length)];
  }

  isLucky(oneIn) {
    return this.below(oneIn) === 0;
  }

  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** The text with some of its characters replaced, removed or doubled. */
  damaged(text) {
    let result = text;
    for (let left = 1 + this.below(3); left > 0; left -= 1) {
      const at = this.below(result.length + 1);
      const middle = this.of([
        '',
        this.bytes(1).toString('latin1'),
        result.slice(at, at + 2) + result.slice(at, at + 2),
        this.of(['"', '{', '}', ':', ',', '*', '/', '%', '%00', '..', ' ', '\t', '\\', '-', '0', 'é']),
      ]);
      result = result.slice(0, at) + middle + result.slice(at + this.below(2));
    }
    return result;
  }
}
