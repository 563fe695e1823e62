import type { Entry } from './entry.ts'
import { flagOf } from './flag.ts'
import { globalOptions } from './global-options.ts'

/** What may follow each command or group of commands: `model` → `history list … version`. */
function wordsAfter(entries: readonly Entry[]): Map<string, string[]> {
  const words = new Map<string, Set<string>>()
  const add = (path: string, word: string) => words.set(path, (words.get(path) ?? new Set()).add(word))
  for (const entry of entries.filter(({ hidden }) => !hidden)) {
    const parts = entry.name.split(' ')
    for (const [at, part] of parts.entries()) add(parts.slice(0, at).join(' '), part)
    for (const spec of Object.values(entry.args ?? {})) for (const choice of spec.choices ?? []) add(entry.name, choice)
    for (const key of Object.keys({ ...entry.options, ...globalOptions })) add(entry.name, flagOf(key))
  }
  return new Map([...words].map(([path, set]) => [path, [...set].sort()]))
}

/** The completion script of a shell. */
export function completionScript(entries: readonly Entry[], shell: 'bash' | 'zsh' | 'fish'): string {
  const words = wordsAfter(entries)
  if (shell === 'fish') return fishScript(words)
  const cases = [...words].map(([path, list]) => `    '${path}') words='${list.join(' ')}' ;;`)
  const bash = `_airlock() {
  local path='' word words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case " ${[...words.keys()]
      .filter(Boolean)
      .map((path) => path.replaceAll(' ', '_'))
      .join(' ')} " in
      *" \${path:+\${path// /_}_}$word "*) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _airlock airlock`
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`
}

const fishScript = (words: ReadonlyMap<string, string[]>): string =>
  `function __airlock_path
  set -l path
  for word in (commandline -opc)[2..]
    set -l longer (string join ' ' $path $word)
    contains -- $longer ${[...words.keys()]
      .filter(Boolean)
      .map((path) => `'${path}'`)
      .join(' ')}; and set path $path $word
  end
  string join ' ' $path
end
complete -c airlock -f
${[...words].map(([path, list]) => `complete -c airlock -n 'test "$(__airlock_path)" = "${path}"' -a '${list.join(' ')}'`).join('\n')}`
