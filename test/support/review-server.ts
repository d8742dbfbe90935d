import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  type ModuleMetadata,
  Param,
  ParseIntPipe,
  Post,
  Put,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  ApiTokenAccess,
  ApiTokenModule,
  type ApiTokenModuleOptions,
  ApiTokenPolicyGuard,
  ApiTokenService,
  type ApiToken,
  CurrentApiToken,
  InMemoryApiTokenStore,
  PolicyId,
  SkipApiTokenPolicy,
  type TokenPolicy,
} from 'nestjs-api-token';
import type { RunningApplication } from './application.js';

/** What the handlers were called with, so that a test sees when one ran that should not have. */
export const calls: string[] = [];

function handled(name: string): { handler: string } {
  calls.push(name);
  return { handler: name };
}

@PolicyId('project')
@Controller('projects')
export class ProjectController {
  @Get()
  list() {
    return handled('project.list');
  }

  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number) {
    return handled(`project.find ${id}`);
  }

  @Post()
  create(@Body() body: unknown) {
    return handled(`project.create ${JSON.stringify(body)}`);
  }

  @Put(':id')
  update(@Param('id', ParseIntPipe) id: number) {
    return handled(`project.update ${id}`);
  }

  @Delete(':id')
  remove(@Param('id', ParseIntPipe) id: number) {
    return handled(`project.remove ${id}`);
  }
}

/** Nested, and with a default policy ID. */
@Controller('projects/:projectId/reviews')
export class ReviewController {
  @PolicyId('review', { param: null })
  @Get()
  list() {
    return handled('review.list');
  }

  @PolicyId('review', { param: null })
  @Post()
  create() {
    return handled('review.create');
  }

  @Get(':id')
  find(@Param('id') id: string) {
    return handled(`review.find ${id}`);
  }
}

@Controller('server-info')
export class ServerInfoController {
  @Get()
  show(@CurrentApiToken() token: ApiToken | undefined) {
    return { ...handled('server_info.show'), tokenId: token?.id ?? null };
  }

  @All('anything')
  anything() {
    return handled('server_info.anything');
  }

  @SkipApiTokenPolicy()
  @Get('health')
  health() {
    return handled('server_info.health');
  }
}

@ApiTokenAccess(false)
@Controller('account')
export class AccountController {
  @Get()
  show() {
    return handled('account.show');
  }

  @ApiTokenAccess()
  @Get('name')
  name() {
    return handled('account.name');
  }
}

/** All of the review server's. */
export const REVIEW_CONTROLLERS = [
  ProjectController,
  ReviewController,
  ServerInfoController,
  AccountController,
] as const;

type Overrides = Partial<ApiTokenModuleOptions>;

/** A server with the guard bound to all of it. */
export function reviewServer(overrides: Overrides = {}): ModuleMetadata {
  calls.length = 0;
  return {
    imports: [
      ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' }, ...overrides }),
    ],
    controllers: [...REVIEW_CONTROLLERS],
    providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
  };
}

/** Issues a token to an owner and answers with its secret. */
export async function issueSecret(
  { app }: RunningApplication,
  policy: TokenPolicy | 'full-access',
  ownerId = 'grumpy',
): Promise<string> {
  const { secret } = await app.get(ApiTokenService, { strict: false }).issue({ ownerId, policy });
  return secret;
}
