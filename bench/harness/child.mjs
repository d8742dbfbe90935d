/** Runs parts of the bench in processes of their own, where nothing of the others is compiled, cached or on the heap. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

const START = new URL('../workers/start.mjs', import.meta.url);

/**
 * What a process of `workers/` measured.
 *
 * @param {string} name The file's name, without its ending.
 * @param {object} options What it is told.
 * @param {{ execArgv?: string[] }} [settings] Options of Node itself.
 * @throws Error where the process ends without an answer.
 */
export async function inChild(name, options, settings) {
  const child = await startChild(name, options, settings);
  try {
    return child.started;
  } finally {
    await child.stop();
  }
}

/**
 * The same for a process that lives on and answers questions.
 *
 * @returns {Promise<{ started: any, ask(question: object): Promise<any>, stop(): Promise<void> }>}
 */
export async function startChild(name, options, { execArgv = [] } = {}) {
  const child = fork(START, [name, JSON.stringify(options)], { execArgv });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`The process "${name}" ended with ${signal ?? code} and gave no answer.`);
  });
  // Whoever waits for an answer hears of it; nobody else has to.
  ended.catch(() => undefined);
  const answer = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message;
  };
  return {
    started: await answer(),
    ask: (question) => {
      const answered = answer();
      child.send(question);
      return answered;
    },
    stop: async () => {
      if (child.connected) child.send({ stop: true });
      await ended.catch(() => undefined);
    },
  };
}
