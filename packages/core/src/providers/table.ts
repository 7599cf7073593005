/** One provider: how to know it by its address, and what to call it. */
export interface ProviderRow {
  /** `gen_ai.provider.name`: a well-known value of the conventions where there is one, else lower case with underscores. */
  readonly name: string;
  /**
   * Host names in lower case, without port. One `*` may stand for any characters: `*.openai.azure.com`.
   * Absent: any host, which then needs a {@link port} or {@link paths}.
   */
  readonly hosts?: readonly string[];
  /** What the path must begin with, for hosts that several providers share. Absent: any path. */
  readonly paths?: readonly string[];
  /** For servers that are known by their port on any host. */
  readonly port?: number;
  /** A service that is not the caller's own: it is sent no header of ours (trace context). Default false. */
  readonly public?: boolean;
}

function publicHosts(name: string, ...hosts: readonly string[]): ProviderRow {
  return { name, hosts, public: true };
}

/**
 * The providers known by address; the first row that matches wins. An OpenAI-compatible provider needs a row here and
 * nothing else. Servers that run on any host (vLLM, SGLang, LM Studio, LiteLLM …) are known by their paths alone, and
 * named by the dialect that they speak.
 */
export const PROVIDERS: readonly ProviderRow[] = [
  publicHosts('openai', 'api.openai.com', '*.api.openai.com'),
  publicHosts('anthropic', 'api.anthropic.com'),
  publicHosts('gcp.gemini', 'generativelanguage.googleapis.com'),
  publicHosts('gcp.vertex_ai', 'aiplatform.googleapis.com', '*-aiplatform.googleapis.com', '*.rep.googleapis.com'),
  publicHosts('azure.ai.openai', '*.openai.azure.com', '*.openai.azure.us', '*.cognitiveservices.azure.com'),
  { name: 'azure.ai.openai', hosts: ['*.services.ai.azure.com'], paths: ['/openai/'], public: true },
  { name: 'anthropic', hosts: ['*.services.ai.azure.com'], paths: ['/anthropic/'], public: true },
  publicHosts('azure.ai.inference', '*.services.ai.azure.com', '*.models.ai.azure.com', 'models.inference.ai.azure.com'),
  publicHosts('aws.bedrock', 'bedrock-runtime.*.amazonaws.com', 'bedrock-runtime-fips.*.amazonaws.com', 'bedrock-mantle.*.api.aws'),
  publicHosts('chutes', 'llm.chutes.ai', '*.chutes.ai'),
  publicHosts('deepseek', 'api.deepseek.com'),
  publicHosts('openrouter', 'openrouter.ai', '*.openrouter.ai'),
  publicHosts('groq', 'api.groq.com'),
  publicHosts('together_ai', 'api.together.xyz', 'api.together.ai'),
  publicHosts('fireworks_ai', 'api.fireworks.ai'),
  publicHosts('mistral_ai', 'api.mistral.ai', 'codestral.mistral.ai'),
  publicHosts('x_ai', 'api.x.ai', '*.api.x.ai'),
  publicHosts('perplexity', 'api.perplexity.ai'),
  publicHosts('cerebras', 'api.cerebras.ai'),
  publicHosts('nvidia', 'integrate.api.nvidia.com', 'ai.api.nvidia.com'),
  { name: 'replicate', hosts: ['router.huggingface.co'], paths: ['/replicate/'], public: true },
  publicHosts('hugging_face', 'router.huggingface.co', 'api-inference.huggingface.co', '*.endpoints.huggingface.cloud'),
  publicHosts('vercel', 'ai-gateway.vercel.sh'),
  publicHosts('github_models', 'models.github.ai'),
  publicHosts('moonshot_ai', 'api.moonshot.ai', 'api.moonshot.cn'),
  publicHosts('cohere', 'api.cohere.ai', 'api.cohere.com'),
  publicHosts('replicate', 'api.replicate.com', '*.replicate.com'),
  publicHosts('ollama', 'ollama.com', 'api.ollama.com'),
  { name: 'ollama', port: 11434 },
];
