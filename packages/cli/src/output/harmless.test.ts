import { expect, test } from 'vitest'
import { coloursFor } from './colours.ts'
import { harmless } from './harmless.ts'

test('text, line ends, tabs, emoji and the colours of commands stay as they are', () => {
  const { bold, dim, red, green, yellow, cyan } = coloursFor({}, { FORCE_COLOR: '1' })
  const text = `${bold('a')}\t${dim('b')}\n${red('c')} ${green('d')} ${yellow('e')} ${cyan('f')} é 👩‍🔬 مرحبا`
  expect(harmless(text)).toBe(text)
})

test.each([
  ['clears the screen', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
  ['hides what follows', '\u001b[8mhidden', '\\u{1b}[8mhidden'],
  ['sets the title', '\u001b]0;t\u0007', '\\u{1b}]0;t\\u{7}'],
  ['goes back in the line', 'failed\rpassed', 'failed\\u{d}passed'],
  ['takes back a letter', 'no\b\b', 'no\\u{8}\\u{8}'],
  ['turns text around', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
  ['begins a sequence in one character', '\u009b2J', '\\u{9b}2J'],
])('what %s is shown as its number', (_, given, shown) => {
  expect(harmless(given)).toBe(shown)
})
