/**
 * Every name that an id stands for, to be compared with those of another: `https://login.example.com#olivia` is `olivia`, too. In no
 * case and in one normal form, so that nobody is two people by writing themselves in two ways.
 */
export function namesIn(id: string): readonly string[] {
  return [id, id.slice(id.indexOf('#') + 1)].map((name) => name.normalize('NFKC').toLowerCase());
}
