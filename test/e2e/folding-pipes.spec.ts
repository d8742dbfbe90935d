import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, ParseFloatPipe, ParseIntPipe, type Type, UsePipes } from '@nestjs/common';
import { PolicyId } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

/** TypeScript leaves no trace of such a type for Nest. */
type CatId = number & { readonly brand: 'cat' };

@PolicyId('cat')
@Controller('cats')
class FloatController {
  @Get(':id')
  find(@Param('id', ParseFloatPipe) id: CatId) {
    calls.push(String(id));
  }
}

@PolicyId('cat')
@Controller('cats')
class MethodPipeController {
  @UsePipes(ParseIntPipe)
  @Get(':id')
  find(@Param('id') id: CatId) {
    calls.push(String(id));
  }
}

@PolicyId('cat')
@UsePipes(new ParseIntPipe())
@Controller('cats')
class ClassPipeController {
  @Get(':id')
  find(@Param('id') id: CatId) {
    calls.push(String(id));
  }
}

@PolicyId('cat')
@Controller('cats')
class TwiceController {
  @Get(':id')
  find(@Param('id') written: string, @Param('id', ParseIntPipe) id: CatId) {
    calls.push(`${written} is ${id}`);
  }
}

@PolicyId('cat')
@Controller('cats')
class TwiceTheOtherWayController {
  @Get(':id')
  find(@Param('id', ParseIntPipe) id: CatId, @Param('id') written: string) {
    calls.push(`${written} is ${id}`);
  }
}

describe('pipes that fold spellings', () => {
  it.each<[string, Type]>([
    ['ParseFloatPipe', FloatController],
    ['a pipe of the method', MethodPipeController],
    ['a pipe of the class', ClassPipeController],
    ['a pipe of one of two bindings', TwiceController],
    ['a pipe of the other', TwiceTheOtherWayController],
  ])('C01 C05 %s can turn no spelling into a blocked number', async (_, controller) => {
    const server = await startApplication('Express', { ...reviewServer(), controllers: [controller] });
    const secret = await issueSecret(server, {
      resources: { cat: { '0': { block: ['*'] }, '42': { block: ['*'] } } },
    });
    const status = async (id: string) => (await server.send('GET', `/cats/${id}`, bearer(secret))).status;
    for (const id of ['0', '42', '%34%32'])
      expect({ id, status: await status(id) }).toEqual({ id, status: 403 });
    for (const id of ['042', '+42', '%2B42', '42.0', '42.', '4.2e1', '-0', '00', '0.0']) {
      expect({ id, status: await status(id) }).toEqual({ id, status: 400 });
    }
    expect(calls).toEqual([]);
    expect(await status('43')).toBe(200);
  });
});
