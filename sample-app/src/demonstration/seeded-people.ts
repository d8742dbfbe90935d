/** Who can log in. The passwords are public: this server shows something, it guards nothing. */
export const SEEDED_PEOPLE = {
  grumpy: 'grumpy-password',
  doc: 'doc-password',
} as const;

/** Who owns the tokens that are printed at the start. */
export const TOKEN_OWNER: keyof typeof SEEDED_PEOPLE = 'grumpy';
