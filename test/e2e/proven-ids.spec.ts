import { describe, expect, it } from '@jest/globals';
import * as nest from '@nestjs/common';
import {
  Controller,
  createParamDecorator,
  DefaultValuePipe,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  type ModuleMetadata,
  Param,
  ParseArrayPipe,
  ParseEnumPipe,
  ParseIntPipe,
  ParseUUIDPipe,
  type PipeTransform,
  Req,
  Scope,
  type Type as Class,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { Expose, Transform, Type } from 'class-transformer';
import { IsDefined, IsString } from 'class-validator';
import {
  type ApiTokenFactoryOptions,
  ApiTokenPolicyCatalog,
  CurrentApiToken,
  PolicyId,
  type TokenPolicy,
} from 'nestjs-api-token';
import { z } from 'zod';
import { bearer, createApplication, startApplication } from '../support/application.js';
import { withControllers } from '../support/controllers.js';
import { calls, issueSecret } from '../support/review-server.js';

/** Spellings that something between a request and its handler may take for 42 or alpha. */
const ALIASES = [
  '042',
  '+42',
  '%2B42',
  '42,7',
  '%2042',
  '42%20',
  '4.2e1',
  '42.0',
  '0x2A',
  'ALPHA',
  '%20alpha',
  'alpha%20',
];

const BLOCKED_NUMBER: TokenPolicy = { resources: { cat: { '42': { block: ['*'] } } } };
const BLOCKED: TokenPolicy = { resources: { cat: { '42': { block: ['*'] }, alpha: { block: ['*'] } } } };

@Injectable()
class TrimLowerPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return typeof value === 'string' ? value.trim().toLowerCase() : value;
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestTrimPipe extends TrimLowerPipe {}

@Injectable()
class LoggingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return value;
  }
}

class LooseLoggingPipe extends LoggingPipe {
  override transform(value: unknown): unknown {
    return typeof value === 'string' ? value.trim() : value;
  }
}

class HexIntPipe extends ParseIntPipe {
  override async transform(value: string): Promise<number> {
    return Number(value);
  }
}

/** A controller whose only handler binds its `id` as a decorator does. */
function catController(bind: ParameterDecorator, type?: unknown, onMethod: MethodDecorator[] = []): Class {
  @PolicyId('cat')
  @Controller('cats')
  class CatController {
    find(id: unknown) {
      const [found] = typeof id === 'object' && id !== null ? Object.values(id as object) : [id];
      calls.push(String(found));
      return {};
    }
  }
  const { prototype } = CatController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'find')!;
  bind(prototype, 'find', 0);
  Reflect.defineMetadata('design:paramtypes', [type], prototype, 'find');
  for (const decorate of [Get(':id'), ...onMethod]) decorate(prototype, 'find', descriptor);
  return CatController;
}

interface Application {
  readonly controller: Class;
  readonly configure?: (app: INestApplication) => void;
  readonly providers?: ModuleMetadata['providers'];
  readonly options?: Partial<ApiTokenFactoryOptions>;
}

function metadataOf({ controller, providers = [], options }: Application): ModuleMetadata {
  const metadata = withControllers([controller], options);
  return { ...metadata, providers: [...metadata.providers!, ...providers] };
}

class NumberParams {
  @IsDefined()
  @Type(() => Number)
  id!: number;
}

class StringAsNumberParams {
  @Type(() => Number)
  id!: string;
}

class UnionParams {
  @Type(() => Number)
  id!: number | string;
}

class TransformedParams {
  @IsString()
  @Transform(({ value }) => String(value).trim().toLowerCase())
  id!: string;
}

class RenamedParams {
  @Transform(({ value }) => String(value).toLowerCase())
  @Expose({ name: 'id' })
  slug!: string;
}

class InheritedParams extends TransformedParams {}

class Cat {
  name!: string;
}

const validating = (app: INestApplication) => app.useGlobalPipes(new ValidationPipe({ transform: true }));

/** Finds the item by a parameter that it reads itself. */
const ReadId = createParamDecorator((_: unknown, context: ExecutionContext) =>
  String(context.switchToHttp().getRequest<{ params: { id: string } }>().params.id).toLowerCase(),
);

