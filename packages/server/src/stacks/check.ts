import type { StackCheck } from '@airlock-ml/contract'
import { checkComponent } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import { existingStack } from './existing.ts'

/**
 * Opens each component of a stack. What does not work is the answer, not an error.
 * @throws PlatformError `stack_not_found`
 */
export async function checkStack(deps: Deps, project: string, name: string): Promise<StackCheck> {
  const stack = await existingStack(deps.db, project, name)
  const components: StackCheck['components'] = []
  for (const component of stack.components) {
    const finding = await checkComponent(component, { artifacts: deps.artifacts, probe: deps.newId() })
    components.push({ type: component.type, flavor: component.flavor, ...finding })
  }
  return { stack: name, sound: components.every(({ outcome }) => outcome !== 'fail'), components }
}
