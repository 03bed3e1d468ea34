import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { PIXEL_LOOPS } from './scripts/pixel-loops.mjs';

export default tseslint.config(
  { ignores: ['dist/', 'examples/', 'node_modules/', '.node-red/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: 'tsconfig.strict.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in messages are what most template strings here are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // CommonJS loads the heavy modules at first use.
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  {
    files: PIXEL_LOOPS,
    languageOptions: { parserOptions: { project: 'tsconfig.json' } },
  },
  {
    files: ['resources/**/*.js'],
    languageOptions: {
      sourceType: 'script',
      globals: { window: 'readonly', document: 'readonly', setInterval: 'readonly', RED: 'readonly', $: 'readonly' },
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
