/** Remembers the newest of what is over, for words that help. What is forgotten changes no verdict, only how it is told. */
export interface Recent<Value> {
  add(key: string, value: Value): void;
  get(key: string): Value | undefined;
}

const KEPT_MAX = 50_000;

export function createRecent<Value>(): Recent<Value> {
  const kept = new Map<string, Value>();
  return {
    add(key, value) {
      kept.delete(key);
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    },
    get: (key) => kept.get(key),
  };
}
