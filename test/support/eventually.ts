import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 4_000;

/** Waits until a check passes, for so many milliseconds or however busy the machine is, and fails as it does where it never passes. */
export async function eventually(check: () => unknown, withinMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await delay(5);
    }
  }
}

/** Lets something wait until it is opened. */
export class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}
