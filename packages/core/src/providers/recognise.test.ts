import { describe, expect, it } from 'vitest';
import { dialectFor } from '../dialects/catalogue.ts';
import type { DialectId } from '../dialects/dialect.ts';
import { acceptRows, mayBeLlm, providerAt, recogniseProvider } from './recognise.ts';
import type { ProviderRow } from './table.ts';
import { PROVIDERS } from './table.ts';

function name(url: string, dialect: DialectId = 'openai.chat', extra: readonly ProviderRow[] = []): string {
  return recogniseProvider(new URL(url), dialect, extra).name;
}

describe('a provider', () => {
  it.each([
    ['https://api.openai.com/v1/chat/completions', 'openai'],
    ['https://eu.api.openai.com/v1/responses', 'openai'],
    ['https://my-resource.openai.azure.com/openai/deployments/d/chat/completions?api-version=1', 'azure.ai.openai'],
    ['https://my-resource.cognitiveservices.azure.com/openai/v1/responses', 'azure.ai.openai'],
    ['https://my-resource.services.ai.azure.com/openai/v1/chat/completions', 'azure.ai.openai'],
    ['https://my-resource.services.ai.azure.com/models/chat/completions', 'azure.ai.inference'],
    ['https://my-resource.services.ai.azure.com/anthropic/v1/messages', 'anthropic'],
    ['https://api.anthropic.com/v1/messages', 'anthropic'],
    ['https://generativelanguage.googleapis.com/v1beta/models/gemini:generateContent', 'gcp.gemini'],
    ['https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/m:generateContent', 'gcp.vertex_ai'],
    ['https://aiplatform.googleapis.com/v1/publishers/google/models/m:generateContent', 'gcp.vertex_ai'],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions', 'aws.bedrock'],
    ['https://llm.chutes.ai/v1/chat/completions', 'chutes'],
    ['https://api.deepseek.com/chat/completions', 'deepseek'],
    ['https://openrouter.ai/api/v1/chat/completions', 'openrouter'],
    ['https://api.groq.com/openai/v1/chat/completions', 'groq'],
    ['https://api.together.xyz/v1/chat/completions', 'together_ai'],
    ['https://api.fireworks.ai/inference/v1/chat/completions', 'fireworks_ai'],
    ['https://api.mistral.ai/v1/chat/completions', 'mistral_ai'],
    ['https://api.x.ai/v1/chat/completions', 'x_ai'],
    ['https://api.perplexity.ai/chat/completions', 'perplexity'],
    ['https://api.cerebras.ai/v1/chat/completions', 'cerebras'],
    ['https://integrate.api.nvidia.com/v1/chat/completions', 'nvidia'],
    ['https://router.huggingface.co/v1/chat/completions', 'hugging_face'],
    ['https://models.github.ai/inference/chat/completions', 'github_models'],
    ['https://api.moonshot.ai/v1/chat/completions', 'moonshot_ai'],
    ['https://api.cohere.ai/compatibility/v1/chat/completions', 'cohere'],
  ])('at %s is %s, and public', (url, expected) => {
    expect(recogniseProvider(new URL(url), 'openai.chat', [])).toEqual({ name: expected, public: true, known: true });
  });

  it.each([
    ['openai.chat', 'openai'],
    ['openai.responses', 'openai'],
    ['openai.embeddings', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['gemini.generate_content', 'gcp.gemini'],
    ['aws.bedrock.converse', 'aws.bedrock'],
  ] as const)('on a host of the user’s own that speaks %s is called %s, and is not public', (dialect, expected) => {
    expect(recogniseProvider(new URL('http://litellm.internal:4000/v1/x'), dialect, [])).toEqual({ name: expected, public: false, known: false });
  });

  it('on port 11434 is Ollama, wherever it runs', () => {
    expect(recogniseProvider(new URL('http://127.0.0.1:11434/v1/chat/completions'), 'openai.chat', [])).toEqual({ name: 'ollama', public: false, known: true });
  });

  it.each(['https://api.openai.com.evil.example/v1/chat/completions', 'https://notapi.openai.com/v1/x', 'https://openai.azure.com/v1/x', 'https://evil-openai.azure.com/v1/x'])(
    'is not taken for another by a similar host: %s',
    (url) => {
      expect(recogniseProvider(new URL(url), 'openai.chat', []).known).toBe(false);
    },
  );

  it('of a user’s rows goes before the built-in ones', () => {
    const rows: readonly ProviderRow[] = [{ name: 'acme', hosts: ['*.llm.acme.example', 'api.openai.com'] }];
    expect(name('https://eu.llm.acme.example/v1/chat/completions', 'openai.chat', rows)).toBe('acme');
    expect(recogniseProvider(new URL('https://api.openai.com/v1/chat/completions'), 'openai.chat', rows)).toEqual({ name: 'acme', public: false, known: true });
  });

  it('of a user’s rows can be known by its path alone', () => {
    const rows: readonly ProviderRow[] = [{ name: 'acme', paths: ['/acme/'] }];
    expect(name('http://gateway.internal/acme/v1/chat/completions', 'openai.chat', rows)).toBe('acme');
    expect(name('http://gateway.internal/other/v1/chat/completions', 'openai.chat', rows)).toBe('openai');
  });
});

describe('the table', () => {
  it('has no row that it would refuse from a user', () => {
    expect(acceptRows(PROVIDERS)).toEqual({ accepted: PROVIDERS, refusals: [] });
  });
});

describe('a user’s row that makes no sense', () => {
  const crooked: readonly (readonly [what: string, row: ProviderRow, says: RegExp])[] = [
    ['a URL for a host', { name: 'a', hosts: ['https://llm.example/v1'] }, /has a scheme, port or path/],
    ['upper case', { name: 'a', hosts: ['LLM.example'] }, /not in lower case/],
    ['two stars', { name: 'a', hosts: ['*.llm.*.example.com'] }, /more than one \*/],
    ['a star for everything', { name: 'a', hosts: ['*'] }, /must end in two names/],
    ['a star for a whole top level', { name: 'a', hosts: ['*.com'] }, /must end in two names/],
    ['no host at all', { name: 'a', hosts: [''] }, /is not a host name/],
    ['a regular expression', { name: 'a', hosts: ['^llm$'] }, /is not a host name/],
    ['nothing to match by', { name: 'a' }, /would match everything/],
    ['a path without a slash', { name: 'a', paths: ['v1'] }, /does not begin with \//],
    ['a port that is none', { name: 'a', port: 70_000 }, /port is not a number/],
    ['a name that is no name', { name: 'Acme Inc.', hosts: ['llm.example'] }, /its name must be/],
  ];
  it.each(crooked)('is refused with a sentence: %s', (_what, row, says) => {
    const { accepted, refusals } = acceptRows([row, { name: 'good', hosts: ['llm.good.example'] }]);
    expect(accepted.map((it) => it.name)).toEqual(['good']);
    expect(refusals).toEqual([expect.stringMatching(says)]);
    expect(refusals[0]).toMatch(/^Provider row 1 /);
  });

  it.each([{ name: 'a', hosts: 'llm.example' }, { name: 'a', paths: [1] }, { hosts: ['llm.example'] }, { name: 7, port: 80 }])('is refused also where it is not even of the type: %j', (row) => {
    const rows: readonly ProviderRow[] = JSON.parse(JSON.stringify([row]));
    expect(acceptRows(rows).accepted).toEqual([]);
    expect(acceptRows(rows).refusals).toHaveLength(1);
  });

  it('is passed over', () => {
    expect(name('https://api.openai.com/v1/chat/completions', 'openai.chat', [{ name: 'a', hosts: ['*'] }])).toBe('openai');
  });
});

describe('a request', () => {
  it.each([
    ['https://api.openai.com', '/v1/chat/completions'],
    ['http://127.0.0.1:8080', '/v1/chat/completions?x=1'],
    ['http://gateway.internal', '/some/prefix/chat/completions/'],
    ['http://127.0.0.1:8080', '/v1/messages?beta=true'],
    ['http://127.0.0.1:8080', '/v1beta/models/gemini-3:streamGenerateContent?alt=sse'],
    ['https://my-resource.openai.azure.com', '/openai/deployments/d/embeddings?api-version=1'],
    ['http://proxy.internal', '/openai/responses'],
    ['openrouter.ai', '/api/alpha/responses'],
    ['[::1]:11434', '/gateway/responses'],
    ['http://127.0.0.1:8080', '/responses'],
    ['http://127.0.0.1:8080', '/v1/completions'],
    ['https://aiplatform.googleapis.com', '/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict'],
    ['http://127.0.0.1:11434', '/api/chat'],
    ['http://gpu-box:11434', '/api/generate'],
    ['https://ollama.com', '/api/chat'],
    ['https://api.cohere.com', '/v2/chat'],
    ['https://api.cohere.com', '/v1/embed'],
    ['http://127.0.0.1:8080', '/v1/rerank'],
  ])('to %s%s may be an LLM call', (origin, path) => {
    expect(mayBeLlm(origin, path)).toBe(true);
  });

  it.each([
    ['https://api.openai.com', '/v1/files'],
    ['https://api.example.com', '/2010/accounts/x/messages'],
    ['https://surveys.example.com', '/v3/surveys/1/responses?page=2'],
    ['https://photos.example.com', '/api/images/edits'],
    ['https://forum.example.com', '/admin/moderations'],
    ['https://example.com', '/'],
    ['[::1]', '/gateway/responses'],
    ['', ''],
    ['http://localhost:3000', '/api/chat'],
    ['http://localhost:3000', '/v2/chat'],
    ['https://shop.example.com', '/v1/embed'],
    ['http://localhost:11434', '/api/tags'],
  ])('to %s%s is none', (origin, path) => {
    expect(mayBeLlm(origin, path)).toBe(false);
  });

  it('to a host of a user’s rows may be an LLM call by a common path', () => {
    expect(mayBeLlm('https://llm.acme.example', '/responses', [{ name: 'acme', hosts: ['llm.acme.example'] }])).toBe(true);
  });
});

describe('the cheap look at a path', () => {
  const paths = [
    '/v1/chat/completions',
    '/chat/completions',
    '/v1/completions',
    '/v1/responses',
    '/responses',
    '/openai/responses',
    '/v1/embeddings',
    '/v1/images/generations',
    '/v1/images/edits',
    '/v1/audio/transcriptions',
    '/v1/audio/speech',
    '/v1/moderations',
    '/v1/messages',
    '/anthropic/v1/messages',
    '/v1beta/models/m:generateContent',
    '/v1beta/models/m:streamGenerateContent',
    '/v1beta/models/m:embedContent',
    '/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict',
    '/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict',
  ];
  it.each(paths)('lets through what a dialect would take, on any host: %s', (path) => {
    expect(dialectFor('POST', path)).toBeDefined();
    expect(mayBeLlm('http://gateway.internal', path)).toBe(true);
  });
});

describe('a request whose path is also that of any chat application', () => {
  const from = (agent: string) => (name: string): string | undefined => (name === 'user-agent' ? agent : undefined);
  const OWN_ROWS = [{ name: 'ollama', hosts: ['gpu-box.internal'] }];

  it.each([
    ['ollama', 'http://127.0.0.1:11434/api/chat', undefined, []],
    ['ollama', 'http://gpu-box.internal/api/chat', undefined, OWN_ROWS],
    ['ollama', 'http://gpu-box.internal:8080/api/chat', 'ollama-js/0.6.4 (x64 linux Node.js/v24.21.0)', []],
    ['ollama', 'http://gpu-box.internal:8080/api/chat', 'ollama-python/0.5.1 (x86_64 linux) Python/3.12.3', []],
    ['cohere', 'http://gateway.internal/v2/chat', 'cohere-ai/8.1.0', []],
    ['cohere', 'https://api.cohere.com/v2/chat', 'node', []],
    [undefined, 'http://localhost:3000/api/chat', 'node', []],
    [undefined, 'http://localhost:3000/api/chat', 'not-ollama-js/1', []],
  ] as const)('is known to go to %s: %s from %s', (provider, address, agent, rows) => {
    const url = new URL(address);
    const header = agent === undefined ? undefined : from(agent);
    expect(providerAt(url, header, rows)).toBe(provider);
    expect(mayBeLlm(url.origin, url.pathname, rows, header)).toBe(provider !== undefined);
  });

  it('is not asked for its headers where its address tells', () => {
    const header = (): never => {
      throw new Error('asked');
    };
    expect(mayBeLlm('http://127.0.0.1:11434', '/api/chat', [], header)).toBe(true);
    expect(mayBeLlm('http://localhost:3000', '/api/users', [], header)).toBe(false);
  });
});
