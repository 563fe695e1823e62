import { didYouMean, isPlatformError, PlatformError, type StackComponent } from '@airlock-ml/contract'
import type { z } from 'zod'
import type { CheckSurroundings, ComponentFinding } from './flavor.ts'
import { flavorOf } from './flavors.ts'

const ANSWER_MS = 10_000

/**
 * Checks what a stack is made of, without opening anything: flavors that exist, settings that they take, no type twice.
 * Throws `flavor_unknown`, `flavor_not_built` or `stack_invalid`; the last names every problem in `details.problems`.
 */
export const assertComponents = (components: readonly StackComponent[]): void => {
  const problems: string[] = []
  for (const [at, component] of components.entries()) {
    const { config } = flavorOf(component)
    if (components.findIndex(({ type }) => type === component.type) < at)
      problems.push(`${component.type}: is there twice, and a stack has one of each type.`)
    problems.push(...settingFaults(component, config))
  }
  if (problems.length > 0) throw new PlatformError('stack_invalid', problems.join('\n'), { problems })
}

function settingFaults({ type, flavor, config }: StackComponent, schema: z.ZodObject): string[] {
  const known = Object.keys(schema.shape)
  const issues = schema.safeParse(config).error?.issues ?? []
  return issues.flatMap((issue) => {
    const where = `${type}.config${issue.path.map((part) => `.${String(part)}`).join('')}`
    if (issue.code !== 'unrecognized_keys') return `${where}: ${issue.message}.`
    const hint = known.length > 0 ? didYouMean(issue.keys[0]!, known) : 'It takes none.'
    return `${where}: the flavor \`${flavor}\` has no setting \`${issue.keys.join('`, `')}\`. ${hint}`
  })
}

/** Opens one component and tells what came of it. Never rejects, and takes at most ten seconds. */
export async function checkComponent(
  component: StackComponent,
  surroundings: CheckSurroundings,
): Promise<ComponentFinding> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`It gave no answer within ${ANSWER_MS / 1_000} seconds.`)), ANSWER_MS)
  try {
    assertComponents([component])
    return await Promise.race([flavorOf(component).check(component.config, surroundings), late])
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const remedy = isPlatformError(error) ? error.remedy : 'See that what it stands on is there and may be used.'
    return { outcome: 'fail', message, remedy }
  } finally {
    clearTimeout(timer)
  }
}
