import { Controller, Get, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { PolicyId } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { issueSecret } from '../support/review-server.js';

describe('canonical IDs', () => {
  it('C03 a UUID is authorized in lower case, whatever its pipe lets pass', async () => {
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get(':id')
      find(@Param('id', new ParseUUIDPipe()) id: string) {
        return { id };
      }
    }
    const server = await startApplication('Express', withControllers([CatController]));
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const secret = await issueSecret(server, blocked('cat', id));
    expect((await server.send('GET', `/cats/${id}`, bearer(secret))).status).toBe(403);
    expect((await server.send('GET', `/cats/${id.toUpperCase()}`, bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/cats/no-uuid', bearer(secret))).status).toBe(400);
  });

  it('C01 a parameter that a ValidationPipe turns into a number is authorized as one', async () => {
    class CatParams {
      @Type(() => Number)
      id!: number;
    }
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get(':id')
      find(@Param() params: CatParams) {
        return params;
      }

      @Post(':id')
      update(@Param('id') id: number) {
        return { id };
      }
    }
    const server = await startApplication('Express', withControllers([CatController]));
    const secret = await issueSecret(server, blocked('cat', '42'));
    for (const method of ['GET', 'POST']) {
      expect((await server.send(method, '/cats/42', bearer(secret))).status).toBe(403);
      expect((await server.send(method, '/cats/+42', bearer(secret))).status).toBe(400);
      expect((await server.send(method, '/cats/042', bearer(secret))).status).toBe(400);
    }
  });

  it('C11 a canonicalizer of the application folds its aliases', async () => {
    @PolicyId('user', { canonical: (raw) => (/^[a-z]+$/i.test(raw) ? raw.toLowerCase() : null) })
    @Controller('users')
    class UserController {
      @Get(':id')
      find(@Param('id') id: string) {
        return { id };
      }
    }
    const server = await startApplication('Express', withControllers([UserController]));
    const secret = await issueSecret(server, blocked('user', 'grumpy'));
    expect((await server.send('GET', '/users/GRUMPY', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/users/doc', bearer(secret))).status).toBe(200);
    expect((await server.send('GET', '/users/grumpy%20', bearer(secret))).status).toBe(400);
  });
});
