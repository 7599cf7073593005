const Anthropic = require('@anthropic-ai/sdk');

// ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL come from the environment.
const anthropic = new Anthropic();

async function main() {
  const stream = await anthropic.messages.create({
    model: 'claude-sonnet-5',
    max_tokens: 256,
    messages: [{ role: 'user', content: 'Say hello in one word.' }],
    stream: true,
  });
  for await (const event of stream) {
    if (event.type === 'content_block_delta') process.stdout.write(event.delta.text);
  }
  process.stdout.write('\n');
}

main();
