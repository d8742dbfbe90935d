/** The entries of the package, by the name that users import: the file that makes each, below lib/. */
export const ENTRIES = {
  '.': 'index',
  './policy': 'policy/index',
  './testing': 'testing/index',
  './typeorm': 'typeorm/index',
};
