/**
 * The parameters, wildcards and optional parts of a route path, as Express 4, Express 5 and Fastify write them: `:id`,
 * `:"any name"`, `:id(\\d+)?`, `*path`, `*`, `(.*)`, `{/:page}`.
 */
const VARIABLE =
  /:(?:"(?<quoted>[^"]+)"|(?<name>[\p{ID_Start}_$][\p{ID_Continue}$]*))(?:\([^)]*\))?[?+*]?|\*(?<wildcard>[\p{ID_Continue}$]*)|\((?!\?)[^)]*\)[?+*]?|[{}]/gu;

/**
 * A path of a route as a request has it.
 *
 * @param valueOf - The value of a parameter by its name; `*` for a wildcard or a group without one. Decoded.
 */
export function requestPath(pattern: string, valueOf: (name: string) => string): string {
  return pattern.replace(VARIABLE, (variable, ...captured: readonly unknown[]) => {
    if (variable === '{' || variable === '}') return '';
    const { quoted, name, wildcard } = captured.at(-1) as Readonly<Record<string, string | undefined>>;
    const parameter = quoted ?? name;
    if (parameter !== undefined) return encodeURIComponent(valueOf(parameter));
    return valueOf(wildcard || '*')
      .split('/')
      .map(encodeURIComponent)
      .join('/');
  });
}
