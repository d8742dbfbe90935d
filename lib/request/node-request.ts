/** What is asked of Node's own request. */
export interface NodeRequest {
  readonly rawHeaders?: readonly string[];
  readonly httpVersionMajor?: number;
  readonly socket?: { readonly server?: { readonly maxHeadersCount?: number | null } } | null;
}

/**
 * Node's own request: the request itself on Express, where anybody may have set `raw`, and `raw` of it on Fastify, which
 * has no `rawHeaders`.
 */
export function nodeRequest(request: object): NodeRequest {
  const { raw, rawHeaders } = request as NodeRequest & { readonly raw?: NodeRequest | null };
  return rawHeaders === undefined && typeof raw === 'object' && raw !== null ? raw : request;
}
