import type { z } from 'zod'
import type { AnyStep } from '../define/any-step.ts'
import type { Artifacts } from '../define/artifact.ts'
import { checkNames } from '../define/check-names.ts'
import type { Inputs } from '../define/inputs.ts'
import { compileSettings } from '../define/settings.ts'
import { makeStep, type None, type Step, type StepDefinition } from '../define/step.ts'
import { stepHooksOf } from '../define/step-hooks.ts'
import type { FileArgs } from '../step-files/file-args.ts'
import { type CommandOptions, checkCommand, describeCommand, startableCommand } from './command.ts'
import { runCommand } from './run-command.ts'

const defaultGraceMs = 5_000

/** A step that is a program. */
export interface CommandStepDefinition<I extends Inputs, O extends Artifacts, P extends z.ZodObject>
  extends Omit<StepDefinition<I, O, P>, 'run' | 'isolation'>,
    CommandOptions {}

/**
 * Defines a step that runs a program, in any language, by a small protocol of files (docs/command-steps.md): it finds
 * its inputs at `AIRLOCK_INPUT_NAME`, its parameters at `AIRLOCK_PARAMS`, and leaves its outputs at
 * `AIRLOCK_OUTPUT_NAME`. What it prints becomes the log. Throws `pipeline_invalid` for what cannot be a command.
 *
 * @example
 * const trainModel = commandStep({
 *   name: 'train_model',
 *   command: ['python3', new URL('./train.py', import.meta.url)],
 *   inputs: { train: table() },
 *   outputs: { model: model(), metrics: json<{ accuracy: number }>() },
 *   params: z.object({ trees: z.int().min(1).default(100) }),
 * })
 */
export function commandStep<
  I extends Inputs = None,
  O extends Artifacts = None,
  P extends z.ZodObject = z.ZodObject<None>,
>(definition: CommandStepDefinition<I, O, P>): Step<I, O, P> {
  const {
    name,
    inputs = {},
    outputs = {},
    params,
    command,
    files = [],
    env = ['PATH'],
    graceMs = defaultGraceMs,
  } = definition
  checkNames(name, { inputs, outputs })
  const what = `Step "${name}"`
  checkCommand({ command, files, env, graceMs }, what)
  const run = (args: FileArgs) => runCommand({ ...startableCommand(command), env, graceMs, outputs }, args)
  return makeStep({
    ...{ name, inputs, outputs, params, settings: compileSettings(definition, what) },
    ...{ neverCached: definition.cache === false, hooks: stepHooksOf(definition, what) },
    ...{ inputsAs: 'files', command: () => describeCommand({ command, files, env }, what) },
    run: run as AnyStep['run'],
  })
}
