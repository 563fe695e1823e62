import { resolve } from 'node:path'
import { PlatformError, PolicySpec } from '@airlock-ml/contract'
import { readYamlFile } from '../project/yaml-file.ts'

/** Reads a policy, strictly: unknown and doubled keys are refused. Throws `cli_file_invalid` or `policy_invalid`. */
export async function readPolicyFile(cwd: string, file: string): Promise<PolicySpec> {
  const path = resolve(cwd, file)
  const parsed = PolicySpec.safeParse(await readYamlFile(path, 'a policy'))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the policy'}: ${issue.message}`)
  throw new PlatformError('policy_invalid', `${path} is not a policy: ${problems.join('; ')}.`, { problems })
}
