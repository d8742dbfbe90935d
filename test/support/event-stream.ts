import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningApplication } from './application.js';

/** A stream of events as a client sees it. */
export interface EventStream {
  readonly state: { status: number; text: string; hasEnded: boolean };
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens a stream and waits for its first events. */
export async function openStream(
  { app }: RunningApplication,
  path: string,
  headers: readonly string[] = [],
): Promise<EventStream> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const state = { status: 0, text: '', hasEnded: false };
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    headers: ['Host', '127.0.0.1', 'Connection', 'close', ...headers],
  });
  request.on('error', () => {
    state.hasEnded = true;
  });
  const ended = new Promise<void>((resolve) => {
    request.on('response', (response) => {
      state.status = response.statusCode ?? 0;
      response.on('data', (chunk: Buffer) => (state.text += chunk.toString()));
      response.on('error', () => undefined);
      response.on('close', () => {
        state.hasEnded = true;
        resolve();
      });
    });
  });
  request.end();
  while (!state.text.includes('data: 2') && !state.hasEnded) await wait(5);
  return { state, ended, close: () => request.destroy() };
}

/** Waits for so many milliseconds. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
