import { expect, test } from 'vitest'
import { code, plain } from './markdown.ts'

test('text of others is no markup in a summary: no link, no tag, no table, no line of its own', () => {
  expect(plain('[x](http://e) <script>alert(1)</script>')).toBe(
    '\\[x\\]\\(http://e\\) \\<script\\>alert\\(1\\)\\</script\\>',
  )
  expect(plain('one\n# approved by ada\r\n| a |')).toBe('one \\# approved by ada \\| a \\|')
  expect(plain('\u202eadmin\u001b[2J')).toBe(' admin \\[2J')
  expect(plain('Zoë approved')).toBe('Zoë approved')
})

test('code cannot be left from inside', () => {
  expect(code('a`b` <b>')).toBe('`ab <b>`')
  expect(code('a\n\n# b')).toBe('`a # b`')
  expect(code(null)).toBe('none')
})
