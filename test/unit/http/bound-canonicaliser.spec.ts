import {
  Body,
  Get,
  Headers,
  Param,
  ParseIntPipe,
  ParseUUIDPipe,
  type PipeTransform,
  Query,
} from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { boundCanonicaliser } from '../../../lib/http/bound-canonicaliser.js';

class PositiveIntPipe extends ParseIntPipe {}
class LowerUuidPipe extends ParseUUIDPipe {}
class TrimPipe implements PipeTransform {
  transform(value: string): string {
    return value.trim();
  }
}

function property(target: object, name: string): void {
  void [target, name];
}

class ItemParams {
  @property id!: number;
  @property slug!: string;
  unmarked!: number;
}

class Handlers {
  @Get() intPipe(@Param('id', ParseIntPipe) id: string) {
    return id;
  }
  @Get() intPipeObject(@Param('id', new ParseIntPipe()) id: string) {
    return id;
  }
  @Get() ownIntPipe(@Param('id', TrimPipe, PositiveIntPipe) id: string) {
    return id;
  }
  @Get() uuidPipe(@Param('id', ParseUUIDPipe) id: string) {
    return id;
  }
  @Get() uuidPipeObject(@Param('id', new ParseUUIDPipe({ version: '4' })) id: string) {
    return id;
  }
  @Get() ownUuidPipe(@Param('id', new TrimPipe(), LowerUuidPipe) id: string) {
    return id;
  }
  @Get() numberType(@Param('id') id: number) {
    return id;
  }
  @Get() stringType(@Param('id') id: string) {
    return id;
  }
  @Get() otherPipe(@Param('id', TrimPipe) id: string) {
    return id;
  }
  @Get() second(@Query('id', ParseIntPipe) page: number, @Param('id', ParseUUIDPipe) id: string) {
    return [page, id];
  }
  @Get() others(@Param('a', ParseIntPipe) a: number, @Param('id') id: string) {
    return [a, id];
  }
  @Get() elsewhere(
    @Query('id', ParseIntPipe) id: number,
    @Headers('id') header: number,
    @Body() body: ItemParams,
  ) {
    return [id, header, body];
  }
  @Get() whole(@Param() params: ItemParams) {
    return params;
  }
  @Get() untyped(@Param() params: unknown, @Param('id', ParseIntPipe) id: number) {
    return [params, id];
  }
  @Get() classBefore(@Param('filter', TrimPipe) filter: ItemParams, @Param('id', ParseUUIDPipe) id: string) {
    return [filter, id];
  }
  @Get() classElsewhere(@Param('filter', TrimPipe) filter: ItemParams) {
    return filter;
  }
  @Get() bare() {
    return null;
  }
}

describe('how a parameter is bound', () => {
  it.each<[keyof Handlers, string, 'int' | 'uuid' | 'exact' | undefined]>([
    ['intPipe', 'id', 'int'],
    ['intPipeObject', 'id', 'int'],
    ['ownIntPipe', 'id', 'int'],
    ['uuidPipe', 'id', 'uuid'],
    ['uuidPipeObject', 'id', 'uuid'],
    ['ownUuidPipe', 'id', 'uuid'],
    ['numberType', 'id', 'int'],
    ['stringType', 'id', 'exact'],
    ['otherPipe', 'id', 'exact'],
    ['second', 'id', 'uuid'],
    ['others', 'id', 'exact'],
    ['others', 'a', 'int'],
    ['others', 'b', undefined],
    ['elsewhere', 'id', undefined],
    ['whole', 'id', 'int'],
    ['whole', 'slug', 'exact'],
    ['whole', 'unmarked', undefined],
    ['untyped', 'id', 'int'],
    ['classBefore', 'id', 'uuid'],
    ['classElsewhere', 'id', undefined],
    ['bare', 'id', undefined],
  ])('%s: %s is %s', (methodName, param, canonicaliser) => {
    expect(boundCanonicaliser(Handlers, methodName, param)).toBe(canonicaliser);
  });

  it('is not told by what is no handler', () => {
    expect(boundCanonicaliser(TrimPipe, 'transform', 'id')).toBeUndefined();
  });

  it('is told in JavaScript too, which leaves no types', () => {
    class Untyped {
      whole(): void {}
      named(): void {}
    }
    Param()(Untyped.prototype, 'whole', 0);
    Param('id')(Untyped.prototype, 'named', 0);
    expect(boundCanonicaliser(Untyped, 'whole', 'id')).toBeUndefined();
    expect(boundCanonicaliser(Untyped, 'named', 'id')).toBe('exact');
  });
});
