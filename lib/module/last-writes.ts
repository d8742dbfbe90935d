import type { DigestMigration } from '../authentication/digest-migration.js';
import type { LastUseRecorder } from '../authentication/last-use-recorder.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { EndHook } from './application-end.js';

/** Writes what is not written yet when the application ends, while the database is still there. */
export class LastWrites {
  /** @param deadlineMs - `timeouts.managementMs`. */
  constructor(
    private readonly lastUse: LastUseRecorder,
    private readonly migration: DigestMigration,
    private readonly events: ApiTokenEvents,
    private readonly deadlineMs: number,
  ) {}

  /** Called in each hook at the end of the application. */
  async write(hook: EndHook): Promise<void> {
    const isLast = hook === 'onApplicationShutdown';
    const answers = [this.lastUse.flush(), this.migration.drain(this.deadlineMs)];
    const isWritten = (await Promise.all(answers)).every(Boolean);
    // Requests go on until the last hook. A store that fails has ended, or hangs: it is not waited for again.
    if (isLast || !isWritten) {
      this.lastUse.stop();
      this.migration.stop();
    }
    if (isLast) this.events.close();
  }
}
