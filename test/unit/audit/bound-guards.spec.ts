import { describe, expect, it } from '@jest/globals';
import { type CanActivate, Controller, forwardRef, Inject, type Type, UseGuards } from '@nestjs/common';
import { BoundGuards } from '../../../lib/audit/bound-guards.js';

describe('RB07 the guards of a handler', () => {
  it('two that are given each other are looked at once', () => {
    class One implements CanActivate {
      canActivate() {
        return true;
      }
    }
    class Two extends One {}
    Inject(forwardRef(() => Two))(One.prototype, 'other');
    Inject(forwardRef((): Type => One))(Two.prototype, 'other');

    @UseGuards(One, Two)
    @Controller()
    class CatController {
      list() {
        return {};
      }
    }
    const handler = { controller: CatController, method: CatController.prototype.list };
    expect(new BoundGuards([], {}, []).stateOn(handler, true)).toBe('missing');
    expect(new BoundGuards([], {}, [Two]).stateOn(handler, true)).toBe('bound');
  });
});
