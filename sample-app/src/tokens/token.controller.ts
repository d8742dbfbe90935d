import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UseFilters,
} from '@nestjs/common';
import {
  type ApiToken,
  ApiTokenAccess,
  ApiTokenErrorFilter,
  ApiTokenService,
  canonicalResourceId,
} from 'nestjs-api-token';
import { CurrentPerson } from '../people/current-person.decorator.js';
import type { Person } from '../people/person.js';
import { type NewToken, NewTokenPipe } from './new-token.pipe.js';
import { TokenQuery } from './token-query.js';

/** A person's own tokens over HTTP. No token reaches them: one that could would give itself more than it has. */
@ApiTokenAccess(false)
@UseFilters(ApiTokenErrorFilter)
@Controller('tokens')
export class TokenController {
  constructor(private readonly tokens: ApiTokenService) {}

  @Get()
  async list(@Query() { after, limit }: TokenQuery, @CurrentPerson() owner: Person) {
    const items = await this.tokens.list({ ownerId: ownerIdOf(owner), after: after ?? null, limit });
    return { limit, items };
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  issue(@Body(NewTokenPipe) { policy, note, expiresAt }: NewToken, @CurrentPerson() owner: Person) {
    return this.tokens.issue({
      ownerId: ownerIdOf(owner),
      policy: policy as string,
      note,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    });
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @CurrentPerson() owner: Person) {
    const token = await this.#findOwn(id, owner);
    await this.tokens.revoke(token.id, { reason: `revoked by ${owner.name}` });
  }

  async #findOwn(id: string, owner: Person): Promise<ApiToken> {
    const canonical = canonicalResourceId('uuid', id);
    const token = canonical && (await this.tokens.find(canonical));
    if (!token || token.ownerId !== ownerIdOf(owner))
      throw new NotFoundException('You have no token with this ID');
    return token;
  }
}

function ownerIdOf({ id }: Person): string {
  return String(id);
}