describe('what is known of the spellings of an ID', () => {
  async function startFailure(application: Application): Promise<{ code?: string; message?: string }> {
    const app = await createApplication('Express', metadataOf(application));
    application.configure?.(app);
    return app.init().then(
      () => ({}),
      (error: unknown) => error as { code: string; message: string },
    );
  }

  async function started(application: Application, policy = BLOCKED) {
    const server = await startApplication('Express', metadataOf(application), application.configure);
    const secret = await issueSecret(server, policy);
    return async (id: string) => (await server.send('GET', `/cats/${id}`, bearer(secret))).status;
  }

  async function expectStopped(application: Application, ...hints: string[]): Promise<void> {
    const { code, message } = await startFailure(application);
    expect(code).toBe('API_TOKEN_AUDIT');
    for (const hint of ['CatController.find', '"id"', 'canonical', ...hints]) expect(message).toContain(hint);
    const warned = { ...application, options: { ...application.options, audit: 'warn' as const } };
    const status = await started(warned);
    for (const id of ['42', 'alpha', '7', ...ALIASES])
      expect({ id, status: await status(id) }).toEqual({ id, status: 403 });
    expect(calls).toEqual([]);
    // Once the author has written it, it starts.
    const canonical = (raw: string) => (/^[a-z0-9]+$/.test(raw) ? raw : null);
    expect(await startFailure(writing(application, canonical))).toEqual({});
  }

  function writing(
    application: Application,
    canonical: 'exact' | ((raw: string) => string | null),
  ): Application {
    const { controller } = application;
    class Written extends controller {}
    PolicyId('cat', { canonical })(Written);
    return { ...application, controller: Written };
  }

  /** What the handler gets is what was decided on. */
  async function expectExact(application: Application): Promise<void> {
    const status = await started(application);
    for (const id of ['42', 'alpha', '%34%32'])
      expect({ id, status: await status(id) }).toEqual({ id, status: 403 });
    for (const id of ALIASES) await status(id);
    for (const id of calls) expect(['42', 'alpha', '']).not.toContain(id);
    expect(calls).toHaveLength(ALIASES.length);
  }

  /** Nothing but 42 is decided as 42. */
  async function expectInt(application: Application): Promise<void> {
    const status = await started(application, BLOCKED_NUMBER);
    expect(await status('42')).toBe(403);
    for (const id of ALIASES) expect({ id, status: await status(id) }).toEqual({ id, status: 400 });
    expect(calls).toEqual([]);
    expect(await status('7')).toBe(200);
  }

  describe('in a class of parameters', () => {
    it.each<[string, Class, boolean]>([
      ['a number', NumberParams, true],
      ['a number', NumberParams, false],
    ])('RI03 %s is one number in one spelling (%#)', async (_, type, transforms) => {
      const configure = (app: INestApplication) =>
        app.useGlobalPipes(new ValidationPipe({ transform: transforms, whitelist: true }));
      await expectInt({ controller: catController(Param(), type), configure });
    });

    it.each<[string, Class]>([
      ['text that is made a number', StringAsNumberParams],
      ['a number or text', UnionParams],
      ['text that is transformed', TransformedParams],
      ['text that a base class transforms', InheritedParams],
      ['text under another name', RenamedParams],
    ])('RI03 %s stops the start', async (_, type) => {
      await expectStopped({ controller: catController(Param(), type), configure: validating }, type.name);
    });

    it('RI03 so it does where the pipe is on the method or the parameter, or of request scope', async () => {
      const type = TransformedParams;
      const pipe = new ValidationPipe({ transform: true });
      await expectStopped({ controller: catController(Param(), type, [UsePipes(pipe)]) });
      await expectStopped({ controller: catController(Param(pipe), type) });
      const providers = [{ provide: APP_PIPE, useClass: ValidationPipe, scope: Scope.REQUEST }];
      await expectStopped({ controller: catController(Param(), type), providers });
    });

    it('RI03 where a ValidationPipe expects the class, it is read as if it were written', async () => {
      const pipe = new ValidationPipe({ transform: true, expectedType: TransformedParams });
      await expectStopped({ controller: catController(Param(pipe), Object) }, 'TransformedParams');
      const number = new ValidationPipe({ transform: true, expectedType: Number });
      await expectInt({ controller: catController(Param('id', number), String) });
    });

    it('RI03 without a pipe its decorators do nothing', async () => {
      class TextParams {
        @Transform(() => 'alpha')
        id!: string;
      }
      const status = await started({ controller: catController(Param(), TextParams) });
      expect(await status('alpha')).toBe(403);
      expect(await status('ALPHA')).toBe(200);
    });
  });

  describe('with a schema', () => {
    const hasSchemas = 'StandardSchemaValidationPipe' in nest;
    const bySchema = (schema: object) =>
      (Param as (name: string, options: object) => ParameterDecorator)('id', { schema });

    (hasSchemas ? it : it.skip).each<[string, object, unknown]>([
      ['makes text a number', z.coerce.number(), Object],
      ['folds its case', z.string().trim().toLowerCase(), String],
      ['changes nothing', z.string(), String],
    ])('RI04 that %s, the start stops', async (_, schema, type) => {
      const StandardSchemaValidationPipe = Reflect.get(
        nest,
        'StandardSchemaValidationPipe',
      ) as new () => PipeTransform;
      const configure = (app: INestApplication) => app.useGlobalPipes(new StandardSchemaValidationPipe());
      await expectStopped({ controller: catController(bySchema(schema), type), configure }, 'schema');
    });

    (hasSchemas ? it : it.skip)('RI04 elsewhere, its pipe changes nothing', async () => {
      const StandardSchemaValidationPipe = Reflect.get(
        nest,
        'StandardSchemaValidationPipe',
      ) as new () => PipeTransform;
      const configure = (app: INestApplication) => app.useGlobalPipes(new StandardSchemaValidationPipe());
      await expectExact({ controller: catController(Param('id'), String), configure });
    });
  });

  describe('with a pipe', () => {
    it.each<[string, ParameterDecorator, unknown, string]>([
      ['ParseArrayPipe', Param('id', new ParseArrayPipe({ items: Number })), Array, 'ParseArrayPipe'],
      ['ParseBoolPipe', Param('id', nest.ParseBoolPipe), Boolean, 'ParseBoolPipe'],
      ['a pipe of the application', Param('id', TrimLowerPipe), String, 'knownPipes: [TrimLowerPipe]'],
      ['an object of it', Param('id', new TrimLowerPipe()), String, 'knownPipes: [TrimLowerPipe]'],
      ['an object of no class', Param('id', { transform: (value: string) => value.trim() }), String, 'pipe'],
      ['a pipe that extends a known one', Param('id', HexIntPipe), String, 'HexIntPipe'],
      [
        'a known pipe that was changed',
        Param('id', Object.assign(new ParseUUIDPipe(), { transform: (value: string) => value.trim() })),
        String,
        'ParseUUIDPipe',
      ],
      ['an ID of a large number', Param('id'), BigInt, 'BigInt'],
      ['an ID of no known type', Param('id'), Object, 'type'],
      ['an ID of a truth value', Param('id'), Boolean, 'Boolean'],
      ['an ID of a date', Param('id'), Date, 'Date'],
      ['an ID of a class', Param('id', new ValidationPipe({ transform: true })), Cat, 'Cat'],
      ['a decorator that nobody knows', ReadId(), String, 'argument 1'],
    ])('RI05 %s stops the start', async (_, bind, type, hint) => {
      await expectStopped({ controller: catController(bind, type) }, hint);
    });

    it('RI05 a pipe that nobody knows changes nothing where the ID has one spelling all the same', async () => {
      await expectInt({ controller: catController(Param('id', LoggingPipe, ParseIntPipe), Object) });
      await expectInt({ controller: catController(Param('id', LoggingPipe), Number) });
    });

    it.each<[string, ParameterDecorator, unknown]>([
      ['none', Param('id'), String],
      ['none, in JavaScript', Param('id'), undefined],
      ['all parameters at once, of no type', Param(), undefined],
      ['DefaultValuePipe', Param('id', new DefaultValuePipe('7')), String],
      ['ValidationPipe', Param('id', new ValidationPipe({ transform: true, whitelist: true })), String],
      ['the request itself', Req(), Object],
      ['the token', CurrentApiToken(), undefined],
    ])('RI05 but not with %s', async (_, bind, type) => {
      const controller = catController(bind, type);
      const status = await started({ controller });
      expect(await status('42')).toBe(403);
      expect(await status('042')).toBe(200);
    });

    it('RI05 nor with ParseEnumPipe, which takes one spelling', async () => {
      const pipe = new ParseEnumPipe({ alpha: 'alpha', beta: 'beta' });
      const status = await started({ controller: catController(Param('id', pipe), String) });
      expect(await status('alpha')).toBe(403);
      expect(await status('ALPHA')).toBe(400);
      expect(await status('beta')).toBe(200);
    });

    it('RI05 nor with ParseUUIDPipe of one version, which takes either case', async () => {
      const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
      const pipe = new ParseUUIDPipe({ version: '4' });
      const policy: TokenPolicy = { resources: { cat: { [id]: { block: ['*'] } } } };
      const status = await started({ controller: catController(Param('id', pipe), String) }, policy);
      expect(await status(id)).toBe(403);
      expect(await status(id.toUpperCase())).toBe(403);
      expect(await status(`${id}%20`)).toBe(400);
      expect(await status(id.replaceAll('-', ''))).toBe(400);
      expect(await status(id.replace('0f', '1f'))).toBe(200);
    });

    it('RI05 nor with a decorator that nobody knows beside one of Nest', async () => {
      @PolicyId('cat')
      @Controller('cats')
      class CatController {
        @Get(':id')
        find(@Param('id') id: string, @ReadId() user: string) {
          calls.push(id);
          return { user };
        }
      }
      await expectExact({ controller: CatController });
    });
  });

  describe('with a pipe of the application', () => {
    const controller = catController(Param('id'), String);

    it.each<[string, Application]>([
      ['useGlobalPipes', { controller, configure: (app) => app.useGlobalPipes(new TrimLowerPipe()) }],
      ['APP_PIPE', { controller, providers: [{ provide: APP_PIPE, useClass: TrimLowerPipe }] }],
      [
        'a factory',
        { controller, providers: [{ provide: APP_PIPE, useFactory: () => new TrimLowerPipe() }] },
      ],
      [
        'an APP_PIPE of request scope',
        { controller, providers: [{ provide: APP_PIPE, useClass: RequestTrimPipe }] },
      ],
      ['the class', { controller: piped(catController(Param('id'), String), TrimLowerPipe) }],
      ['the method', { controller: catController(Param('id'), String, [UsePipes(TrimLowerPipe)]) }],
      [
        'another class of that kind',
        {
          controller,
          configure: (app) => app.useGlobalPipes(new LooseLoggingPipe()),
          options: { audit: { knownPipes: [LoggingPipe] } },
        },
      ],
      [
        'all parameters at once',
        {
          controller: catController(Param(), Object),
          configure: (app) => app.useGlobalPipes(new TrimLowerPipe()),
        },
      ],
    ])('RI07 bound by %s, the start stops', async (_, application) => {
      await expectStopped({ ...application, options: {} }, 'Pipe');
      if (application.options === undefined) return;
      const { message } = await startFailure(application);
      expect(message).toContain('LooseLoggingPipe');
    });

    it('RI07 that is set after somebody asked for the policy IDs, the start stops', async () => {
      @Injectable()
      class Early {
        readonly policyIds: readonly string[];

        constructor(catalog: ApiTokenPolicyCatalog) {
          this.policyIds = [...catalog.policyIds, ...catalog.routes.map(({ handler }) => handler)];
        }
      }
      const failure = await startFailure({
        controller,
        providers: [Early],
        configure: (app) => app.useGlobalPipes(new TrimLowerPipe()),
      });
      expect(failure.code).toBe('API_TOKEN_AUDIT');
    });

    it('RI07 that its base class has, the start stops', async () => {
      @UsePipes(TrimLowerPipe)
      class Base {
        @Get(':id')
        find(@Param('id') id: string) {
          calls.push(id);
          return {};
        }
      }
      @PolicyId('cat')
      @Controller('cats')
      class CatController extends Base {}
      await expectStopped({ controller: CatController }, 'TrimLowerPipe');
    });

    it('RI07 that is set late, what was started before stays as it is', async () => {
      const server = await startApplication('Express', metadataOf({ controller }));
      server.app.useGlobalPipes(new TrimLowerPipe());
      const secret = await issueSecret(server, BLOCKED);
      expect((await server.send('GET', '/cats/ALPHA', bearer(secret))).status).toBe(200);
      expect(calls).toEqual(['ALPHA']);
    });

    it('RI07 that is said to leave IDs alone, the application starts', async () => {
      const options = { audit: { knownPipes: [LoggingPipe] } };
      const everywhere = (app: INestApplication) => app.useGlobalPipes(new LoggingPipe());
      await expectExact({ controller, configure: everywhere, options });
      calls.length = 0;
      await expectExact({
        controller: piped(catController(Param('id', LoggingPipe), String), LoggingPipe),
        options,
      });
    });

    it('RI07 that Nest has itself, an ordinary application starts', async () => {
      await expectExact({ controller, configure: validating });
      calls.length = 0;
      await expectExact({
        controller,
        configure: (app) => app.useGlobalPipes(new ValidationPipe({ whitelist: true })),
      });
      calls.length = 0;
      const implicit = { transform: true, transformOptions: { enableImplicitConversion: true } };
      await expectExact({ controller, configure: (app) => app.useGlobalPipes(new ValidationPipe(implicit)) });
      calls.length = 0;
      await expectExact({ controller, providers: [{ provide: APP_PIPE, useClass: ValidationPipe }] });
      calls.length = 0;
      await expectInt({ controller: catController(Param('id'), Number), configure: validating });
    });

    (process.env['NEST_MAJOR'] === undefined ? it.skip : it)(
      'RI07 nestjs-zod stops the start until it is named',
      async () => {
        const { ZodValidationPipe } = (await import('nestjs-zod' as string)) as {
          ZodValidationPipe: Class<PipeTransform>;
        };
        const application = { controller, providers: [{ provide: APP_PIPE, useClass: ZodValidationPipe }] };
        await expectStopped(application, 'knownPipes: [ZodValidationPipe]');
        await expectExact({ ...application, options: { audit: { knownPipes: [ZodValidationPipe] } } });
      },
    );
  });

  it('RI05 what one route writes answers for those of its policy ID that leave it open', async () => {
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get(':id')
      find(@Param('id', TrimLowerPipe) id: string) {
        calls.push(id);
        return {};
      }

      @PolicyId('cat', { canonical: (raw) => raw.trim().toLowerCase() })
      @Get('by-name/:id')
      byName(@Param('id', TrimLowerPipe) id: string) {
        calls.push(id);
        return {};
      }
    }
    const status = await started({ controller: CatController });
    for (const id of ['alpha', 'ALPHA', '%20alpha', 'alpha%20', 'by-name/ALPHA']) {
      expect({ id, status: await status(id) }).toEqual({ id, status: 403 });
    }
    expect(await status('BETA')).toBe(200);
  });

  it.each<[string, ParameterDecorator, unknown]>([
    ['a number', Param('id'), Number],
    ['ParseIntPipe', Param('id', ParseIntPipe), Number],
    ['ParseUUIDPipe', Param('id', ParseUUIDPipe), String],
  ])("RI05 'exact' is no answer for %s, which takes several spellings for one", async (_, bind, type) => {
    const { message } = await startFailure(writing({ controller: catController(bind, type) }, 'exact'));
    expect(message).toContain('in two ways (exact, ');
    expect(await startFailure(writing({ controller: catController(bind, type) }, (raw) => raw))).toEqual({});
  });
});

function piped(controller: Class, pipe: Class<PipeTransform>): Class {
  UsePipes(pipe)(controller);
  return controller;
}
