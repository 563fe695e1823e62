import { fork } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { runGroup } from '../child-process/run-group.ts'
import type { AnyStep } from '../define/any-step.ts'
import type { FileArgs } from '../step-files/file-args.ts'
import { fileNameOf } from '../step-files/file-names.ts'
import { MaterializedFile } from '../step-files/output-files.ts'
import type { FromIsolated, IsolatedTask, ToIsolated } from './messages.ts'
import { moduleFlags } from './node-flags.ts'
import { receiveError, sendError } from './send-error.ts'

// It leaves at once when its event loop turns; one that is blocked is not waited for long.
const graceMs = 2_000
const program = join(import.meta.dirname, `isolated-step.child${extname(import.meta.filename)}`)

/** The step whose body is run, and the limit of its JavaScript heap. Default: what Node chooses. */
export interface IsolatedStep {
  readonly definition: Pick<AnyStep, 'name' | 'outputs' | 'definedAt'>
  readonly memoryMiB: number | undefined
}

/**
 * Runs the body of a step in a process of its own, which may end, fill its memory or never return without harm to this
 * one. Rejects with what the step threw, and when the process ended before the step returned; with the reason of the
 * context's signal after the process is gone, when that is aborted.
 */
export async function runIsolated(
  { definition, memoryMiB }: IsolatedStep,
  args: FileArgs,
): Promise<Record<string, MaterializedFile>> {
  const { context, folder, inputs, params, seed } = args
  const { run, step, parameters } = context
  await mkdir(join(folder, 'outputs'))
  const outputs = Object.fromEntries(
    Object.entries(definition.outputs).map(([output, { type }]) => [
      output,
      join(folder, 'outputs', fileNameOf(output, type)),
    ]),
  )
  const child = fork(program, [], {
    detached: true,
    execArgv: [...flags(), ...(memoryMiB === undefined ? [] : [`--max-old-space-size=${memoryMiB}`])],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  // A process that is gone already is judged by how it ended.
  const tell = (message: ToIsolated) => child.connected && child.send(message, () => {})
  let end: Extract<FromIsolated, { type: 'returned' | 'failed' }> | undefined
  child.on('message', (message: FromIsolated) => {
    if (message.type === 'log') context.log[message.line.level](message.line.message, message.line.fields)
    else if (message.type === 'metadata') context.logMetadata(message.metadata)
    else if (message.type === 'load') void answerLoad(args, message).then(tell)
    else end = message
  })
  const task: IsolatedTask = {
    ...{ modules: definition.definedAt?.files ?? [], step: definition.name, inputs, outputs, params },
    context: { run, step, parameters, seed },
  }
  tell({ type: 'task', task })
  let isOutOfMemory = false
  const ending = await runGroup(child, {
    signal: context.signal,
    graceMs,
    askToStop: () => tell({ type: 'stop', reason: messageOf(context.signal.reason) }),
    onLine: (stream, line) => {
      isOutOfMemory ||= stream === 'stderr' && line.includes('JavaScript heap out of memory')
      context.log[stream === 'stdout' ? 'info' : 'warn'](line)
    },
  })
  context.signal.throwIfAborted()
  if (end?.type === 'failed') throw receiveError(end.error)
  if (end?.type === 'returned') {
    return Object.fromEntries(
      Object.entries(end.outputs).map(([output, metadata]) => [
        output,
        new MaterializedFile(outputs[output]!, metadata),
      ]),
    )
  }
  throw new Error(`Step "${step}" ${whyEnded(ending, { isOutOfMemory, memoryMiB })}`)
}

/** Loads what the step asks for, into a file that it can read. */
async function answerLoad(
  { folder, load, context }: FileArgs,
  { call, name, which }: Extract<FromIsolated, { type: 'load' }>,
): Promise<ToIsolated> {
  try {
    const { ref, bytes } = await load(name, which)
    const file = join(folder, `loaded-${call}`)
    await writeFile(file, bytes)
    return { type: 'loaded', call, ref, file }
  } catch (error) {
    return { type: 'not-loaded', call, error: sendError(error, `Step "${context.step}"`) }
  }
}

function whyEnded(
  { code, signal }: Awaited<ReturnType<typeof runGroup>>,
  { isOutOfMemory, memoryMiB }: { isOutOfMemory: boolean; memoryMiB: number | undefined },
): string {
  if (isOutOfMemory) {
    const limit = memoryMiB === undefined ? '' : `the ${memoryMiB} MiB that `
    return `needed more memory than ${limit}it may have. Give it more with \`resources: { memoryMiB }\`, or work on less at once.`
  }
  if (signal !== null) return `was ended by ${signal} before it returned. The system does that when memory runs out.`
  return `ended its process with exit code ${code} before it returned. Throw an error where a step should fail, instead of ending the process.`
}

function flags(): string[] {
  const kept = moduleFlags(process.execArgv)
  const fromSource = program.endsWith('.ts') && !kept.some((flag) => flag.includes('source'))
  return fromSource ? [...kept, '--conditions=source'] : kept
}

const messageOf = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason))
