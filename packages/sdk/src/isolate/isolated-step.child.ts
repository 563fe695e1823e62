// Runs the body of one step in a process of its own: takes its task over IPC, reads inputs from files and leaves outputs
// in files, tells what happens, and ends. `run-isolated.ts` starts it.
import { readFile, writeFile } from 'node:fs/promises'
import type { ArtifactType } from '@airlock-ml/contract'
import type { AnyStep } from '../define/any-step.ts'
import type { Artifact } from '../define/artifact.ts'
import { itemOf } from '../define/inputs.ts'
import { materializers } from '../materializers/materializers.ts'
import { type LoadedBytes, readLoaded } from '../run/load-artifact.ts'
import { Randomness } from '../run/random.ts'
import type { StepContext } from '../run/step-context.ts'
import { stepLog } from '../run/step-journal.ts'
import { checkReturned } from '../run/write-outputs.ts'
import { findStep } from './find-step.ts'
import type { FromIsolated, IsolatedTask, ToIsolated, Which } from './messages.ts'
import { receiveError, sendError } from './send-error.ts'

const stop = new AbortController()

/** Resolves when it is sent, so that the process may end. */
const tell = (message: FromIsolated) => new Promise<void>((resolve) => process.send!(message, () => resolve()))

async function runTask(task: IsolatedTask): Promise<FromIsolated> {
  try {
    const step = await findStep(task.modules, task.step)
    const inputs = await readFiles(step, task)
    const returned = await step.run({ inputs, params: task.params, context: contextOf(task) })
    return { type: 'returned', outputs: await writeFiles(step, task, returned) }
  } catch (error) {
    return { type: 'failed', error: sendError(error, `Step "${task.context.step}"`) }
  }
}

function contextOf({ context: { run, step, parameters, seed } }: IsolatedTask): StepContext {
  const logMetadata: StepContext['logMetadata'] = (metadata) => void tell({ type: 'metadata', metadata })
  const randomness = new Randomness(seed, () => logMetadata({ random_seed: seed }))
  const now = () => new Date()
  return {
    log: stepLog(now, (line) => void tell({ type: 'log', line })),
    ...{ logMetadata, run, step, parameters, now },
    load: async <Value>(name: string, { as, ...which }: { as: Artifact<ArtifactType, Value> }) =>
      (await readLoaded(await load(name, which), as)) as Value,
    random: () => randomness.next(),
    get seed() {
      return randomness.seed
    },
    signal: stop.signal,
  }
}

const loads: PromiseWithResolvers<LoadedBytes>[] = []

/** Asks the process of the run, which records it and leaves the bytes in a file. */
async function load(name: string, which: Which): Promise<LoadedBytes> {
  const asked = Promise.withResolvers<LoadedBytes>()
  const call = loads.push(asked) - 1
  await tell({ type: 'load', call, name, which })
  return await asked.promise
}

async function answered(message: Extract<ToIsolated, { type: 'loaded' | 'not-loaded' }>): Promise<void> {
  const asked = loads[message.call]
  if (message.type === 'not-loaded') return asked?.reject(receiveError(message.error))
  asked?.resolve({ ref: message.ref, bytes: new Uint8Array(await readFile(message.file)) })
}

async function readFiles({ inputs }: AnyStep, task: IsolatedTask): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, input] of Object.entries(inputs)) {
    const artifact = itemOf(input)
    const what = `Input "${name}" of step "${task.context.step}"`
    const read = async (file: string) =>
      await materializers[artifact.type].read(new Uint8Array(await readFile(file)), { artifact, what })
    const files = task.inputs[name]
    if (files === undefined) continue
    values[name] = typeof files === 'string' ? await read(files) : await Promise.all(files.map(read))
  }
  return values
}

async function writeFiles(step: AnyStep, task: IsolatedTask, returned: unknown) {
  const named = { name: task.context.step, outputs: step.outputs }
  const values = checkReturned(named, returned)
  const facts: Extract<FromIsolated, { type: 'returned' }>['outputs'] = {}
  for (const [name, artifact] of Object.entries(step.outputs)) {
    const what = `Output "${name}" of step "${named.name}"`
    const { bytes, metadata } = await materializers[artifact.type].write(values[name], { artifact, what })
    await writeFile(task.outputs[name]!, bytes)
    facts[name] = metadata
  }
  return facts
}

if (import.meta.main) {
  const end = async (message: FromIsolated) => {
    await tell(message)
    process.exit(0)
  }
  process.on('message', async (message: ToIsolated) => {
    if (message.type === 'task') return await end(await runTask(message.task))
    if (message.type !== 'stop') return await answered(message)
    stop.abort(new Error(message.reason))
    // The step has heard of it; whoever started this process no longer listens.
    setImmediate(() => process.exit(0))
  })
  process.on('uncaughtException', (error) => void end({ type: 'failed', error: sendError(error, 'The step') }))
  // Nobody is left to work for.
  process.on('disconnect', () => process.exit(1))
}
