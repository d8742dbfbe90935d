import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  // What a WeakRef was made of or asked for is held until the present turn ends.
  await delay(1);
  (runInNewContext('gc') as () => void)();
}

/** How many of these things are still held by something. */
export async function countHeld(things: readonly WeakRef<object>[]): Promise<number> {
  await collect();
  return things.filter((thing) => thing.deref() !== undefined).length;
}

/** How many bytes of the heap are held by something. */
export async function usedHeap(): Promise<number> {
  await collect();
  // What was weakly held by what has gone goes with the second.
  await collect();
  return process.memoryUsage().heapUsed;
}
