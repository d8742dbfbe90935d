import {
  Body,
  createParamDecorator,
  Get,
  Headers,
  Param,
  ParseIntPipe,
  ParseUUIDPipe,
  type PipeTransform,
  Query,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { describe, expect, it } from '@jest/globals';
import { CurrentApiToken } from 'nestjs-api-token';
import { boundCanonicalizer } from '../../../lib/routes/bound-canonicalizer.js';

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

const ReadsParameter = createParamDecorator(() => '');

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
  @Get() intBefore(@Param('id', ParseIntPipe, TrimPipe) id: unknown) {
    return id;
  }
  @Get() anyPipeOfNumber(@Param('id', TrimPipe) id: number) {
    return id;
  }
  @Get() validated(@Param('id', ValidationPipe, new ValidationPipe({ expectedType: String })) id: string) {
    return id;
  }
  @Get() expectedNumber(@Param('id', new ValidationPipe({ expectedType: Number })) id: string) {
    return id;
  }
  @Get() expectedClass(@Param('id', new ValidationPipe({ expectedType: ItemParams })) id: string) {
    return id;
  }
  @Get() wholeOfNumber(@Param(new ValidationPipe({ expectedType: ItemParams })) params: unknown) {
    return params;
  }
  @Get() wholeOfClass(@Param(ValidationPipe) params: ItemParams) {
    return params;
  }
  @Get() union(@Param('id') id: number | string) {
    return id;
  }
  @Get() custom(@ReadsParameter('id') id: string) {
    return id;
  }
  @Get() customBeside(@ReadsParameter('id') user: string, @Param('id') id: string) {
    return [user, id];
  }
  @Get() token(@CurrentApiToken() token: unknown) {
    return token;
  }
  message(@Payload('id', TrimPipe) id: string) {
    return id;
  }
}

function unknown(because: string, pipe?: string) {
  return { because, ...(pipe && { pipe }) };
}

const mayFold = (name: string) =>
  unknown(`the pipe ${name} is not known and may make one value of two spellings`, name);

