import { afterEach, beforeEach } from '@jest/globals';
import { Controller, Get, Logger, Post, Req } from '@nestjs/common';
import {
  type ApiToken,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  ApiTokenService,
  CurrentApiToken,
  getApiToken,
} from 'nestjs-api-token';
import { type Platform, startApplication } from './application.js';
import { withControllers } from './controllers.js';
import { Recorder } from './recorder.js';
import { ProjectController } from './review-server.js';
import { everything } from './tokens.js';

/** An application that logs what it gets, and fails with it. */
@Controller('careless')
class CarelessController {
  private readonly logger = new Logger('Careless');

  constructor(private readonly tokens: ApiTokenService) {}

  @Get()
  show(@CurrentApiToken() token: ApiToken, @Req() request: object) {
    this.logger.log(token);
    this.logger.debug(getApiToken(request));
    return { token, found: getApiToken(request) };
  }

  @Get('failure')
  fail(@CurrentApiToken() token: ApiToken) {
    throw new Error('careless', { cause: token });
  }

  @Post()
  issue() {
    return this.tokens.issue({ ...everything, note: 'over HTTP' });
  }
}

let recorder: Recorder;

beforeEach(() => {
  recorder = new Recorder();
});

afterEach(() => {
  recorder.stop();
  Logger.overrideLogger(false);
});

/** Starts a server all of whose logs, events and replies are written down. */
export async function startRecorded(platform: Platform, overrides: Partial<ApiTokenModuleOptions>) {
  const { app, send } = await startApplication(
    platform,
    withControllers([ProjectController, CarelessController], overrides),
    (created) => created.useLogger(recorder),
  );
  app.get(ApiTokenEvents).subscribe((event) => recorder.note(event));
  const ask = async (path: string, headers: readonly string[], method = 'GET') => {
    const reply = await send(method, path, headers);
    recorder.said.push(`${reply.status} ${JSON.stringify(reply.headers)} ${reply.text}`);
    return reply.status;
  };
  return { app, tokens: app.get(ApiTokenService), ask, recorder };
}
