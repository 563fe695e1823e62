import { readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ArtifactType, JudgedDrift } from '@airlock-ml/contract'
import type { AnyStep } from '../define/any-step.ts'
import type { Artifact } from '../define/artifact.ts'
import { itemOf } from '../define/inputs.ts'
import { materializers } from '../materializers/materializers.ts'
import { type LoadedBytes, readLoaded } from '../run/load-artifact.ts'
import { Randomness } from '../run/random.ts'
import type { StepContext } from '../run/step-context.ts'
import { stepLog } from '../run/step-journal.ts'
import { checkReturned } from '../run/write-outputs.ts'
import { whereThereIsRoom } from '../step-files/private-folder.ts'
import { findStep } from './find-step.ts'
import type { FromIsolated, IsolatedTask, ToIsolated } from './messages.ts'
import { receiveError, sendError } from './send-error.ts'

/** The body of one step, where it is isolated: reads inputs from files, leaves outputs in files, and tells what happens. */
export class IsolatedBody {
  readonly #tell: (message: FromIsolated) => void
  readonly #stop = new AbortController()
  readonly #asked: PromiseWithResolvers<LoadedBytes | JudgedDrift>[] = []

  constructor(tell: (message: FromIsolated) => void) {
    this.#tell = tell
  }

  /** Does its task; the answer is what is to be told last. */
  async run(task: IsolatedTask): Promise<FromIsolated> {
    try {
      const step = await findStep(task.modules, task.step)
      const inputs = await readFiles(step, task)
      const returned = await step.run({ inputs, params: task.params, context: this.#contextOf(task) })
      return { type: 'returned', outputs: await writeFiles(step, task, returned) }
    } catch (error) {
      return { type: 'failed', error: sendError(error, `Step "${task.context.step}"`) }
    }
  }

  stop(reason: string): void {
    this.#stop.abort(new Error(reason))
  }

  /** Takes the answer to what was asked for. */
  async answered(message: Extract<ToIsolated, { call: number }>): Promise<void> {
    const asked = this.#asked[message.call]
    if (message.type === 'not-had') return asked?.reject(receiveError(message.error))
    if (message.type === 'judged') return asked?.resolve(message.judged)
    asked?.resolve({ ref: message.ref, bytes: new Uint8Array(await readFile(message.file)) })
  }

  #contextOf({ context: { run, step, parameters, seed } }: IsolatedTask): StepContext {
    const logMetadata: StepContext['logMetadata'] = (metadata) => this.#tell({ type: 'metadata', metadata })
    const randomness = new Randomness(seed, () => logMetadata({ random_seed: seed }))
    const now = () => new Date()
    return {
      log: stepLog(now, (line) => this.#tell({ type: 'log', line })),
      ...{ logMetadata, run, step, parameters, now },
      load: async <Value>(name: string, { as, ...which }: { as: Artifact<ArtifactType, Value> }) =>
        // Who holds the run records it, and leaves the bytes in a file.
        (await readLoaded(
          (await this.#ask((call) => ({ type: 'load', call, name, which }))) as LoadedBytes,
          as,
        )) as Value,
      reportDrift: async (drift) =>
        (await this.#ask((call) => ({ type: 'drift', call, drift }))) as Awaited<
          ReturnType<StepContext['reportDrift']>
        >,
      random: () => randomness.next(),
      get seed() {
        return randomness.seed
      },
      signal: this.#stop.signal,
    }
  }

  /** Asks who holds the run. */
  async #ask(message: (call: number) => FromIsolated): Promise<LoadedBytes | JudgedDrift> {
    const asked = Promise.withResolvers<LoadedBytes | JudgedDrift>()
    this.#tell(message(this.#asked.push(asked) - 1))
    return await asked.promise
  }
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
    const file = task.outputs[name]!
    await whereThereIsRoom(dirname(file), writeFile(file, bytes))
    facts[name] = metadata
  }
  return facts
}
