import type { TokenPolicy } from 'nestjs-api-token';

/** Items that are there when the server starts: people may have deleted the seeded ones. */
export interface ExampleItems {
  readonly repositoryId: number | null;
  readonly reviewRequestId: number | null;
}

/** A request to try, and how it will be answered. */
export interface Example {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly status: number;
}

/** A token that is printed at the start, with what to try. */
export interface DemonstrationToken {
  readonly label: string;
  readonly policy: TokenPolicy;
  examples(items: ExampleItems): readonly Example[];
}
