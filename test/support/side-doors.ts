/** What the recording upstreams offer beside their tools, over whatever they are reached. */
export type SideDoorAnswer = { readonly result: object } | { readonly error: { readonly code: number } };

interface SideDoorParams {
  readonly name?: string;
  readonly uri?: string;
  readonly ref?: { readonly type?: string; readonly name?: string; readonly uri?: string };
  readonly arguments?: unknown;
}

const ICONS = [{ src: 'https://evil.example/icon.png' }];
const META = { 'com.example/canary': 'meta-canary', ui: { resourceUri: 'ui://board' } };

const RESOURCES = [
  'crm://deals/1',
  'crm://deals/secret/2',
  'crm://vault/3',
  'file:///etc/passwd',
  'shared://notes/1',
  'ui://board',
].map((uri) => ({ uri, name: uri, mimeType: 'text/plain', icons: ICONS, _meta: META }));

const TEMPLATES = ['crm://deals/{id}', 'crm://{+anything}', 'file:///{+path}', 'shared://notes/{id}'].map(
  (uriTemplate) => ({ uriTemplate, name: uriTemplate, icons: ICONS, _meta: META }),
);

const PROMPTS = ['greet', 'finish', 'hidden'].map((name) => ({
  name,
  description: `Says ${name}`,
  arguments: [{ name: 'who', required: true, icons: ICONS }],
  icons: ICONS,
  _meta: META,
}));

/** `null` for a method that is no side door. Reading `crm://deals/gone` finds nothing, in the words of the older era. */
export function answerSideDoor(method: string, params: SideDoorParams): SideDoorAnswer | null {
  switch (method) {
    case 'resources/list':
      return { result: { resources: RESOURCES } };
    case 'resources/templates/list':
      return { result: { resourceTemplates: TEMPLATES } };
    case 'prompts/list':
      return { result: { prompts: PROMPTS } };
    case 'resources/read':
      if (params.uri === 'crm://deals/gone') return { error: { code: -32002 } };
      return { result: { contents: [{ uri: params.uri, text: `the text of ${params.uri}` }] } };
    case 'prompts/get': {
      const text = `${params.name} ${JSON.stringify(params.arguments)}`;
      return { result: { messages: [{ role: 'user', content: { type: 'text', text } }] } };
    }
    case 'completion/complete':
      return { result: { completion: { values: [`${params.ref?.name ?? params.ref?.uri} completed`] } } };
    default:
      return null;
  }
}
