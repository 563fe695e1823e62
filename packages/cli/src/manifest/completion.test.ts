import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { commands } from '../generated/commands.ts'
import { completionScript } from './completion.ts'

/** What bash would offer for the last of these words. */
function offered(...words: string[]): string[] {
  const script = `${completionScript(commands, 'bash')}
COMP_WORDS=(airlock ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_airlock; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean)
}

test('bash completes commands, verbs, options and choices', () => {
  expect(offered('promo')).toEqual(['promote', 'promotion'])
  expect(offered('model', 'version', '')).toEqual(['list', 'show'])
  expect(offered('model', 'version', 'list', 'm', '--st')).toEqual(['--stage'])
  expect(offered('promote', '--model', 'm', '--dest')).toEqual(['--dest-stage', '--dest-workspace'])
  expect(offered('policy', 'show', 'p')).toEqual(['production'])
})

test('commands of the platform itself are not offered in any shell', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    expect(completionScript(commands, shell)).not.toContain('serve-workspace')
  }
})
