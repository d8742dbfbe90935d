import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { RequestOfPerson } from './person.js';

/** Who a request comes from, as a handler's parameter. */
export const CurrentPerson = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<RequestOfPerson>().user,
);
