/** What applications may import: each entry is a folder of lib/ with an index.ts. */
export const ENTRIES = {
  '.': '',
  './policy': 'policy',
  './testing': 'testing',
  './typeorm': 'stores/typeorm',
};
