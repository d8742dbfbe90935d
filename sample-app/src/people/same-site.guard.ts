import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { getApiToken } from 'nestjs-api-token';

interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
const JSON_TYPE = /^application\/json[\t ]*(?:;|$)/i;

/**
 * Keeps pages of other sites from changing anything: a browser sends the password of a person who is logged in with their
 * requests too. They can send forms and plain text without asking this server first, but not JSON. A browser never sends
 * API tokens by itself, so that those are not asked.
 */
@Injectable()
export class SameSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    if (SAFE_METHODS.includes(request.method) || getApiToken(request) !== undefined) return true;
    if (isOfOtherSite(request))
      throw new ForbiddenException('Pages of other sites may not change anything here');
    const type = request.headers['content-type'];
    if (type === undefined || JSON_TYPE.test(type)) return true;
    throw new UnsupportedMediaTypeException('Send JSON: Content-Type: application/json');
  }
}

/** Told by what browsers add to a request; other clients add nothing. */
function isOfOtherSite({ headers }: HttpRequest): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
