/**
 * The name as the laxest readers of JSON compare it: Go takes `Action`, and `\u017f` for `s`, for the same member, its second version
 * leaves out `-` and `_`, .NET and Jackson can be told to do the like. Which of two such members such a server acts on cannot be known.
 */
export function foldName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().replaceAll(/[-_]/g, '');
}
