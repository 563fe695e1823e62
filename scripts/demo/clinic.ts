import { readFile } from 'node:fs/promises'
import { readParquet } from '@airlock-ml/tabular'

/** Somebody whom a clinic asks about, and what the laboratory says later. */
export interface Patient {
  /** What a request is routed by. */
  readonly key: string
  readonly row: Readonly<Record<string, number>>
  readonly truth: string
}

/** What a service answered about one of them. */
export interface Answer {
  readonly predictionId: string
  readonly label: string
  readonly model: { readonly version: number }
}

/** The patients of a table whose column `diagnosis` is the truth. */
export async function patientsOf(file: string): Promise<Patient[]> {
  const rows = (await readParquet(await readFile(file))).toRows()
  return rows.map(({ diagnosis, ...row }, at) => ({
    ...{ key: `patient-${at + 1}`, truth: String(diagnosis), row: row as Record<string, number> },
  }))
}

/** Asks a service about each patient, in a request of its own, as the application of a clinic does. */
export const askAbout = ({ url, key }: { url: string; key: string }, patients: readonly Patient[]): Promise<Answer[]> =>
  Promise.all(
    patients.map(async ({ row, key: patient }) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ row, key: patient })
      const response = await fetch(`${url}/v1/predict`, { method: 'POST', headers, body })
      if (!response.ok) throw new Error(`The service answers ${response.status}: ${await response.text()}`)
      return (await response.json()) as Answer
    }),
  )

/** What the laboratory found out meanwhile, as the file that `airlock label import` takes. */
export const outcomesOf = (answers: readonly Answer[], patients: readonly Patient[]): string =>
  ['prediction_id,label', ...answers.map(({ predictionId }, at) => `${predictionId},${patients[at]!.truth}`), ''].join(
    '\n',
  )
