/** Units of one quantity: how many of the base unit one of them is, and where its zero lies. */
interface Unit {
  quantity: 'length' | 'mass' | 'temperature'
  factor: number
  offset?: number
}

const units: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ['m', { quantity: 'length', factor: 1 }],
  ['km', { quantity: 'length', factor: 1000 }],
  ['mi', { quantity: 'length', factor: 1609.344 }],
  ['ft', { quantity: 'length', factor: 0.3048 }],
  ['kg', { quantity: 'mass', factor: 1 }],
  ['g', { quantity: 'mass', factor: 0.001 }],
  ['lb', { quantity: 'mass', factor: 0.45359237 }],
  ['K', { quantity: 'temperature', factor: 1 }],
  ['C', { quantity: 'temperature', factor: 1, offset: 273.15 }],
  ['F', { quantity: 'temperature', factor: 5 / 9, offset: 459.67 * (5 / 9) }],
])

export class ConversionError extends Error {}

/** The names of all units, by quantity. */
export function unitNames(): Record<string, string[]> {
  const names: Record<string, string[]> = {}
  for (const [name, unit] of units) {
    ;(names[unit.quantity] ??= []).push(name)
  }
  return names
}

/** Says how much `value` of the unit `from` is in the unit `to`. */
export function convert(value: number, from: string, to: string): number {
  const source = find(from)
  const target = find(to)
  if (source.quantity !== target.quantity) {
    throw new ConversionError(`${from} is a ${source.quantity}, ${to} is a ${target.quantity}`)
  }
  const base = value * source.factor + (source.offset ?? 0)
  // Twelve digits hide what binary fractions add, and are more than any of the factors has.
  return Number(((base - (target.offset ?? 0)) / target.factor).toPrecision(12))
}

function find(name: string): Unit {
  const unit = units.get(name)
  if (!unit) {
    throw new ConversionError(`unknown unit ${JSON.stringify(name)}: use one of ${[...units.keys()].join(', ')}`)
  }
  return unit
}
