import { BadRequestException, Injectable, type PipeTransform } from '@nestjs/common';
import { InputPipe } from '../http/input.pipe.js';
import { NewTokenBody } from './new-token.body.js';

/** The checked fields of a token to issue, and its policy as it was sent. */
export interface NewToken extends NewTokenBody {
  readonly policy: unknown;
}

/**
 * Checks everything but the policy, which only the token service looks at: the other pipe removes keys such as
 * `constructor` from what it is given, and a section of a policy that limits must not vanish on the way.
 */
@Injectable()
export class NewTokenPipe implements PipeTransform {
  readonly #others = new InputPipe();

  async transform(value: unknown): Promise<NewToken> {
    const { policy, ...others } = Object(value) as { readonly policy?: unknown };
    if (policy === undefined) {
      throw new BadRequestException([
        'policy is missing: send a policy document, or "full-access" for one without limits',
      ]);
    }
    const body = (await this.#others.transform(others, {
      type: 'body',
      metatype: NewTokenBody,
    })) as NewTokenBody;
    return { ...body, policy };
  }
}
