import type { Attributes, AttributeValue } from '@opentelemetry/api';

/** Stands where a credential was. */
export const REDACTED = 'REDACTED';

/**
 * Credentials by their well-known shapes. What an application pastes into a prompt is its own, a key is not. Sixteen
 * characters are enough, so that of a key which was cut off no more than fifteen are left.
 */
const SHAPES: readonly string[] = [
  // OpenAI, Anthropic, Stripe, Groq, xAI, Hugging Face, NVIDIA, Replicate, Perplexity, Fireworks, Cerebras, Together.
  '(?:sk|pk|rk|gsk|xai|hf|nvapi|r8|pplx|fw|csk|tgp)[-_][A-Za-z0-9_-]{16,}',
  // Google: API keys, OAuth tokens.
  'AIza[A-Za-z0-9_-]{16,}',
  'ya29\\.[A-Za-z0-9_-]{16,}',
  // AWS: access keys, temporary ones, Bedrock's.
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'ABSK[A-Za-z0-9+/=]{16,}',
  // GitHub, GitLab, Slack.
  'gh[pousr]_[A-Za-z0-9]{16,}',
  'github_pat_[A-Za-z0-9_]{16,}',
  'glpat-[A-Za-z0-9_-]{16,}',
  'xox[a-z]-[A-Za-z0-9-]{16,}',
  // JSON Web Tokens.
  'eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}(?:\\.[A-Za-z0-9_-]*)?',
  // HTTP's schemes, and PEM, whose line ends may be escaped.
  '(?:[Bb]earer|[Bb]asic)\\s+[A-Za-z0-9._~+/=-]{16,}',
  '-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----[A-Za-z0-9+/=\\s\\\\]*',
];
// A word does not end before them, except that of an escaped line end.
const CREDENTIAL = new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES.join('|')})|(?<=\\\\[nrt])(?:${SHAPES.join('|')})`, 'g');
/** The shortest text that can hold one. */
const SHORTEST = 18;

/** The text without what has the shape of a credential. */
export function withoutCredentials(text: string): string {
  return text.length < SHORTEST ? text : text.replace(CREDENTIAL, REDACTED);
}

/** Whether some of the text has the shape of a credential. */
export function holdsCredential(text: string): boolean {
  return withoutCredentials(text) !== text;
}

const LONGEST_WORD = 256;
const WORD = /^[\w.:/@+=~-]+$/;

/** A provider's word or id, if it can be one: its body is free text, in which a hostile server may give back a prompt or a key. */
export function plainWord(text: string): string | undefined {
  return text.length <= LONGEST_WORD && WORD.test(text) && !holdsCredential(text) ? text : undefined;
}

/** Attributes without credentials: a key that someone gave for a model, or a stop sequence, is still a key. In place. */
export function withoutCredentialsIn(attributes: Attributes): Attributes {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string') attributes[name] = withoutCredentials(value);
    else if (Array.isArray(value)) attributes[name] = value.map((item) => (typeof item === 'string' ? withoutCredentials(item) : item)) as AttributeValue;
  }
  return attributes;
}
