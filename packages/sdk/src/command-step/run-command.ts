import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GroupOptions, runGroup } from '../child-process/run-group.ts'
import { whyKilled } from '../child-process/why-killed.ts'
import type { Artifacts } from '../define/artifact.ts'
import { jsonText } from '../json-text.ts'
import type { FileArgs } from '../step-files/file-args.ts'
import { fileNameOf } from '../step-files/file-names.ts'
import { readMetadata } from './read-metadata.ts'
import { readOutputs } from './read-outputs.ts'

const tailLines = 20

/** A program that is ready to be started. */
export interface CommandPlan {
  readonly argv: readonly string[]
  /** The folder it is started in: the project. */
  readonly dir: string
  /** Names of the variables it gets of this process. */
  readonly env: readonly string[]
  readonly graceMs: number
  readonly outputs: Artifacts
}

/**
 * Runs a program by the file protocol (docs/command-steps.md) and answers with its outputs. Rejects when it cannot be
 * started, ends with another exit code than 0, or leaves an output that is missing or malformed. When the signal of the
 * context is aborted, rejects with its reason after all processes of the program are gone.
 */
export async function runCommand(plan: CommandPlan, args: FileArgs): Promise<Record<string, unknown>> {
  const { context } = args
  const what = `Step "${context.step}"`
  const outputs = await placeOutputs(args.folder, plan.outputs)
  const env = { ...namedVariables(plan.env, what), ...(await protocolVariables(args, outputs)) }
  const tail: string[] = []
  const ended = runProgram(plan, env, {
    signal: context.signal,
    graceMs: plan.graceMs,
    onLine: (stream, line) => {
      context.log[stream === 'stdout' ? 'info' : 'warn'](line)
      if (stream === 'stderr' && tail.push(line) > tailLines) tail.shift()
    },
  })
  const { code, signal } = await ended
  const metadata = readMetadata(env.AIRLOCK_METADATA, what)
  if (context.signal.aborted || code !== 0) {
    // What it wrote before may be cut in the middle of a line.
    context.logMetadata(await metadata.catch(() => ({})))
    context.signal.throwIfAborted()
    const end = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
    const why = signal === null ? '' : whyKilled(signal)
    const said = tail.length === 0 ? ' It wrote nothing to stderr.' : ` Its last lines on stderr:\n${tail.join('\n')}`
    throw new Error(`${what}: ${shownCommand(plan.argv)} ${end}.${why}${said}`)
  }
  context.logMetadata(await metadata)
  return await readOutputs(what, plan.outputs, outputs)
}

async function runProgram({ argv, dir }: CommandPlan, env: Record<string, string>, options: GroupOptions) {
  const [program = '', ...rest] = argv
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  try {
    return await runGroup(spawn(program, rest, { cwd: dir, env, detached: true, stdio }), options)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why =
      code === 'ENOENT'
        ? `there is no such program ${program.includes('/') ? `in ${dir}` : `in PATH (${env.PATH ?? 'which its env does not name'})`}. Install it, or correct the command`
        : message
    throw new Error(`${shownCommand(argv)} could not be started: ${why}.`, { cause })
  }
}

function shownCommand(argv: readonly string[]): string {
  const text = argv.join(' ')
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function namedVariables(names: readonly string[], what: string): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = process.env[name]
      if (value !== undefined) return [name, value]
      throw new Error(
        `${what} needs the environment variable ${name}, which is not set. Set it, or take it from \`env\`.`,
      )
    }),
  )
}

async function placeOutputs(folder: string, outputs: Artifacts): Promise<Record<string, string>> {
  await mkdir(join(folder, 'outputs'))
  const named = Object.entries(outputs).map(([name, { type }]) => [
    name,
    join(folder, 'outputs', fileNameOf(name, type)),
  ])
  return Object.fromEntries(named)
}

async function protocolVariables({ inputs, params, context, folder }: FileArgs, outputs: Record<string, string>) {
  const parameters = join(folder, 'params.json')
  const temporary = join(folder, 'tmp')
  const lists = Object.keys(inputs).filter((name) => Array.isArray(inputs[name]))
  await writeFile(parameters, jsonText(params))
  await mkdir(temporary)
  for (const name of lists) await mkdir(join(folder, 'inputs', name), { recursive: true })
  const paths = (kind: string, byName: FileArgs['inputs']) =>
    Object.fromEntries(
      Object.entries(byName).flatMap(([name, path]) => {
        if (path === undefined) return []
        const given = typeof path === 'string' ? path : join(folder, 'inputs', name)
        return [[`AIRLOCK_${kind}_${name.toUpperCase()}`, given]]
      }),
    )
  return {
    ...paths('INPUT', inputs),
    ...paths('OUTPUT', outputs),
    AIRLOCK_PARAMS: parameters,
    AIRLOCK_METADATA: join(folder, 'metadata.jsonl'),
    AIRLOCK_SEED: String(context.seed),
    AIRLOCK_STEP: context.step,
    AIRLOCK_RUN_ID: context.run.id,
    TMPDIR: temporary,
  }
}
