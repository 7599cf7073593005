// @vercel/otel as its documentation has it.
import { registerOTel } from '@vercel/otel';

registerOTel({ serviceName: 'application' });
