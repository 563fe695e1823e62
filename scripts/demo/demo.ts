import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { styleText } from 'node:util'
import { main } from '@airlock-ml/cli'
import { commandEnv } from './child-env.ts'
import { splitCommand } from './split-command.ts'

/** What a chapter works with. It keeps nothing between chapters: what they leave is in the project's folder. */
export interface Demo {
  /** The project. */
  readonly dir: string
  /** Says what comes next and why. */
  readonly say: (text: string) => void
  /**
   * Runs `airlock LINE` in the project and shows it with all it prints, which is also the answer. Throws when it ends
   * otherwise than with `exitCode`, by default 0.
   */
  readonly airlock: (line: string, expected?: { exitCode: number }) => Promise<string>
  /**
   * Runs `airlock LINE --json` unseen, in this process because starting another takes longer than its work, and gives what
   * it prints: to check what was claimed.
   */
  readonly ask: <T>(line: string) => Promise<T>
}

/** One part of the story. Its checks throw. */
export interface Chapter {
  readonly title: string
  readonly run: (demo: Demo) => Promise<void>
}

interface Settings {
  readonly dir: string
  readonly write: (text: string) => void
  readonly isColoured: boolean
}

export function openDemo({ dir, write, isColoured }: Settings): Demo {
  const style = (format: Parameters<typeof styleText>[0], what: string) => (isColoured ? styleText(format, what) : what)
  return {
    dir,
    say: (what) => write(`\n${what}\n`),
    airlock: async (line, expected = { exitCode: 0 }) => {
      write(`\n${style(['bold', 'cyan'], `$ airlock ${line}`)}\n`)
      const { exitCode, printed } = await start(dir, line, { write, isColoured })
      demand(line, { exitCode, printed }, expected.exitCode)
      return printed
    },
    ask: async (line) => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const env = commandEnv(process.env, { isColoured: false })
      const host = { cwd: dir, env, stdin: Readable.from([]), stdout, stderr, now: () => new Date() }
      const printed = Promise.all([text(stdout), text(stderr)])
      const exitCode = await main([...splitCommand(line), '--json'], host)
      for (const stream of [stdout, stderr]) stream.end()
      const [json, notes] = await printed
      demand(`${line} --json`, { exitCode, printed: `${json}${notes}` }, 0)
      return JSON.parse(json)
    },
  }
}

function demand(line: string, ended: { exitCode: number | null; printed: string }, exitCode: number): void {
  if (ended.exitCode === exitCode) return
  throw new Error(`\`airlock ${line}\` ended with ${ended.exitCode}, not ${exitCode}.\n${ended.printed}`)
}

async function start(
  dir: string,
  line: string,
  { write, isColoured }: { write: (text: string) => void; isColoured: boolean },
): Promise<{ exitCode: number | null; printed: string }> {
  const child = spawn(process.execPath, [join(dir, 'node_modules', '.bin', 'airlock'), ...splitCommand(line)], {
    cwd: dir,
    env: commandEnv(process.env, { isColoured }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk
      write(chunk)
    })
  }
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, printed }))
  })
}
