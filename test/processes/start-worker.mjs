import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a worker on a database, and resolves when it takes commands. */
export async function startWorker(database, lifetimeMs) {
  const settings = JSON.stringify({ database: { type: database.type, url: database.url }, lifetimeMs });
  const worker = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [settings]);
  const answer = () =>
    new Promise((resolve, reject) => {
      const listen = (message) => {
        if (!('answer' in message)) return;
        worker.off('message', listen);
        worker.off('exit', fail);
        resolve(message.answer);
      };
      const fail = () => reject(new Error('The worker has ended'));
      worker.on('message', listen);
      worker.once('exit', fail);
    });
  await answer();
  return {
    process: worker,
    tell(command, argument) {
      const answered = answer();
      worker.send({ command, argument });
      return answered;
    },
    async kill() {
      const exited = once(worker, 'exit');
      worker.kill('SIGKILL');
      await exited;
    },
  };
}
