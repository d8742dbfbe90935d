/**
 * The methods that are asked for. Without HEAD, which `compilePolicy` ties to GET and the other engines do not, and
 * without rare ones, which it allows only where a policy names them.
 */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
