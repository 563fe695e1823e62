import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyStep } from '../define/any-step.ts'
import type { FileArgs } from '../step-files/file-args.ts'
import { fileNameOf } from '../step-files/file-names.ts'
import { MaterializedFile } from '../step-files/output-files.ts'
import { whereThereIsRoom } from '../step-files/private-folder.ts'
import type { Isolate } from './isolation.ts'
import type { FromIsolated, IsolatedTask, ToIsolated } from './messages.ts'
import { runInProcess } from './run-in-process.ts'
import { runInThread } from './run-in-thread.ts'
import { receiveError, sendError } from './send-error.ts'

const isolates = { process: runInProcess, thread: runInThread } satisfies Record<string, Isolate>

/** The step whose body is run, where, and the limit of its JavaScript heap. Default: what Node chooses. */
export interface IsolatedStep {
  readonly definition: Pick<AnyStep, 'name' | 'outputs' | 'definedAt'>
  readonly isolation: keyof typeof isolates
  readonly memoryMiB: number | undefined
}

/**
 * Runs the body of a step in a process or a thread of its own. Rejects with what the step threw, and when it ended before
 * the step returned; with the reason of the context's signal after it is gone, when that is aborted.
 */
export async function runIsolated(
  { definition, isolation, memoryMiB }: IsolatedStep,
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
  const task: IsolatedTask = {
    ...{ modules: definition.definedAt?.files ?? [], step: definition.name, inputs, outputs, params },
    context: { run, step, parameters, seed },
  }
  let end: Extract<FromIsolated, { type: 'returned' | 'failed' }> | undefined
  const how = await isolates[isolation]({
    ...{ task, memoryMiB, signal: context.signal },
    onMessage: (message, tell) => {
      if (message.type === 'log') context.log[message.line.level](message.line.message, message.line.fields)
      else if (message.type === 'metadata') context.logMetadata(message.metadata)
      else if (message.type === 'load') void answerLoad(args, message).then(tell)
      else if (message.type === 'drift') void answerDrift(args, message).then(tell)
      else end = message
    },
    onLine: (stream, line) => context.log[stream === 'stdout' ? 'info' : 'warn'](line),
  })
  context.signal.throwIfAborted()
  if (end?.type === 'failed') throw receiveError(end.error)
  if (!end) throw new Error(`Step "${step}" ${how}`)
  return Object.fromEntries(
    Object.entries(end.outputs).map(([output, metadata]) => [output, new MaterializedFile(outputs[output]!, metadata)]),
  )
}

/** Loads what the step asks for, into a file that it can read. */
async function answerLoad(
  { folder, load, context }: FileArgs,
  { call, name, which }: Extract<FromIsolated, { type: 'load' }>,
): Promise<ToIsolated> {
  try {
    const { ref, bytes } = await load(name, which)
    const file = join(folder, `loaded-${call}`)
    await whereThereIsRoom(folder, writeFile(file, bytes))
    return { type: 'loaded', call, ref, file }
  } catch (error) {
    return { type: 'not-had', call, error: sendError(error, `Step "${context.step}"`) }
  }
}

async function answerDrift(
  { context }: FileArgs,
  { call, drift }: Extract<FromIsolated, { type: 'drift' }>,
): Promise<ToIsolated> {
  try {
    return { type: 'judged', call, judged: await context.reportDrift(drift) }
  } catch (error) {
    return { type: 'not-had', call, error: sendError(error, `Step "${context.step}"`) }
  }
}
