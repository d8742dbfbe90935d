import type { ArgumentsHost } from '@nestjs/common';
import type { ApiToken } from '../tokens/api-token.js';

/** What the guard has found out about one message, under the objects that Nest calls its handler with. */
interface Message {
  /** Undefined where the guard has not seen the message; null where it came without a token. */
  token?: ApiToken | null;
  readonly next: WeakMap<object, Message>;
}

interface MessageTokens {
  /** One level for each argument: a socket is shared by messages, and the root of a query by requests. */
  readonly messages: Message;
  /** By carrier, and by each argument but the first: of these none outlives what one token asked for. */
  readonly carriers: WeakMap<object, ApiToken>;
}

// Shared by the CommonJS and the ES module copy of this package. Nothing is written on an argument, as a payload may be sent
// back, and nothing is kept longer than the argument.
const KEY = Symbol.for('nestjs-api-token:message-tokens');
const shared = globalThis as { [KEY]?: MessageTokens };
const { messages, carriers } = (shared[KEY] ??= {
  messages: { next: new WeakMap() },
  carriers: new WeakMap(),
});

/** Leaves on a message that it is not authenticated, or no more. */
export function openMessage(host: ArgumentsHost): void {
  let message = messages;
  for (const argument of objectArguments(host)) {
    let next = message.next.get(argument);
    if (next === undefined) message.next.set(argument, (next = { next: new WeakMap() }));
    message = next;
  }
  if (message !== messages) message.token = null;
}

/** Leaves the token on a message. */
export function fillMessage(host: ArgumentsHost, carrier: object, token: ApiToken): void {
  const message = find(host);
  if (message !== undefined) message.token = token;
  carriers.set(carrier, token);
  for (const argument of laterArguments(host)) carriers.set(argument, token);
}

/** Takes from a carrier what an earlier message has left. */
export function emptyCarrier(carrier: object): void {
  carriers.delete(carrier);
}

/** The token that a message was authenticated with. */
export function messageToken(host: ArgumentsHost): ApiToken | undefined {
  const token = find(host)?.token;
  if (token !== undefined) return token ?? undefined;
  // The fields of a GraphQL operation share its context, and an interceptor may have put another payload in its place.
  return laterArguments(host)
    .map((argument) => carriers.get(argument))
    .find((found) => found !== undefined);
}

/** The token of the last message of a carrier. */
export function carrierToken(carrier: object): ApiToken | undefined {
  return carriers.get(carrier);
}

function find(host: ArgumentsHost): Message | undefined {
  let message: Message | undefined = messages;
  for (const argument of objectArguments(host)) message = message?.next.get(argument);
  return message === messages ? undefined : message;
}

function objectArguments(host: ArgumentsHost): object[] {
  return host.getArgs<unknown[]>().filter(isObject);
}

function laterArguments(host: ArgumentsHost): object[] {
  return host.getArgs<unknown[]>().slice(1).filter(isObject);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
