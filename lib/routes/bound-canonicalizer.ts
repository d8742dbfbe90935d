import * as nest from '@nestjs/common';
import type { RouteHandler } from './route-handler.js';
import type { HandlerClass } from './metadata.js';

/** What an application says of its pipes. */
export interface ApplicationPipes {
  /** The pipes that run on every parameter: objects, or classes of which Nest makes one for each request. */
  readonly everywhere: readonly unknown[];
  /** The classes that never make one value of two spellings, as `audit.knownPipes` names them. */
  readonly known: readonly unknown[];
}

/** Why nobody can say which spellings of a parameter the handler gets as one value. */
export interface UnknownForm {
  readonly because: string;
  /** The name of the pipe that is the reason, if one is. */
  readonly pipe?: string;
}

/** How a handler binds a parameter. Undefined where it reads the request by itself: nothing comes in between. */
export type BoundForm = 'int' | 'uuid' | 'exact' | UnknownForm | undefined;

/** A handler, as far as its parameters go. */
export type BoundHandler = Pick<RouteHandler, 'controller' | 'methodName'> &
  Partial<Pick<RouteHandler, 'method' | 'context'>>;

/** What parameter decorators leave under `__routeArguments__`, by `<kind>:<index>`. */
interface RouteArgument {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  /** Since Nest 12. */
  readonly schema?: unknown;
  /** Of a decorator that `createParamDecorator` made. */
  readonly factory?: object;
}

/** The kind of `@Param()`, and that of payloads and GraphQL arguments. */
const PARAM_KIND = '5:';
const PAYLOAD_KIND = '3:';

const READS_NO_PARAMETER = Symbol.for('nestjs-api-token:reads-no-parameter');

/** The pipes that turn several spellings into one, with the canonicalizer that knows them. */
const FOLDING_PIPES = [
  [nest.ParseIntPipe, 'int'],
  [nest.ParseFloatPipe, 'int'],
  [nest.ParseUUIDPipe, 'uuid'],
] as const;

/**
 * The pipes that return text as they get it. StandardSchemaValidationPipe does so where a parameter has no schema, and
 * is missing before Nest 12.
 */
const FAITHFUL_PIPES = [
  nest.DefaultValuePipe,
  nest.ParseEnumPipe,
  nest.ParseFilePipe,
  Reflect.get(nest, 'StandardSchemaValidationPipe') as unknown,
].filter((type) => type !== undefined);

const NO_PIPES: ApplicationPipes = { everywhere: [], known: [] };

/** Marks the factory of a parameter decorator that reads no route parameter. */
export function readsNoParameter<T extends object>(factory: T): T {
  return Object.assign(factory, { [READS_NO_PARAMETER]: true });
}

/**
 * The canonicalizer that fits how a handler binds a route parameter: pipes run after guards and turn `042` into 42, so
 * that what a pipe would fold has to be rejected or folded before. `exact` only where all that comes between the request
 * and the handler is known.
 */
export function boundCanonicalizer(
  handler: BoundHandler,
  param: string,
  application: ApplicationPipes = NO_PIPES,
): BoundForm {
  const { controller, methodName, context = 'http' } = handler;
  const prototype = controller.prototype as object;
  const bound = (Reflect.getMetadata('__routeArguments__', controller, methodName) ?? {}) as Readonly<
    Record<string, RouteArgument>
  >;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, methodName) ?? []) as readonly unknown[];
  // An instance may have another function of the method's name.
  const targets = [controller, Reflect.get(prototype, methodName) as unknown, handler.method];
  const shared = [...application.everywhere, ...targets.flatMap(pipesOf)];
  const kind = context === 'http' ? PARAM_KIND : PAYLOAD_KIND;
  const forms = Object.entries(bound)
    .filter(
      ([key, { data }]) => key.startsWith(kind) && (data === param || data === undefined || data === null),
    )
    .map(([, argument]) => {
      const pipes = [...shared, ...(argument.pipes ?? [])].filter(isPipe);
      return formOf(argument, param, types[argument.index], pipes, application.known);
    });
  return forms.length === 0 ? unboundForm(Object.values(bound)) : strictest(forms);
}

