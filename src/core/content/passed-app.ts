import { isHostAllowed } from '../conversation/ask-rules.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { PassRules } from './pass-rules.ts';

/** The extension by which hosts show pages of upstreams (MCP Apps, 2026-01-26). */
export const APPS_EXTENSION = 'io.modelcontextprotocol/ui';
export const APP_MEDIA_TYPE = 'text/html;profile=mcp-app';

/** Whether a URI or a URI template is of an app: hosts take whatever is read there for a page to show. */
export function isAppUri(uri: string): boolean {
  return /^ui:/i.test(uri);
}

/**
 * What a tool says of its page: which one, and who is meant to call the tool. The second is a wish and no access control. `null` where
 * it is no page of an app.
 */
export function passedToolApp(ui: Json | undefined): JsonObject | null {
  if (!isJsonObject(ui)) return null;
  const { resourceUri, visibility } = ui;
  if (typeof resourceUri !== 'string' || !isAppUri(resourceUri)) return null;
  return { resourceUri, ...(isJsonArray(visibility) && { visibility: visibility.filter(isVisibility) }) };
}

const isVisibility = (value: Json): boolean => value === 'model' || value === 'app';

/**
 * What a page asks of the host that shows it: to connect to and load from some origins, of which those of listed hosts are kept, and a
 * border. A camera, a microphone and an origin of its own are nothing that an upstream may wish for.
 */
export function passedAppMeta(ui: Json | undefined, rules: PassRules): JsonObject | null {
  if (!isJsonObject(ui)) return null;
  const { csp, prefersBorder } = ui;
  const kept = isJsonObject(csp)
    ? Object.fromEntries(
        CSP_MEMBERS.flatMap((name) => {
          const origins = passedOrigins(csp[name], rules);
          return origins.length === 0 ? [] : [[name, origins] as const];
        }),
      )
    : {};
  const passed = {
    ...(Object.keys(kept).length > 0 && { csp: kept }),
    ...(typeof prefersBorder === 'boolean' && { prefersBorder }),
  };
  return Object.keys(passed).length === 0 ? null : passed;
}

const CSP_MEMBERS = ['connectDomains', 'resourceDomains'] as const;
const ORIGINS_MAX = 100;

/** Exact origins alone: a pattern could reach further than the operator's list. */
function passedOrigins(origins: Json | undefined, { appHosts }: PassRules): readonly string[] {
  if (!isJsonArray(origins)) return [];
  return origins.slice(0, ORIGINS_MAX).flatMap((origin) => {
    const url = typeof origin === 'string' && !origin.includes('*') ? URL.parse(origin) : null;
    const isPassed = url?.protocol === 'https:' && isHostAllowed(url.hostname, appHosts);
    return isPassed ? [url.origin] : [];
  });
}
