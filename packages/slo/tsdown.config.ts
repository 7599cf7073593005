import { defineConfig, type UserConfig } from 'tsdown';
import { base } from '../../tsdown.base.ts';

const command: UserConfig = { ...base, entry: ['src/cli.ts'], format: ['esm'], dts: false, clean: false };

export default defineConfig([base, command]);