function pipesOf(target: unknown): readonly unknown[] {
  return typeof target === 'function' ? ((Reflect.getMetadata('__pipes__', target) ?? []) as unknown[]) : [];
}

/** What Nest takes for a pipe: it leaves out anything else. */
function isPipe(value: unknown): value is object {
  return (
    typeof value === 'function' || (isObject(value) && typeof Reflect.get(value, 'transform') === 'function')
  );
}

function formOf(
  { data, schema }: RouteArgument,
  param: string,
  declaredType: unknown,
  pipes: readonly object[],
  known: readonly unknown[],
): BoundForm {
  const areOf = (types: readonly unknown[]) => (pipe: object) => types.some((type) => isOf(pipe, type));
  const validating = pipes.filter(areOf([nest.ValidationPipe]));
  // A ValidationPipe takes the type that it is given for that of the parameter.
  const expected = validating.map((pipe) => Reflect.get(pipe, 'expectedType') as unknown);
  const wholes = [declaredType, ...expected.filter((type) => type !== undefined)];
  // All parameters at once are an object, of a class or of none.
  const classes = data === param ? [] : wholes.filter(isClass);
  const types = data === param ? wholes : classes.map((type) => propertyType(type, param));

  const folding = FOLDING_PIPES.find(([type]) => pipes.some(areOf([type])))?.[1];
  if (types.includes(Number) || folding === 'int') return 'int';
  if (folding !== undefined) return folding;
  if (schema !== undefined) return { because: 'its schema may make one value of two spellings' };
  const unknown = pipes.find((pipe) => !areOf([...FAITHFUL_PIPES, nest.ValidationPipe, ...known])(pipe));
  if (unknown !== undefined) return unknownPipe(unknown);
  if (classes.length > 0 && validating.some((pipe) => !areOf(known)(pipe))) {
    const names = classes.map(nameOf).join(', ');
    return {
      because: `it is a property of ${names}, and decorators of class-transformer may make one value of two spellings`,
    };
  }
  const type = types.find((found) => found !== undefined && found !== String);
  if (type !== undefined) return unknownType(type);
  return data === param || types.includes(String) ? 'exact' : undefined;
}

/** A handler that binds the parameter by no decorator of Nest. */
function unboundForm(bound: readonly RouteArgument[]): BoundForm {
  const other = bound.find(
    ({ factory }) => factory !== undefined && !Reflect.has(factory, READS_NO_PARAMETER),
  );
  return (
    other && {
      because: `only the decorator of argument ${other.index + 1} can bind it, and that decorator is not known`,
    }
  );
}

/** Bound twice, it may be folded once. */
function strictest(forms: readonly BoundForm[]): BoundForm {
  return (
    forms.find((form) => form === 'int') ??
    forms.find((form) => form === 'uuid') ??
    forms.find((form) => typeof form === 'object') ??
    forms.find((form) => form === 'exact')
  );
}

/** Whether a pipe is of a class. Not of one that extends it, which may do anything. */
function isOf(pipe: object, type: unknown): boolean {
  return pipe === type || (pipe.constructor === type && !Object.hasOwn(pipe, 'transform'));
}

function unknownPipe(pipe: object): UnknownForm {
  const name = nameOf(typeof pipe === 'function' ? pipe : pipe.constructor);
  return { because: `the pipe ${name} is not known and may make one value of two spellings`, pipe: name };
}

function unknownType(type: unknown): UnknownForm {
  return type === Object
    ? { because: 'its type leaves no trace at run time, as that of a union or an alias' }
    : { because: `its type ${nameOf(type)} may be spelled in several ways` };
}

function nameOf(type: unknown): string {
  return (typeof type === 'function' && type.name) || '(anonymous)';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isClass(type: unknown): type is HandlerClass {
  return typeof type === 'function' && type !== Object && type !== String;
}

function propertyType(type: HandlerClass, property: string): unknown {
  return Reflect.getMetadata('design:type', type.prototype as object, property);
}
