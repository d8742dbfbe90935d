/** Who a request comes from: what stands on `request.user`, for people who log in and for the owners of tokens. */
export interface Person {
  readonly id: number;
  readonly name: string;
}

/** A request that has passed the guards. */
export interface RequestOfPerson {
  user: Person;
}
