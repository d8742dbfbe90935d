import type { TokenPolicy } from 'nestjs-api-token/policy';

/** The first example of Review Board's manual. */
export const READ_ONLY: TokenPolicy = {
  resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } },
};

/** The second: as {@link READ_ONLY}, but reviews may be written. */
export const READ_ONLY_BUT_REVIEWS: TokenPolicy = {
  resources: {
    '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] },
    review: { '*': { allow: ['*'] } },
  },
};

/** The third: no project but one, which may be read. */
export const ONE_PROJECT: TokenPolicy = {
  resources: {
    project: {
      '*': { block: ['*'] },
      '1': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] },
    },
  },
};
