/** A step of the schema. Applied ones never change; `breaking` keeps older programs out. */
export type Migration = { name: string; breaking: boolean; statements: readonly string[] }
