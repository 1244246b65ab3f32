/** A string or number that must not be mixed up with others of its base type. Made only where its rule is checked. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

declare const brand: unique symbol;