describe('how a parameter is bound', () => {
  it.each<[keyof Handlers, string, object]>([
    ['ownIntPipe', 'id', mayFold('TrimPipe')],
    ['ownUuidPipe', 'id', mayFold('TrimPipe')],
    ['otherPipe', 'id', mayFold('TrimPipe')],
    ['expectedClass', 'id', unknown('its type ItemParams may be spelled in several ways')],
    [
      'wholeOfClass',
      'slug',
      unknown(
        'it is a property of ItemParams, and decorators of class-transformer may make one value of two spellings',
      ),
    ],
    ['union', 'id', unknown('its type leaves no trace at run time, as that of a union or an alias')],
    [
      'custom',
      'id',
      unknown('only the decorator of argument 1 can bind it, and that decorator is not known'),
    ],
  ])('RI05 %s: %s is not known', (methodName, param, form) => {
    expect(boundCanonicalizer({ controller: Handlers, methodName: methodName }, param)).toEqual(form);
  });

  it('RI05 a decorator of another does not matter where one of Nest binds it, nor does ours', () => {
    expect(boundCanonicalizer({ controller: Handlers, methodName: 'customBeside' }, 'id')).toBe('exact');
    expect(boundCanonicalizer({ controller: Handlers, methodName: 'token' }, 'id')).toBeUndefined();
  });

  it('RI07 the pipes of the application count, and those that are named do not', () => {
    const form = (everywhere: unknown[], known: unknown[] = []) =>
      boundCanonicalizer({ controller: Handlers, methodName: 'stringType' }, 'id', { everywhere, known });
    expect(form([TrimPipe])).toEqual(mayFold('TrimPipe'));
    expect(form([new TrimPipe()])).toEqual(mayFold('TrimPipe'));
    expect(form([TrimPipe, new TrimPipe()], [TrimPipe])).toBe('exact');
    expect(form([new (class extends TrimPipe {})()], [TrimPipe])).toEqual(mayFold('(anonymous)'));
    expect(form([new ValidationPipe()])).toBe('exact');
    expect(form([new ParseIntPipe()])).toBe('int');
  });

  it('RI07 no name makes a pipe that folds spellings one that leaves them alone', () => {
    const form = (methodName: string, known: unknown[]) =>
      boundCanonicalizer({ controller: Handlers, methodName: methodName }, 'id', { everywhere: [], known });
    expect(form('intPipe', [ParseIntPipe])).toBe('int');
    expect(form('uuidPipe', [ParseUUIDPipe])).toBe('uuid');
    expect(form('expectedNumber', [ValidationPipe])).toBe('int');
    expect(form('whole', [ValidationPipe])).toBe('int');
  });

  it('RI07 what Nest leaves out counts for nothing', () => {
    const application = { everywhere: [undefined, null, {}, { transform: 1 }], known: [] };
    expect(boundCanonicalizer({ controller: Handlers, methodName: 'stringType' }, 'id', application)).toBe(
      'exact',
    );
    const withOne = { everywhere: [undefined, null, TrimPipe], known: [] };
    expect(boundCanonicalizer({ controller: Handlers, methodName: 'stringType' }, 'id', withOne)).toEqual(
      mayFold('TrimPipe'),
    );
  });

  it('RI07 the pipes of a method count where the instance has another function of its name', () => {
    class Wrapped {
      @Get() @UsePipes(TrimPipe) find(@Param('id') id: string) {
        return id;
      }
      @Get() own(@Param('id') id: string) {
        return id;
      }
    }
    const own = () => undefined;
    UsePipes(TrimPipe)(Wrapped.prototype, 'own', { value: own });
    const bound = (methodName: string, method?: () => unknown) =>
      boundCanonicalizer({ controller: Wrapped, methodName, ...(method && { method }) }, 'id');
    expect(bound('find')).toEqual(mayFold('TrimPipe'));
    expect(bound('find', own)).toEqual(mayFold('TrimPipe'));
    expect(bound('own')).toBe('exact');
    expect(bound('own', own)).toEqual(mayFold('TrimPipe'));
    expect(bound('missing')).toBeUndefined();
  });

  it('RI07 outside HTTP its payload is read', () => {
    expect(boundCanonicalizer({ controller: Handlers, methodName: 'message', context: 'rpc' }, 'id')).toEqual(
      mayFold('TrimPipe'),
    );
    expect(boundCanonicalizer({ controller: Handlers, methodName: 'message' }, 'id')).toBeUndefined();
    expect(
      boundCanonicalizer({ controller: Handlers, methodName: 'otherPipe', context: 'ws' }, 'id'),
    ).toBeUndefined();
  });

  it.each<[keyof Handlers, string, 'int' | 'uuid' | 'exact' | undefined]>([
    ['intPipe', 'id', 'int'],
    ['intPipeObject', 'id', 'int'],
    ['uuidPipe', 'id', 'uuid'],
    ['uuidPipeObject', 'id', 'uuid'],
    ['numberType', 'id', 'int'],
    ['stringType', 'id', 'exact'],
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
    ['intBefore', 'id', 'int'],
    ['anyPipeOfNumber', 'id', 'int'],
    ['validated', 'id', 'exact'],
    ['expectedNumber', 'id', 'int'],
    ['wholeOfNumber', 'id', 'int'],
    ['classElsewhere', 'id', undefined],
    ['bare', 'id', undefined],
  ])('%s: %s is %s', (methodName, param, canonicalizer) => {
    expect(boundCanonicalizer({ controller: Handlers, methodName: methodName }, param)).toBe(canonicalizer);
  });

  it('is not told by what is no handler', () => {
    expect(boundCanonicalizer({ controller: TrimPipe, methodName: 'transform' }, 'id')).toBeUndefined();
  });

  it('is told in JavaScript too, which leaves no types', () => {
    class Untyped {
      whole(): void {}
      named(): void {}
    }
    Param()(Untyped.prototype, 'whole', 0);
    Param('id')(Untyped.prototype, 'named', 0);
    expect(boundCanonicalizer({ controller: Untyped, methodName: 'whole' }, 'id')).toBeUndefined();
    expect(boundCanonicalizer({ controller: Untyped, methodName: 'named' }, 'id')).toBe('exact');
  });
});
