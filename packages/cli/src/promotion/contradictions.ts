type Given = {
  sourceWorkspace: string | undefined
  destination: string | undefined
  sourceStage: string | undefined
  modelVersion: number | undefined
  exportOnly: boolean
  importFrom: string | undefined
  plan: boolean
}

/** What options of `airlock promote` cannot stand together, each with what to write instead. */
const rules: readonly [(given: Given) => boolean, string][] = [
  [
    ({ exportOnly, importFrom }) => exportOnly && importFrom !== undefined,
    '--export-only stops after the export and --import-from begins after it: give one of them.',
  ],
  [({ exportOnly, plan }) => exportOnly && plan, '--plan asks the destination, which --export-only never reaches.'],
  [
    ({ importFrom, sourceWorkspace, sourceStage, modelVersion }) =>
      importFrom !== undefined && [sourceWorkspace, sourceStage, modelVersion].some((value) => value !== undefined),
    '--import-from names a finished bundle: leave out --source-workspace, --source-stage and --model-version.',
  ],
  [
    ({ sourceStage, modelVersion }) => sourceStage !== undefined && modelVersion !== undefined,
    '--source-stage and --model-version both say which version: give one of them.',
  ],
  [
    ({ importFrom, sourceWorkspace }) => importFrom === undefined && sourceWorkspace === undefined,
    '--source-workspace is missing: the workspace that exports. With --import-from there is nothing to export.',
  ],
  [
    ({ exportOnly, destination }) => !exportOnly && destination === undefined,
    '--dest-workspace is missing: the workspace that imports. With --export-only there is none.',
  ],
]

/** Why these options cannot stand together, or null. */
export const faultOf = (given: Given): string | null => rules.find(([isBroken]) => isBroken(given))?.[1] ?? null
