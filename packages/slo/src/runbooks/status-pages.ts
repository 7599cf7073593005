/** Where a provider says how it is. */
export interface StatusPage {
  /** Values of `gen_ai.provider.name` that it is about. */
  readonly providers: readonly string[];
  readonly name: string;
  readonly url: string;
}

/** Add a provider here and every runbook knows it. */
export const STATUS_PAGES: readonly StatusPage[] = [
  { providers: ['openai'], name: 'OpenAI', url: 'https://status.openai.com' },
  { providers: ['anthropic'], name: 'Anthropic', url: 'https://status.claude.com' },
  { providers: ['gcp.gemini', 'gcp.gen_ai'], name: 'Google Gemini API', url: 'https://aistudio.google.com/status' },
  { providers: ['gcp.vertex_ai'], name: 'Google Cloud Vertex AI', url: 'https://status.cloud.google.com' },
  { providers: ['aws.bedrock'], name: 'AWS Bedrock', url: 'https://health.aws.amazon.com/health/status' },
  { providers: ['azure.ai.openai', 'azure.ai.inference'], name: 'Azure AI', url: 'https://azure.status.microsoft' },
  { providers: ['mistral_ai'], name: 'Mistral', url: 'https://status.mistral.ai' },
  { providers: ['cohere'], name: 'Cohere', url: 'https://status.cohere.com' },
  { providers: ['groq'], name: 'Groq', url: 'https://groqstatus.com' },
  { providers: ['deepseek'], name: 'DeepSeek', url: 'https://status.deepseek.com' },
  { providers: ['x_ai'], name: 'xAI', url: 'https://status.x.ai' },
  { providers: ['perplexity'], name: 'Perplexity', url: 'https://status.perplexity.com' },
  { providers: ['ibm.watsonx.ai'], name: 'IBM watsonx', url: 'https://cloud.ibm.com/status' },
  { providers: ['moonshot_ai'], name: 'Moonshot', url: 'https://status.moonshot.cn' },
  { providers: ['openrouter'], name: 'OpenRouter', url: 'https://status.openrouter.ai' },
  { providers: ['together'], name: 'Together', url: 'https://status.together.ai' },
];
