import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many of these things are still held by something. */
export async function countHeld(things: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a WeakRef was made of or asked for is held until the present turn ends.
  await delay(1);
  collect();
  return things.filter((thing) => thing.deref() !== undefined).length;
}
