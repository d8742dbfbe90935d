const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/**
 * A loop of its own for one contestant, made from text so that no two share code: V8 keeps what it learns with the code,
 * and a loop that had met other contestants would treat the next worse than an application does, which has one.
 *
 * @param {string} name
 * @param {string} call The expression to time; it may use `subject` and `each`, and is counted where it is true.
 * @returns {(subject: unknown, pool: readonly unknown[]) => number}
 */
export function ownLoop(name, call) {
  return new Function('subject', 'pool', loop(name, `if (${call}) count += 1;`));
}

/**
 * The same for what may answer with a promise: awaited where there is one, as Nest does with guards.
 *
 * @param {string} name
 * @param {string} call
 * @returns {(subject: unknown, pool: readonly unknown[]) => Promise<number>}
 */
export function ownAwaitingLoop(name, call) {
  const step = `const answer = ${call};
      if ((answer instanceof Promise ? await answer : answer) === true) count += 1;`;
  return new AsyncFunction('subject', 'pool', loop(name, step));
}

function loop(name, step) {
  return `// ${name}
    let count = 0;
    for (let index = 0; index < pool.length; index += 1) {
      const each = pool[index];
      ${step}
    }
    return count;`;
}
