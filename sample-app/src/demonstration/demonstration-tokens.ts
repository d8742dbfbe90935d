import type { PolicySection } from 'nestjs-api-token';
import type { DemonstrationToken, Example } from './demonstration-token.js';

const READ_ONLY: PolicySection = { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] };

/** The tokens that are printed at the start. Every example may be repeated and is answered alike. */
export const DEMONSTRATION_TOKENS: readonly DemonstrationToken[] = [
  {
    label: 'Read-only everywhere',
    policy: { resources: { '*': READ_ONLY } },
    examples: ({ repositoryId }) => [
      { method: 'GET', path: '/repositories', status: 200 },
      ...given(repositoryId, (id) => [
        { method: 'GET', path: `/repositories/${id}`, status: 200 },
        { method: 'DELETE', path: `/repositories/${id}`, status: 403 },
      ]),
      { method: 'POST', path: '/repositories', body: { name: 'sandbox' }, status: 403 },
      { method: 'GET', path: '/tokens', status: 403 },
    ],
  },
  {
    label: 'Everything but repository 2, which its list leaves out too',
    policy: { resources: { repository: { '2': { block: ['*'] } } } },
    examples: ({ repositoryId }) => [
      { method: 'GET', path: '/repositories', status: 200 },
      { method: 'GET', path: '/repositories/2', status: 403 },
      ...given(repositoryId, (id) => [
        { method: 'GET', path: `/repositories/${id}`, status: 200 },
        {
          method: 'POST',
          path: '/review-requests',
          body: { repositoryId: id, summary: 'Try a token' },
          status: 201,
        },
      ]),
      {
        method: 'POST',
        path: '/review-requests',
        body: { repositoryId: 2, summary: 'Try a token' },
        status: 400,
      },
      { method: 'GET', path: '/tokens', status: 403 },
    ],
  },
  {
    label: 'Read everywhere and write reviews only',
    policy: { resources: { '*': READ_ONLY, review: { '*': { allow: ['*'] } } } },
    examples: ({ reviewRequestId }) => [
      { method: 'GET', path: '/server-info', status: 200 },
      ...given(reviewRequestId, (id) => [
        { method: 'GET', path: `/review-requests/${id}/reviews`, status: 200 },
        { method: 'POST', path: `/review-requests/${id}/reviews`, body: { body: 'Ship it' }, status: 201 },
        { method: 'POST', path: `/review-requests/${id}/reviews`, body: { text: 'Ship it' }, status: 400 },
        { method: 'DELETE', path: `/review-requests/${id}`, status: 403 },
      ]),
      { method: 'PUT', path: '/server-info', body: { name: 'Mine' }, status: 403 },
    ],
  },
];

function given(id: number | null, examples: (id: number) => Example[]): Example[] {
  return id === null ? [] : examples(id);
}
