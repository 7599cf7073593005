type Members = Readonly<Record<string, unknown>>;

/** The one path that clients of other platforms send elsewhere. */
const MESSAGES = /^\/v1\/messages(?:\?|$)/;

/** A client of Anthropic's for another platform, told by its fields: bundlers rename its class. */
interface Platform {
  readonly fields: readonly string[];
  /** The model, and whether to stream, are in the path there. */
  path(client: Members, request: Members): string;
}

const PLATFORMS: readonly Platform[] = [
  // Amazon Bedrock. `AnthropicBedrockMantle`, whose paths are Anthropic's own, has a field `awsSecretAccessKey`.
  { fields: ['awsRegion', 'awsSecretKey'], path: (_client, { model, stream }) => `/model/${segment(model)}/invoke${stream === true ? '-with-response-stream' : ''}` },
  // Vertex AI.
  {
    fields: ['projectId', 'region'],
    path: ({ projectId, region }, { model, stream }) => `/projects/${segment(projectId)}/locations/${segment(region)}/publishers/anthropic/models/${segment(model)}:${stream === true ? 'streamRawPredict' : 'rawPredict'}`,
  },
];

/** What is not known yet, such as a project that comes with the credentials. */
const UNKNOWN = '-';

function segment(value: unknown): string {
  return typeof value === 'string' && value !== '' ? encodeURIComponent(value) : UNKNOWN;
}

/**
 * The path that a request goes to. It differs from the one that the SDK's method names where the client is one for another
 * platform, which rewrites it when it is sent.
 */
export function pathOnPlatform(client: Members, path: string, request: Members): string {
  if (!MESSAGES.test(path)) return path;
  return PLATFORMS.find(({ fields }) => fields.every((field) => field in client))?.path(client, request) ?? path;
}
