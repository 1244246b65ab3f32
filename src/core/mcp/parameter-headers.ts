import { type Json, type JsonObject, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import { encodeHeaderValue } from './encode-header-value.ts';

/** An argument that a tool wants mirrored into a header. */
export interface ParameterHeader {
  /** `Mcp-Param-Region` */
  readonly header: string;
  /** The property names that lead to the argument. */
  readonly path: readonly string[];
}

/**
 * The `x-mcp-header` annotations of an input schema (2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters"). An invalid
 * one makes the whole tool invalid. The error says where, without repeating anything of the schema.
 */
export function parseParameterHeaders(inputSchema: Json | undefined): Result<readonly ParameterHeader[], string> {
  const scan: Scan = { headers: [], namesSeen: new Set() };
  const problem = inputSchema === undefined ? null : scanSchema(scan, inputSchema, []);
  return problem === null ? ok(scan.headers) : err(problem);
}

/** The headers of one call. An argument that is missing, `null` or of no primitive type has none. */
export function parameterHeaderValues(
  headers: readonly ParameterHeader[],
  args: JsonObject,
): readonly (readonly [name: string, value: string])[] {
  return headers.flatMap(({ header, path }) => {
    const text = mirroredText(valueAt(args, path));
    return text === null ? [] : [[header, encodeHeaderValue(text)] as const];
  });
}

interface Scan {
  readonly headers: ParameterHeader[];
  readonly namesSeen: Set<string>;
}

/** `path` is `null` where something other than `properties` led here. Depth is bounded by what reads the definition. */
function scanSchema(scan: Scan, schema: Json, path: readonly string[] | null): string | null {
  if (Array.isArray(schema)) return firstProblem<Json>(schema, (item) => scanSchema(scan, item, null));
  if (!isJsonObject(schema)) return null;
  if (ANNOTATION in schema) {
    const problem = scanAnnotation(scan, schema, path);
    if (problem !== null) return problem;
  }
  return firstProblem(Object.entries(schema), ([keyword, value]) => {
    if (keyword === ANNOTATION || DATA_KEYWORDS.has(keyword)) return null;
    if (!SCHEMA_MAPS.has(keyword) || !isJsonObject(value)) return scanSchema(scan, value, null);
    const childPath = (name: string) => (keyword === 'properties' && path !== null ? [...path, name] : null);
    return firstProblem(Object.entries(value), ([name, child]) => scanSchema(scan, child, childPath(name)));
  });
}

function scanAnnotation(scan: Scan, schema: JsonObject, path: readonly string[] | null): string | null {
  const name = schema[ANNOTATION];
  if (path === null || path.length === 0) return 'x-mcp-header stands outside the properties of the input schema';
  if (typeof name !== 'string' || !TOKEN.test(name)) return 'x-mcp-header is no header name';
  if (typeof schema['type'] !== 'string' || !MIRRORED_TYPES.has(schema['type'])) {
    return 'x-mcp-header stands at a property that is no string, integer or boolean';
  }
  if (scan.namesSeen.has(name.toLowerCase())) return 'x-mcp-header names the same header twice';
  scan.namesSeen.add(name.toLowerCase());
  scan.headers.push({ header: `Mcp-Param-${name}`, path });
  return null;
}

const ANNOTATION = 'x-mcp-header';
/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MIRRORED_TYPES: ReadonlySet<string> = new Set(['string', 'integer', 'boolean']);
/** Keywords whose members are names chosen by the tool, each with a schema. */
const SCHEMA_MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
/** Keywords that hold values, in which an annotation means nothing. */
const DATA_KEYWORDS: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples']);

function valueAt(args: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = args;
  for (const name of path) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

function mirroredText(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? JSON.stringify(value) : null;
}

function firstProblem<T>(items: readonly T[], check: (item: T) => string | null): string | null {
  for (const item of items) {
    const problem = check(item);
    if (problem !== null) return problem;
  }
  return null;
}
