import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { getApiToken } from 'nestjs-api-token';
import { readBasicCredentials } from './basic-credentials.js';
import { PeopleService } from './people.service.js';
import type { RequestOfPerson } from './person.js';

interface HttpRequest extends Partial<RequestOfPerson> {
  readonly headers: { readonly authorization?: string };
}

/** The part that the responses of Express and Fastify have in common. */
interface HttpResponse {
  header(name: string, value: string): unknown;
}

/**
 * Lets people pass who log in by HTTP Basic, and requests whose API token the policy guard has let pass: that one has
 * put the owner on `request.user`.
 */
@Injectable()
export class LoginGuard implements CanActivate {
  constructor(private readonly people: PeopleService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    if (getApiToken(request) !== undefined) return true;
    const credentials = readBasicCredentials(request.headers.authorization);
    const person = credentials && (await this.people.logIn(credentials));
    if (person === null) {
      const challenge = 'Bearer, Basic realm="code review", charset="UTF-8"';
      http.getResponse<HttpResponse>().header('WWW-Authenticate', challenge);
      throw new UnauthorizedException(
        'Log in with HTTP Basic, or send an API token: Authorization: Bearer <token>',
      );
    }
    request.user = person;
    return true;
  }
}
