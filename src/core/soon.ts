/**
 * What is mostly known at once and sometimes only later. On the path of every call it is looked at before it is awaited: a promise that
 * nobody needed costs as much as many a check.
 */
export type Soon<T> = T | Promise<T>;
